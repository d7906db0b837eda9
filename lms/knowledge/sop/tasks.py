"""What the job process does by itself: variants that start or end today, and owners who have to look again."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import exists, func, select
from sqlalchemy.orm import selectinload

from lms.inbox.services import notify
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.knowledge.sop.models import SopEntry, SopVersion
from lms.knowledge.sop.queries import overdue
from lms.knowledge.sop.services import renew_in_force


def turn_seasons(at: datetime) -> int:
    """Announce versions that came into force by date, each once; returns how many entries changed."""
    day = to_local(at).date()
    several = select(SopVersion.entry_id).group_by(SopVersion.entry_id).having(func.count() > 1)
    waiting = SopEntry.in_force_number.is_(None)
    query = (
        select(SopEntry)
        .where(SopEntry.archived_at.is_(None), waiting | SopEntry.id.in_(several.scalar_subquery()))
        .where(exists().where(SopVersion.entry_id == SopEntry.id))
        .options(selectinload(SopEntry.versions))
    )
    return sum(renew_in_force(entry, day=day) for entry in db.session.scalars(query))


def remind_owners(at: datetime) -> int:
    """Tell owners, at most once a week, which of their entries are past their review."""
    day = to_local(at).date()
    titles: dict[int, list[str]] = defaultdict(list)
    query = select(SopEntry.owner_id, SopEntry.title).where(overdue(day), SopEntry.owner_id.is_not(None))
    for owner_id, title in db.session.execute(query.order_by(SopEntry.review_due, SopEntry.id)):
        titles[int(owner_id or 0)].append(title)
    told = 0
    for owner_id, mine in titles.items():
        told += notify(
            people=[owner_id],
            kind="sop_review",
            key=f"sop-review:{_week(day)}",
            title=_("您有 %(n)s 条 SOP 该复核了", n=len(mine)),
            body="、".join(mine[:5]),
            url="/sop?state=overdue",
            at=at,
        )
    return told


def _week(day: date) -> str:
    year, week, _weekday = day.isocalendar()
    return f"{year}-{week:02}"
