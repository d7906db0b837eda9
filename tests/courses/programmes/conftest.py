"""Programmes for the tests: an onboarding of two days in shop 甲, built from plain activities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.programmes.authoring import create_programme, publish, save_draft
from courses.programmes.definition import Day, Definition, Gate, Step
from courses.programmes.models import Enrolment, Programme
from lms.kernel.clock import from_local
from lms.kernel.db import db
from lms.learning.enums import AssignmentReason, Verb
from lms.learning.models import Activity, Record
from lms.learning.services import assign, write_record
from lms.people.models import Person, Shop
from tests.conftest import Cast
from tests.factories import make_activity

_keys = count(1)


def clock(day: int, hour: int, minute: int = 0) -> datetime:
    """That time in Shanghai in November 2026; the 2nd is a Monday."""
    return from_local(datetime(2026, 11, day, hour, minute))


def finish(person: Person, activity: Activity, at: datetime, score: float | None = None, **more: Any) -> Record:
    """The person completes the activity; with a score below 0.8 it is a failure."""
    success = None if score is None else score >= 0.8
    return write_record(
        actor=person,
        verb=Verb.COMPLETED if score is None else (Verb.PASSED if success else Verb.FAILED),
        activity=activity,
        at=at,
        idempotency_key=f"test:{next(_keys)}",
        score=score,
        success=success,
        completion=True,
        **more,
    )


@dataclass
class Week:
    """A published programme and what stands in it."""

    programme: Programme
    lesson: Activity
    checklist: Activity
    gate1: Activity
    lesson2: Activity
    gate2: Activity

    def give(self, trainer: Person, *people: Person, at: datetime) -> list[Enrolment]:
        """The trainer gives it to people, as 布置任务 does."""
        assign(
            actor=trainer,
            activity=self.programme.activity,
            people=people,
            due_at=None,
            reason=AssignmentReason.ONBOARDING,
            at=at,
        )
        ids = [person.id for person in people]
        query = select(Enrolment).where(Enrolment.person_id.in_(ids), Enrolment.programme_id == self.programme.id)
        return list(db.session.scalars(query.order_by(Enrolment.id)))


def definition_of(week: tuple[Activity, ...]) -> Definition:
    lesson, checklist, gate1, lesson2, gate2 = (activity.id for activity in week)
    return Definition(
        (
            Day(
                "第一天 认识岗位", offset=0, start="09:30", steps=(Step(lesson), Step(checklist)), gate=Gate(gate1, 0.8)
            ),
            Day("第二天 看懂规则", offset=1, steps=(Step(lesson2),), gate=Gate(gate2, 0.8)),
        )
    )


def build_week(trainer: Person, shop: Shop | None, *, at: datetime | None = None, title: str = "甲店新人周") -> Week:
    at = at or clock(1, 9)
    activities = (
        make_activity("甲店岗位认识", shop=shop),
        make_activity("甲店跟岗清单", shop=shop),
        make_activity("甲店第一天小测", kind="quiz", shop=shop),
        make_activity("甲店规则入门", shop=shop),
        make_activity("甲店第二天小测", kind="quiz", shop=shop),
    )
    programme = create_programme(actor=trainer, title=title, shop_id=shop.id if shop else None, at=at)
    save_draft(
        actor=trainer, programme=programme, title=title, summary="甲店两天上手",
        definition=definition_of(activities), base=0, at=at,
    )  # fmt: skip
    publish(actor=trainer, programme=programme, at=at)
    return Week(programme, *activities)


@pytest.fixture
def week(cast: Cast, session: scoped_session) -> Week:
    made = build_week(cast.trainer, cast.shop)
    session.commit()
    return made


@pytest.fixture
def done_day_one() -> Callable[[Week, Person, int], None]:
    """Everything of day 1, on that day of November, between 10:00 and 15:00."""

    def go(week: Week, person: Person, day: int) -> None:
        finish(person, week.lesson, clock(day, 10))
        finish(person, week.checklist, clock(day, 14))
        finish(person, week.gate1, clock(day, 15), 0.9)

    return go
