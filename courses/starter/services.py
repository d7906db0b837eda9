"""Puts the lessons that ship into a home, and keeps them up to date where nobody has touched them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from courses.lessons.enums import LessonState
from courses.lessons.models import Course, CourseModule, Lesson, LessonVersion
from courses.lessons.queries import KIND
from courses.lessons.services import Draft, add_version, draft_of, insert_lesson, show
from courses.starter.files import StarterLesson, read_starter_courses
from courses.types import lesson_types
from lms.kernel.db import db
from lms.learning.models import Activity, Competency

FIRST_RELEASE_COURSE = "starter"
RENAMED_TO = "onboarding"


@dataclass
class StarterReport:
    """How many lessons were added, renewed to a newer text, left as the shop has them, and were up to date.

    waiting: of a type that no plugin which is on offers; they come with the first start after it is on again.
    """

    added: int = 0
    renewed: int = 0
    kept: int = 0
    unchanged: int = 0
    waiting: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def load_starter(*, at: datetime, lessons: Iterable[StarterLesson] | None = None) -> StarterReport:
    """Load the lessons that ship, published, for all shops. Safe to call on every start.

    A lesson that is there already gets a newer text only while its newest version is ours: what a trainer edited or
    archived stays as it is. Needs no actor; nobody is named as the author.
    """
    report = StarterReport()
    shelf = _Shelf(at)
    shipped = [lesson for course in shelf.shipped for lesson in course.lessons] if lessons is None else list(lessons)
    known = _known([lesson.slug for lesson in shipped])
    shelf.take_from_first_release([known[lesson.slug][0] for lesson in shipped if lesson.slug in known], shipped)
    types = lesson_types()
    for shipped_lesson in shipped:
        if shipped_lesson.type not in types:
            report.waiting += 1
        elif shipped_lesson.slug in known:
            _renew(*known[shipped_lesson.slug], shipped_lesson, report, at)
        else:
            _add(shipped_lesson, shelf, at)
            report.added += 1
    return report


class _Shelf:
    """The courses that ship and their modules, as rows: made when the first lesson needs them, not renamed later."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.shipped = read_starter_courses()
        slugs = [course.slug for course in self.shipped] + [FIRST_RELEASE_COURSE]
        rows = db.session.scalars(select(Course).where(Course.slug.in_(slugs)))
        self.rows = {row.slug or "": row for row in rows}
        self.modules: dict[int, dict[str, CourseModule]] = {}
        self.positions = {
            lesson.slug: 100 * number + place
            for number, course in enumerate(self.shipped, start=1)
            for place, lesson in enumerate(course.lessons, start=1)
        }

    def course(self, slug: str) -> Course:
        if slug not in self.rows:
            told = next(course for course in self.shipped if course.slug == slug)
            self.rows[slug] = Course(
                slug=slug, shop_id=None, title=told.title, summary=told.summary, created_at=self.at
            )
            db.session.add(self.rows[slug])
            db.session.flush()
        return self.rows[slug]

    def module(self, lesson: StarterLesson) -> CourseModule | None:
        """Its part of the course, found by the title: one that a trainer renamed is made again for a new lesson."""
        if not lesson.module:
            return None
        course = self.course(lesson.course)
        if course.id not in self.modules:
            rows = db.session.scalars(select(CourseModule).where(CourseModule.course_id == course.id))
            self.modules[course.id] = {row.title: row for row in rows}
        known = self.modules[course.id]
        if lesson.module not in known:
            told = next(course for course in self.shipped if course.slug == lesson.course)
            titles = list(dict.fromkeys(each.module for each in told.lessons))
            place = titles.index(lesson.module) + 1 if lesson.module in titles else len(titles) + 1
            known[lesson.module] = CourseModule(course_id=course.id, title=lesson.module, position=place)
            db.session.add(known[lesson.module])
            db.session.flush()
        return known[lesson.module]

    def position(self, lesson: StarterLesson) -> int:
        return self.positions.get(lesson.slug, 1000)

    def take_from_first_release(self, rows: list[Lesson], shipped: list[StarterLesson]) -> None:
        """Sort the lessons of the one course of the first release into today's, and give its row to the checklists.

        The row keeps its id, for whatever points at it. Runs once: afterwards no course has the old slug.
        """
        old = self.rows.pop(FIRST_RELEASE_COURSE, None)
        if old is None:
            return
        told = {lesson.slug: lesson for lesson in shipped}
        for row in rows:
            if row.course_id == old.id:
                mine = told[row.slug or ""]
                row.course_id, row.module, row.position = (
                    self.course(mine.course).id,
                    self.module(mine),
                    self.position(mine),
                )
        if RENAMED_TO not in self.rows:
            course = next(course for course in self.shipped if course.slug == RENAMED_TO)
            old.slug, old.title, old.summary = course.slug, course.title, course.summary
            self.rows[RENAMED_TO] = old
        db.session.flush()


def _known(slugs: list[str]) -> dict[str, tuple[Lesson, LessonVersion]]:
    query = (
        select(Lesson, LessonVersion)
        .join(LessonVersion, LessonVersion.lesson_id == Lesson.id)
        .where(Lesson.slug.in_(slugs), LessonVersion.number == Lesson.latest_number)
    )
    return {lesson.slug or "": (lesson, version) for lesson, version in db.session.execute(query)}


def _add(shipped: StarterLesson, shelf: _Shelf, at: datetime) -> None:
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
    module = shelf.module(shipped)
    lesson = insert_lesson(
        activity=activity,
        draft=_draft(shipped),
        type_name=shipped.type,
        course_id=shelf.course(shipped.course).id,
        module_id=module.id if module else None,
        slug=shipped.slug,
        position=shelf.position(shipped),
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
