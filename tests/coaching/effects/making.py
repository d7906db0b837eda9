"""Makes cases of a lesson with the checks around them, without going through the loop."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.coaching.enums import Arm, CaseState
from lms.coaching.loop.models import RemedialCase
from lms.learning.models import Activity
from lms.people.models import Person, Shop
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion
from tests.factories import save


def make_case(
    agent: Person,
    shop: Shop,
    version: ScorecardVersion,
    lesson: Activity,
    arm: Arm,
    *,
    at: datetime,
    window_days: int = 10,
    trained_at: datetime | None = None,
) -> RemedialCase:
    """A concluded case about 准确; drawn when ``arm`` says so."""
    right = Definition.from_json(version.definition).criteria[1]
    return save(
        RemedialCase(
            shop_id=shop.id,
            agent_id=agent.id,
            criterion_id=right.id,
            competency_id=right.competency_id,
            settings={"window_days": window_days if arm is not Arm.NONE else 0},
            state=CaseState.UNCLEAR,
            arm=arm,
            lesson_id=lesson.id,
            opened_at=at,
            assigned_at=at,
            trained_at=trained_at,
            closed_at=at + timedelta(days=40),
        )
    )
