"""New hires somewhere in their first week: on day 2, waiting for a signature, stuck at the first gate, and finished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from courses.lessons.models import Lesson
from courses.lessons.queries import latest_task, version_of
from courses.lessons.services import complete_lesson
from courses.programmes.attendance import mark_attendance
from courses.programmes.definition import Day, Step, from_json
from courses.programmes.enums import Attended
from courses.programmes.models import Enrolment, Programme
from courses.programmes.queries import version_of_enrolment
from courses.programmes.starter.services import load_starter
from courses.signoffs.enums import SignVerdict
from courses.signoffs.points import points_of
from courses.signoffs.services import Mark, sign
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.learning.enums import AssignmentReason, Verb
from lms.learning.models import Activity
from lms.learning.services import assign, write_record
from lms.people.models import Person

SLUG = "onboarding-week"
# (shop, trainer, lead or supervisor who signs, account, days since the start, what became of it)
PEOPLE = (
    ("songguo", "trainer", "lead", "agent", 1, "day_two"),
    ("songguo", "trainer", "lead", "limengyao", 1, "unsigned"),
    ("songguo", "trainer", "hejunjie", "zhaoyiming", 1, "stuck"),
    ("songguo", "trainer", "hejunjie", "sunjiahui", 8, "finished"),
    ("shanyue", "trainer-b", "supervisor-b", "agent-b", 1, "day_two"),
    ("shanyue", "trainer-b", "supervisor-b", "caoyang", 1, "stuck"),
    ("shanyue", "trainer-b", "supervisor-b", "weilan", 8, "finished"),
)
SCORES = (0.9, 0.85, 0.8, 0.95, 0.88)
FAILED = (0.55, 0.7)


def run(context: Any) -> str:
    """Give the onboarding week to new hires and let them come as far as they are; nothing when it did not load."""
    load_starter(at=context.days_ago(20))
    programme = db.session.scalars(select(Programme).where(Programme.slug == SLUG)).one_or_none()
    if programme is None:
        return "入职周没有装入，跳过"
    for _shop, trainer, signer, account, days, what in PEOPLE:
        begun = context.days_ago(days, hour=9, minute=10)
        person = context.person(account)
        assign(
            actor=context.person(trainer),
            activity=programme.activity,
            people=[person],
            due_at=context.days_ago(days - 7, hour=18),
            reason=AssignmentReason.ONBOARDING,
            at=begun,
        )
        query = select(Enrolment).where(Enrolment.person_id == person.id, Enrolment.programme_id == programme.id)
        _Newcomer(person, context.person(signer), db.session.scalars(query).one(), begun, context.at).go(what)
    return f"{len(PEOPLE)} 名新人在“{programme.title}”里"


class _Newcomer:
    """One person's week, told to the ledger as their pages would have told it."""

    def __init__(self, person: Person, signer: Person, enrolment: Enrolment, begun: datetime, until: datetime) -> None:
        self.person, self.signer, self.enrolment = person, signer, enrolment
        self.begun, self.until = begun, until
        self.days: Sequence[Day] = from_json(version_of_enrolment(enrolment).definition).days

    def go(self, what: str) -> None:
        if what == "finished":
            for number in range(1, len(self.days) + 1):
                self._day(number, signed=True)
            mark_attendance(
                actor=self.signer, enrolment=self.enrolment, day=3, status=Attended.LATE,
                at=self._at(3, 120), note="地铁故障，已说明",
            )  # fmt: skip
        elif what == "stuck":
            self._steps(1, signed=True, late=75)
            for place, score in enumerate(FAILED):
                self._result(1, self._at(1, 400 + 60 * place), score)
        else:
            self._day(1, signed=what == "day_two")
            if what == "day_two":
                self._steps(2, signed=False, only=3)

    def _day(self, number: int, *, signed: bool) -> None:
        self._steps(number, signed=signed)
        self._result(number, self._at(number, 460), SCORES[(number - 1) % len(SCORES)])

    def _steps(self, number: int, *, signed: bool, late: int = 10, only: int | None = None) -> None:
        steps = [step for step in self.days[number - 1].steps if step.required]
        for place, step in enumerate(steps[:only]):
            self._step(step, self._at(number, late + 45 * place), signed=signed)

    def _step(self, step: Step, at: datetime, *, signed: bool) -> None:
        lesson = db.session.scalars(select(Lesson).where(Lesson.activity_id == step.activity_id)).one_or_none()
        if lesson is None:
            self._scored(step.activity_id, at, 0.6, passed=True)
            return
        version = version_of(lesson, lesson.published_number or lesson.latest_number)
        if lesson.type == "checklist":
            if signed:
                marks = {point.key: Mark(SignVerdict.OK) for point in points_of(version.body)}
                sign(actor=self.signer, person=self.person, lesson=lesson, version=version, marks=marks, at=at)
            return
        complete_lesson(
            person=self.person, lesson=lesson, version=version, at=at,
            task=latest_task(self.person, lesson.activity_id), duration_seconds=version.minutes * 60,
        )  # fmt: skip

    def _result(self, number: int, at: datetime, score: float) -> None:
        gate = self.days[number - 1].gate
        if gate is not None:
            self._scored(gate.activity_id, at, score, passed=score >= (gate.cut or 0))

    def _scored(self, activity_id: int, at: datetime, score: float, *, passed: bool) -> None:
        """A result as a quiz writes it."""
        write_record(
            actor=self.person,
            verb=Verb.PASSED if passed else Verb.FAILED,
            activity=db.session.get_one(Activity, activity_id),
            at=at,
            idempotency_key=f"demo:programme:{self.enrolment.id}:{activity_id}:{at.isoformat()}",
            score=score,
            success=passed,
            completion=True,
            duration_seconds=540,
        )

    def _at(self, number: int, minutes: int) -> datetime:
        """So many minutes after the beginning of a day of the programme; never later than the demo's own time."""
        return min(self.begun + timedelta(days=number - 1, minutes=minutes), self.until)


DEMO_STEPS = (DemoStep(85, "培训计划", run),)
