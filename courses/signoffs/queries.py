"""Checklists that wait for signatures, and what was signed. Each list is a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, func, null, select, tuple_, union_all
from sqlalchemy.orm import aliased, joinedload, lazyload

from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import readable
from courses.lessons.rounds import counts_now
from courses.signoffs.enums import SignVerdict
from courses.signoffs.models import SignOff
from courses.signoffs.points import Point, points_of
from courses.signoffs.rules import CHECKLIST
from lms.kernel.db import db
from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Activity, Assignment, Record
from lms.people.models import Person
from lms.people.queries import person_filter

LATE = timedelta(days=3)
"""A checklist that waits longer is shown to the lead as late."""


@dataclass(frozen=True)
class PointStanding:
    """A point and the verdict that counts, if there is one."""

    point: Point
    sign: SignOff | None = None

    @property
    def ok(self) -> bool:
        return self.sign is not None and self.sign.verdict is SignVerdict.OK

    @property
    def redo(self) -> bool:
        return self.sign is not None and self.sign.verdict is SignVerdict.REDO


@dataclass(frozen=True)
class Sheet:
    """A checklist of one person: its points in order, each with its verdict."""

    points: tuple[PointStanding, ...]

    @property
    def done(self) -> int:
        return sum(standing.ok for standing in self.points)

    @property
    def redo(self) -> int:
        return sum(standing.redo for standing in self.points)

    @property
    def complete(self) -> bool:
        return bool(self.points) and self.done == len(self.points)


@dataclass(frozen=True)
class Waiting:
    """A line of the lead's list: whose checklist it is, since when it waits, by when it is due, how far it is."""

    person: Person
    lesson: Lesson
    since: datetime
    due_at: datetime | None
    sheet: Sheet

    def is_late(self, at: datetime) -> bool:
        return at - self.since > LATE


def sheet_of(person: Person, lesson: Lesson, version: LessonVersion, task: Assignment | None) -> Sheet:
    """What was signed of the person's checklist. One statement."""
    query = (
        select(SignOff)
        .where(
            SignOff.person_id == person.id,
            SignOff.lesson_id == lesson.id,
            counts_now(SignOff.at, person.id, task),
        )
        .options(joinedload(SignOff.signed_by).lazyload(Person.grants))
        .order_by(SignOff.id)
    )
    return _sheet(version.body, db.session.scalars(query))


def signable(viewer: Person) -> ColumnElement[bool]:
    """Rows of (Person, Lesson) that ``viewer`` may sign; the list side of ``rules.can_sign`` but for the permission."""
    return and_(
        Person.active,
        Person.id != viewer.id,
        person_filter(viewer, Person.id),
        Lesson.type == CHECKLIST,
        readable(viewer),
    )


def waiting_for(viewer: Person) -> Select[Any]:
    """Rows of (person, lesson, since, due_at) that wait for a signature of ``viewer``, the longest first.

    Waiting is what was given and is open, or was opened by the person and is not completed yet.
    """
    checklists = select(Lesson.activity_id).where(Lesson.type == CHECKLIST).scalar_subquery()
    given = select(
        Assignment.person_id.label("person_id"),
        Assignment.activity_id.label("activity_id"),
        Assignment.created_at.label("since"),
        Assignment.due_at.label("due_at"),
    ).where(Assignment.state == AssignmentState.OPEN, Assignment.activity_id.in_(checklists))
    completed = aliased(Record)
    opened = select(
        Record.actor_id,
        Record.activity_id,
        Record.at,
        cast(null(), Assignment.due_at.type),
    ).where(
        Record.verb == Verb.OPENED,
        Record.activity_id.in_(checklists),
        ~select(completed.id)
        .where(
            completed.actor_id == Record.actor_id,
            completed.activity_id == Record.activity_id,
            completed.verb == Verb.COMPLETED,
        )
        .exists(),
    )
    either = union_all(given, opened).subquery()
    rows = (
        select(
            either.c.person_id,
            either.c.activity_id,
            func.min(either.c.since).label("since"),
            func.min(either.c.due_at).label("due_at"),
        )
        .group_by(either.c.person_id, either.c.activity_id)
        .subquery()
    )
    return (
        select(Person, Lesson, rows.c.since, rows.c.due_at)
        .join(rows, rows.c.person_id == Person.id)
        .join(Lesson, Lesson.activity_id == rows.c.activity_id)
        .join(Activity, Activity.id == Lesson.activity_id)
        .where(signable(viewer))
        .options(joinedload(Lesson.activity), lazyload(Person.grants), joinedload(Person.team))
        .order_by(rows.c.since, Person.name, Lesson.id)
    )


def with_sheets(rows: Sequence[Any]) -> list[Waiting]:
    """Rows of :func:`waiting_for` with what was signed of each. Three statements, however many rows."""
    if not rows:
        return []
    pairs = [(person.id, lesson.id) for person, lesson, _since, _due in rows]
    bodies = _bodies(lesson for _person, lesson, _since, _due in rows)
    signed: dict[tuple[int, int], list[SignOff]] = {}
    query = select(SignOff).where(tuple_(SignOff.person_id, SignOff.lesson_id).in_(pairs)).order_by(SignOff.id)
    for sign in db.session.scalars(query):
        signed.setdefault((sign.person_id, sign.lesson_id), []).append(sign)
    ends = _completed_before(rows)
    waiting = []
    for person, lesson, since, due_at in rows:
        pair = (person.id, lesson.id)
        counting = [sign for sign in signed.get(pair, []) if pair not in ends or sign.at > ends[pair]]
        waiting.append(Waiting(person, lesson, since, due_at, _sheet(bodies[lesson.id], counting)))
    return waiting


def _bodies(lessons: Iterable[Lesson]) -> dict[int, str]:
    query = (
        select(Lesson.id, LessonVersion.body)
        .join(
            LessonVersion, and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.number == Lesson.published_number)
        )
        .where(Lesson.id.in_({lesson.id for lesson in lessons}))
    )
    return {lesson_id: body for lesson_id, body in db.session.execute(query)}


def _completed_before(rows: Sequence[Any]) -> dict[tuple[int, int], datetime]:
    """When those who have it to do again had completed it: a completion would have closed the task that is open."""
    pairs = [(person.id, lesson.activity_id) for person, lesson, _since, _due in rows]
    query = (
        select(Record.actor_id, Lesson.id, func.max(Record.at))
        .join(Lesson, Lesson.activity_id == Record.activity_id)
        .where(Record.verb == Verb.COMPLETED, tuple_(Record.actor_id, Record.activity_id).in_(pairs))
        .group_by(Record.actor_id, Lesson.id)
    )
    return {(person_id, lesson_id): at for person_id, lesson_id, at in db.session.execute(query)}


def _sheet(body: str, signs: Iterable[SignOff]) -> Sheet:
    latest = {sign.item: sign for sign in signs}
    return Sheet(tuple(PointStanding(point, latest.get(point.key)) for point in points_of(body)))
