"""Puts the lessons that ship into a home, and keeps them up to date where nobody has touched them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from courses.lessons.enums import LessonState
from courses.lessons.models import Course, Lesson, LessonVersion
from courses.lessons.queries import KIND
from courses.lessons.services import Draft, add_version, draft_of, insert_lesson, show
from courses.starter.files import StarterLesson, read_starter_lessons
from lms.kernel.db import db
from lms.learning.models import Activity, Competency

COURSE_SLUG = "starter"


@dataclass
class StarterReport:
    """How many lessons were added, renewed to a newer text, left as the shop has them, and were up to date."""

    added: int = 0
    renewed: int = 0
    kept: int = 0
    unchanged: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def load_starter(*, at: datetime, lessons: Iterable[StarterLesson] | None = None) -> StarterReport:
    """Load the lessons that ship, published, for all shops. Safe to call on every start.

    A lesson that is there already gets a newer text only while its newest version is ours: what a trainer edited or
    archived stays as it is. Needs no actor; nobody is named as the author.
    """
    report = StarterReport()
    shipped = list(read_starter_lessons() if lessons is None else lessons)
    known = _known([lesson.slug for lesson in shipped])
    for position, shipped_lesson in enumerate(shipped, start=1):
        if shipped_lesson.slug in known:
            _renew(*known[shipped_lesson.slug], shipped_lesson, report, at)
        else:
            _add(shipped_lesson, position, at)
            report.added += 1
    return report


def _known(slugs: list[str]) -> dict[str, tuple[Lesson, LessonVersion]]:
    query = (
        select(Lesson, LessonVersion)
        .join(LessonVersion, LessonVersion.lesson_id == Lesson.id)
        .where(Lesson.slug.in_(slugs), LessonVersion.number == Lesson.latest_number)
    )
    return {lesson.slug or "": (lesson, version) for lesson, version in db.session.execute(query)}


def _add(shipped: StarterLesson, position: int, at: datetime) -> None:
    activity = Activity(
        kind=KIND,
        title=shipped.title,
        dimension=shipped.dimension,
        shop_id=None,
        slug=f"{KIND}:{shipped.slug}",
        created_at=at,
        competencies=[_competency(shipped)],
    )
    db.session.add(activity)
    lesson = insert_lesson(
        activity=activity,
        draft=_draft(shipped),
        type_name="markdown",
        course_id=_course(at).id,
        slug=shipped.slug,
        position=position,
        at=at,
    )
    show(lesson=lesson, at=at)


def _renew(lesson: Lesson, version: LessonVersion, shipped: StarterLesson, report: StarterReport, at: datetime) -> None:
    draft = _draft(shipped)
    if draft_of(version) == draft:
        report.unchanged += 1
    elif version.created_by_id is not None or lesson.state is not LessonState.PUBLISHED:
        report.kept += 1
    else:
        add_version(lesson=lesson, draft=draft, number=version.number + 1, author_id=None, at=at)
        show(lesson=lesson, at=at)
        report.renewed += 1


def _draft(shipped: StarterLesson) -> Draft:
    return Draft(title=shipped.title, body=shipped.body, summary=shipped.summary, minutes=shipped.minutes)


def _competency(shipped: StarterLesson) -> Competency:
    """The competency of all shops with this code; made when it is not there."""
    query = select(Competency).where(Competency.code == shipped.competency_code, Competency.shop_id.is_(None))
    competency = db.session.scalars(query).one_or_none()
    if competency is None:
        competency = Competency(
            code=shipped.competency_code, name=shipped.competency_name, dimension=shipped.dimension, shop_id=None
        )
        db.session.add(competency)
        db.session.flush()
    return competency


def _course(at: datetime) -> Course:
    course = db.session.scalars(select(Course).where(Course.slug == COURSE_SLUG)).one_or_none()
    if course is None:
        course = Course(
            slug=COURSE_SLUG,
            shop_id=None,
            title="客服第一周",
            summary="新客服上岗前的十节课：怎么看待买家，规则怎么讲，话怎么说。",
            created_at=at,
        )
        db.session.add(course)
        db.session.flush()
    return course
