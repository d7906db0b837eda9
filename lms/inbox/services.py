"""Telling people things, and noting that they have read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from lms.inbox.models import Notification
from lms.kernel.db import db
from lms.people.models import Person

BATCH = 500


def notify(
    *, people: Iterable[int], kind: str, key: str, title: str, at: datetime, body: str = "", url: str = ""
) -> int:
    """Tell people (ids) something, each once a ``key``. Returns how many were told now; those who knew are left alone.

    ``url`` must be a path of this app ("/…"); anything else is dropped, so that a notification never leads outside.
    """
    ids = list(dict.fromkeys(people))
    told = 0
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        known = set(
            db.session.scalars(
                select(Notification.person_id).where(Notification.key == key, Notification.person_id.in_(some))
            )
        )
        new = [
            Notification(
                person_id=person_id,
                kind=kind,
                key=key,
                title=title[:200],
                body=body[:500],
                url=url if url.startswith("/") and not url.startswith("//") else "",
                created_at=at,
            )
            for person_id in some
            if person_id not in known
        ]
        db.session.add_all(new)
        told += len(new)
    db.session.flush()
    return told


def mark_read(*, actor: Person, at: datetime, notification_id: int | None = None) -> None:
    """Note that the actor has read one notification, or with None all of them. Somebody else's is left alone."""
    mine = update(Notification).where(Notification.person_id == actor.id, Notification.read_at.is_(None))
    if notification_id is not None:
        mine = mine.where(Notification.id == notification_id)
    db.session.execute(mine.values(read_at=at))
