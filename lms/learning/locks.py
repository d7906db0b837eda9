"""What a person can't do yet, and why. Programmes, prerequisites and plugins of strangers lock through one hook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lms.kernel.errors import DomainError
from lms.kernel.hookspecs import Lock
from lms.kernel.plugins import plugins
from lms.people.models import Person


class ActivityLocked(DomainError):
    """The activity is there, but not open for this person yet; says why, and where to go on."""

    status = 403

    def __init__(self, lock: Lock) -> None:
        super().__init__(lock.reason)
        self.lock = lock


def locks_of(person: Person, activity_ids: Sequence[int], at: datetime) -> dict[int, Lock]:
    """Those of the activities that are locked for ``person``; where several plugins lock one, the first reason."""
    found: dict[int, Lock] = {}
    if not activity_ids:
        return found
    for _plugin, locks in plugins().each("activity_locks", person=person, activity_ids=list(activity_ids), at=at):
        for activity_id, lock in locks.items():
            found.setdefault(activity_id, lock)
    return found


def require_unlocked(person: Person, activity_id: int, at: datetime) -> None:
    """Raise ActivityLocked when the person can't do the activity yet. Every page that starts one asks first."""
    lock = locks_of(person, [activity_id], at).get(activity_id)
    if lock is not None:
        raise ActivityLocked(lock)
