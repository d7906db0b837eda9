"""Telling people things, and noting that they have read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from lms.inbox.models import Notification
from lms.kernel.db import db
from lms.people.models import Person

BATCH = 500


@dataclass(frozen=True)
class Told:
    """What one person is told, when each hears something else. See :func:`notify` for the fields."""

    person_id: int
    key: str
    title: str
    body: str = ""
    url: str = ""


def notify(
    *, people: Iterable[int], kind: str, key: str, title: str, at: datetime, body: str = "", url: str = ""
) -> int:
    """Tell people (ids) something, each once a ``key``. Returns how many were told now; those who knew are left alone.

    ``url`` must be a path of this app ("/…"); anything else is dropped, so that a notification never leads outside.
    """
    return notify_each(told=[Told(person_id, key, title, body, url) for person_id in people], kind=kind, at=at)


def notify_each(*, told: Iterable[Told], kind: str, at: datetime) -> int:
    """Tell each person something of their own; a repeated key of the same person is left out. Returns how many.

    Five thousand take well under a second.
    """
    rows = list({(each.person_id, each.key): each for each in told}.values())
    count = 0
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        known = select(Notification.person_id, Notification.key).where(
            Notification.person_id.in_({each.person_id for each in some}),
            Notification.key.in_({each.key for each in some}),
        )
        there = {(person_id, key) for person_id, key in db.session.execute(known)}
        new = [_row(each, kind, at) for each in some if (each.person_id, each.key) not in there]
        if new:
            db.session.execute(insert(Notification), new)
        count += len(new)
    return count


def _row(each: Told, kind: str, at: datetime) -> dict[str, Any]:
    safe = each.url.startswith("/") and not each.url.startswith("//")
    return {
        "person_id": each.person_id,
        "kind": kind,
        "key": each.key,
        "title": each.title[:200],
        "body": each.body[:500],
        "url": each.url[:300] if safe else "",
        "created_at": at,
    }


def mark_read(*, actor: Person, at: datetime, notification_id: int | None = None) -> None:
    """Note that the actor has read one notification, or with None all of them. Somebody else's is left alone."""
    mine = update(Notification).where(Notification.person_id == actor.id, Notification.read_at.is_(None))
    if notification_id is not None:
        mine = mine.where(Notification.id == notification_id)
    db.session.execute(mine.values(read_at=at))
