"""The courses' part of ``lms demo``: onboarding tasks, some days of reading, and a lesson that a trainer is writing."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from courses.documents.demo import run as bring_documents
from courses.lessons.enums import ReachedBy
from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import readable
from courses.lessons.services import copy_lesson, open_lesson, record_reading
from courses.outline.demo import run as build_course
from courses.starter.services import load_starter
from courses.types import lesson_types
from courses.watching.demo import run as watch_and_sign
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.learning.enums import AssignmentReason
from lms.learning.services import assign
from lms.people.models import Person

TRAINERS = {"songguo": "trainer", "shanyue": "trainer-b"}
DAYS = 12
# (lesson, given so many days ago, due so many days from now; below zero: overdue for those who have not read it)
TASKS = (("buyer-eyes", 11, -4), ("keep-your-word", 11, -4), ("seven-day-returns", 8, 2), ("first-reply", 6, 5))
GIVEN = frozenset(slug for slug, _, _ in TASKS)
COPIED = "six-product-questions"
READ = (1, 3, 4, 6, 8, 10)  # how many of the lessons somebody has read, by lot


def run(context: Any) -> str:
    """Load the lessons, give some of them to everybody who answers chats, and let people read."""
    load_starter(at=context.days_ago(DAYS + 1))
    lessons = {lesson.slug: lesson for lesson in db.session.scalars(select(Lesson).where(Lesson.slug.is_not(None)))}
    given = read = 0
    for shop, account in TRAINERS.items():
        trainer, agents = context.person(account), context.agents(shop)
        for slug, days, due in TASKS:
            made = assign(
                actor=trainer,
                activity=lessons[slug].activity,
                people=agents,
                due_at=context.days_ago(-due, hour=18),
                reason=AssignmentReason.ONBOARDING,
                at=context.days_ago(days, hour=9),
            )
            given += len(made)
        for agent in agents:
            read += _reads(agent, context.at, context.rng(f"lessons/{agent.account}"))
    copy_lesson(
        actor=context.person(TRAINERS["songguo"]),
        lesson=lessons[COPIED],
        shop_id=context.shop("songguo").id,
        at=context.days_ago(3, hour=16),
    )
    return f"{len(lessons)} 节课时，布置 {given} 项任务，读完 {read} 节次"


def _reads(person: Person, at: datetime, lots: random.Random) -> int:
    """The person reads some lessons, the given ones first, and has the next one open. Returns how many were read."""
    rows = sorted(_lessons(person), key=lambda row: row[0].slug not in GIVEN)
    moment = at - timedelta(days=DAYS - 6, hours=lots.randint(0, 20))
    wanted, finished = lots.choice(READ), 0
    for lesson, version in rows[:wanted]:
        moment += timedelta(minutes=lots.randint(40, 14 * 60))
        reading = timedelta(minutes=version.minutes * lots.uniform(0.6, 1.4))
        if moment + reading >= at:
            break
        open_lesson(actor=person, lesson=lesson, version=version, at=moment)
        reached_by = lots.choice(list(ReachedBy))
        record_reading(actor=person, lesson=lesson, version=version, reached_by=reached_by, at=moment + reading)
        finished += 1
    for lesson, version in rows[finished : finished + 1]:
        open_lesson(actor=person, lesson=lesson, version=version, at=at - timedelta(hours=lots.randint(1, 30)))
    return finished


def _lessons(person: Person) -> list[tuple[Lesson, LessonVersion]]:
    by_reading = [kind.name for kind in lesson_types().values() if kind.by_reading]
    query = (
        select(Lesson, LessonVersion)
        .join(LessonVersion, LessonVersion.lesson_id == Lesson.id)
        .where(readable(person), Lesson.slug.is_not(None), LessonVersion.number == Lesson.published_number)
        .where(Lesson.type.in_(by_reading))
        .order_by(Lesson.position, Lesson.id)
    )
    return [(lesson, version) for lesson, version in db.session.execute(query)]


DEMO_STEPS = (
    DemoStep(50, "课时", run),
    DemoStep(52, "课程与审核", build_course),
    DemoStep(55, "视频与带教清单", watch_and_sign),
    DemoStep(57, "文档课时", bring_documents),
)
