"""The notifications' part of ``lms demo``: people have read what is older than yesterday."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update

from lms.inbox.models import Notification
from lms.kernel.db import db


def read_old_ones(context: Any) -> str:
    """Everything from before yesterday's start of work is read."""
    cut = context.days_ago(1, hour=9)
    old = (Notification.read_at.is_(None), Notification.created_at < cut)
    db.session.execute(update(Notification).where(*old).values(read_at=cut))
    unread = db.session.scalar(select(func.count()).where(Notification.read_at.is_(None)))
    return f"{unread} 条未读通知"
