"""The demo team has read some of the lessons: some people all of them, some a few, one is in the middle."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from courses.lessons.enums import ReachedBy
from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import readable
from courses.lessons.services import open_lesson, record_reading
from courses.starter.services import load_starter
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant

SEED = 7
DAYS = 12


def run(context: Any) -> str:
    """Load the lessons that ship and write twelve days of reading into the ledger. Draws its lots from a fixed seed."""
    at: datetime = getattr(context, "at", None) or now()
    load_starter(at=at)
    readers = db.session.scalars(
        select(Person).where(Person.active, Person.grants.any(RoleGrant.role == Role.AGENT)).order_by(Person.id)
    ).all()
    read = sum(_reads(person, at, random.Random(SEED * 1000 + i)) for i, person in enumerate(readers))  # noqa: S311
    return f"课时：{len(readers)} 位客服共读完 {read} 节"


def _reads(person: Person, at: datetime, lots: random.Random) -> int:
    rows = db.session.execute(
        select(Lesson, LessonVersion)
        .join(LessonVersion, LessonVersion.lesson_id == Lesson.id)
        .where(readable(person), LessonVersion.number == Lesson.published_number)
        .order_by(Lesson.position, Lesson.id)
    ).all()
    finished = min(len(rows), lots.choice((1, 3, 4, 6, 8, 10)))
    moment = at - timedelta(days=DAYS, hours=lots.randint(0, 6))
    for lesson, version in rows[:finished]:
        moment += timedelta(minutes=lots.randint(40, 20 * 60))
        reading = timedelta(minutes=version.minutes * lots.uniform(0.6, 1.4))
        if moment + reading >= at:
            break
        open_lesson(actor=person, lesson=lesson, version=version, at=moment)
        reached_by = lots.choice(list(ReachedBy))
        record_reading(actor=person, lesson=lesson, version=version, reached_by=reached_by, at=moment + reading)
    for lesson, version in rows[finished : finished + 1]:
        open_lesson(actor=person, lesson=lesson, version=version, at=at - timedelta(hours=lots.randint(1, 30)))
    return finished


DEMO_STEPS = (DemoStep(order=30, name="lessons", run=run),)
