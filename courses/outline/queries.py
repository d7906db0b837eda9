"""What the pages of courses show. Each is a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import joinedload

from courses.lessons.enums import CourseState, LessonState, ReadingState
from courses.lessons.models import Course, CourseModule, Lesson, LessonVersion
from courses.lessons.queries import Reading, course_order, readable, readings_of
from courses.lessons.review_queries import writable_shops
from courses.outline.rules import can_manage_course, can_open_course
from lms.kernel.db import db
from lms.learning.models import Activity
from lms.people.models import Person
from lms.people.queries import shop_filter
from lms.people.rules import require_visible


def open_to(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_open_course``."""
    return and_(
        Course.state == CourseState.OPEN,
        shop_filter(person, Course.shop_id),
        exists().where(Lesson.course_id == Course.id, Lesson.state == LessonState.PUBLISHED),
    )


def managed_by(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_manage_course``, for people with the permission."""
    return shop_filter(person, Course.shop_id)


def editable_by(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_edit_course``, for people with the permission."""
    return writable_shops(person, Course.shop_id)


# --- authors -------------------------------------------------------------------------------------------------------


def managed_courses(person: Person, *, archived: bool = False) -> Any:
    """Rows of (course, modules, lessons, published lessons) for authors, to be paginated."""

    def counted(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return (
            select(func.count()).select_from(Lesson).where(Lesson.course_id == Course.id, *conditions).scalar_subquery()
        )

    modules = (
        select(func.count()).select_from(CourseModule).where(CourseModule.course_id == Course.id).scalar_subquery()
    )
    state = CourseState.ARCHIVED if archived else CourseState.OPEN
    return (
        select(
            Course,
            modules.label("modules"),
            counted(Lesson.state != LessonState.ARCHIVED).label("lessons"),
            counted(Lesson.state == LessonState.PUBLISHED).label("published"),
        )
        .options(joinedload(Course.shop))
        .where(managed_by(person), Course.state == state)
        .order_by(Course.shop_id.is_not(None), Course.title, Course.id)
    )


def course_for_authors(person: Person, course_id: int) -> Course:
    """The course; NotFound unless the person may look behind it."""
    query = select(Course).where(Course.id == course_id).options(joinedload(Course.shop))
    course = db.session.scalars(query).one_or_none()
    require_visible(course is not None and can_manage_course(person, course))
    assert course is not None
    return course


def modules_of(course: Course) -> Sequence[CourseModule]:
    """The modules in order."""
    query = select(CourseModule).where(CourseModule.course_id == course.id)
    return db.session.scalars(query.order_by(CourseModule.position, CourseModule.id)).all()


def lessons_of(course: Course) -> list[tuple[Lesson, LessonVersion]]:
    """Every lesson of the course in order, archived ones too, each with its newest version. One statement."""
    query = (
        select(Lesson, LessonVersion)
        .join(LessonVersion, and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.number == Lesson.latest_number))
        .outerjoin(CourseModule, CourseModule.id == Lesson.module_id)
        .options(joinedload(Lesson.activity).joinedload(Activity.competencies))
        .where(Lesson.course_id == course.id)
        .order_by(*course_order())
    )
    return [(row[0], row[1]) for row in db.session.execute(query).unique()]


def tokens_of(modules: Sequence[CourseModule], lessons: Sequence[Lesson]) -> list[str]:
    """The order as :mod:`courses.outline.ordering` writes it."""
    tokens = [f"l{lesson.id}" for lesson in lessons if lesson.module_id is None]
    for module in modules:
        tokens.append(f"m{module.id}")
        tokens += [f"l{lesson.id}" for lesson in lessons if lesson.module_id == module.id]
    return tokens


@dataclass(frozen=True)
class Section:
    """A module with its lessons as authors see them; module None holds those before the first one."""

    module: CourseModule | None
    lessons: tuple[tuple[Lesson, LessonVersion], ...]


def sections(
    tokens: Sequence[str], modules: Sequence[CourseModule], lessons: Sequence[tuple[Lesson, LessonVersion]]
) -> list[Section]:
    """The outline in the order of ``tokens``."""
    by_module = {f"m{module.id}": module for module in modules}
    by_lesson = {f"l{lesson.id}": (lesson, version) for lesson, version in lessons}
    found: list[tuple[CourseModule | None, list[tuple[Lesson, LessonVersion]]]] = [(None, [])]
    for token in tokens:
        if token[0] == "m":
            found.append((by_module[token], []))
        else:
            found[-1][1].append(by_lesson[token])
    return [Section(module, tuple(members)) for module, members in found]


def addable_lessons(course: Course) -> Sequence[tuple[int, str]]:
    """(id, title) of the lessons of the same shop that are in no course."""
    same_shop = Lesson.shop_id.is_(None) if course.shop_id is None else Lesson.shop_id == course.shop_id
    query = (
        select(Lesson.id, Activity.title)
        .join(Activity, Activity.id == Lesson.activity_id)
        .where(Lesson.course_id.is_(None), same_shop, Lesson.state != LessonState.ARCHIVED)
        .order_by(Activity.title, Lesson.id)
        .limit(200)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


# --- readers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CourseReading:
    """A course together with how far one person is with it."""

    course: Course
    readings: tuple[Reading, ...]

    @property
    def done(self) -> int:
        return sum(reading.state is ReadingState.DONE for reading in self.readings)

    @property
    def percent(self) -> float:
        return 100 * self.done / len(self.readings) if self.readings else 0.0

    @property
    def minutes(self) -> int:
        return sum(reading.version.minutes for reading in self.readings)

    def next(self, locked: Collection[int] = ()) -> Reading | None:
        """What to go on with: the lesson that lies open, else the first that is not done; none that is ``locked``."""
        waiting = [
            reading
            for reading in self.readings
            if reading.state is not ReadingState.DONE and reading.lesson.activity_id not in locked
        ]
        begun = [reading for reading in waiting if reading.state is ReadingState.READING]
        return next(iter(begun or waiting), None)

    @property
    def parts(self) -> list[tuple[CourseModule | None, list[Reading]]]:
        """The readings by module, in order."""
        found: list[tuple[CourseModule | None, list[Reading]]] = []
        for reading in self.readings:
            module = reading.lesson.module
            if not found or found[-1][0] is not module:
                found.append((module, []))
            found[-1][1].append(reading)
        return found


def courses_in(readings: Sequence[Reading]) -> list[CourseReading]:
    """The open courses that these readings belong to. No statement: the courses came with the lessons."""
    found: dict[int, list[Reading]] = {}
    for reading in readings:
        course = reading.lesson.course
        if course is not None and course.state is CourseState.OPEN:
            found.setdefault(course.id, []).append(reading)
    ordered = sorted(found.values(), key=lambda some: (some[0].lesson.course.shop_id or 0, some[0].lesson.course_id))  # type: ignore[union-attr]
    return [CourseReading(some[0].lesson.course, tuple(_in_order(some))) for some in ordered]  # type: ignore[arg-type]


def _in_order(readings: Sequence[Reading]) -> list[Reading]:
    def place(reading: Reading) -> tuple[int, int, int]:
        module = reading.lesson.module
        return (module.position if module else 0, reading.lesson.position, reading.lesson.id)

    return sorted(readings, key=place)


def course_reading(person: Person, course_id: int) -> CourseReading:
    """The course as the person reads it; NotFound where they may not. Four statements."""
    course = db.session.get(Course, course_id)
    query = select(func.count()).select_from(Lesson).where(Lesson.course_id == course_id, readable(person))
    published = db.session.scalar(query) or 0
    require_visible(course is not None and can_open_course(person, course, published=published))
    assert course is not None
    return CourseReading(course, tuple(_in_order(readings_of(person, course_id=course_id))))
