"""What the loop asks of the queue: follow-up checks, on top of every sampling plan."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from lms.coaching.enums import CaseState
from lms.coaching.loop.models import RemedialCase
from lms.kernel.db import db
from lms.kernel.hookspecs import CheckWish


def wish_key(case_id: int) -> str:
    """How the queue names the checks of a case."""
    return f"case:{case_id}"


def wishes(shop_id: int, at: datetime) -> list[CheckWish]:
    """Checks for every case of the shop that is being followed up. One statement."""
    query = select(
        RemedialCase.id,
        RemedialCase.agent_id,
        RemedialCase.criterion_id,
        RemedialCase.settings,
        RemedialCase.trained_at,
        RemedialCase.follow_until,
    ).where(
        RemedialCase.shop_id == shop_id,
        RemedialCase.state == CaseState.FOLLOWING,
        RemedialCase.trained_at <= at,
    )
    return [
        CheckWish(
            key=wish_key(row.id),
            agent_id=row.agent_id,
            criterion_id=row.criterion_id,
            count=row.settings.get("follow_up_checks", 5),
            since=row.trained_at,
            until=row.follow_until,
        )
        for row in db.session.execute(query)
    ]
