"""Whose line of time one may see. What stands on it each plugin decides for itself, by viewer."""

from __future__ import annotations

from lms.coaching.permissions import C
from lms.people.models import Person
from lms.people.rules import can_see_person, has_permission


def can_see_timeline(viewer: Person, person: Person) -> bool:
    """One's own; whoever leads the branch. No peer, no trainer, no evaluator: it holds coaching and scores together."""
    return viewer.id == person.id or (has_permission(viewer, C.LOOP_READ) and can_see_person(viewer, person))
