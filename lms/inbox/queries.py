"""A person's own notifications. Nobody sees somebody else's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from lms.inbox.models import Notification
from lms.kernel.db import db


def notifications_of(person_id: int) -> Select[Any]:
    """What the person was told: unread first, then the newest."""
    return (
        select(Notification)
        .where(Notification.person_id == person_id)
        .order_by(Notification.read_at.is_not(None), Notification.created_at.desc(), Notification.id.desc())
    )


def unread_of(person_id: int) -> Select[Any]:
    """What the person has not read yet, the newest first."""
    return (
        select(Notification)
        .where(Notification.person_id == person_id, Notification.read_at.is_(None))
        .order_by(Notification.created_at.desc(), Notification.id.desc())
    )


def count_unread(person_id: int) -> int:
    """How many notifications wait to be read."""
    query = select(func.count()).where(Notification.person_id == person_id, Notification.read_at.is_(None))
    return db.session.scalar(query) or 0
