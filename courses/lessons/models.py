"""Courses, lessons and their versions. How far a person is stands in the ledger of records, and nowhere else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.lessons.enums import CourseState, LessonState
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.models import Activity
from lms.people.models import Person, Shop


class Course(db.Model):  # type: ignore[name-defined]
    """课程: lessons that belong together, in modules and in order.

    ``revision`` counts the changes of the outline, so that two authors at once notice each other. Readers see a course
    while it is open and one of its lessons is published.
    """

    __tablename__ = "course"
    __table_args__ = (
        enum_check("state", CourseState),
        CheckConstraint("(state = 'archived') = (archived_at IS NOT NULL)", name="archived_has_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str | None] = mapped_column(String(60), unique=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[CourseState] = mapped_column(StrEnumType(CourseState), default=CourseState.OPEN)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    shop: Mapped[Shop | None] = relationship()


class CourseModule(db.Model):  # type: ignore[name-defined]
    """章: a part of a course, with a heading. Modules are in order of ``position``, lessons without one come first."""

    __tablename__ = "course_module"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(Integer, default=1)


class Lesson(db.Model):  # type: ignore[name-defined]
    """课时: something to read, one to one with its activity.

    The activity is archived while the lesson is not published, so that nobody can be given what they can't open; its
    title is that of the published version. Dimension and competencies stand on the activity. ``latest_number`` is the
    version that authors see, ``published_number`` the one that readers see. ``slug`` names a lesson that ships.
    """

    __tablename__ = "lesson"
    __table_args__ = (
        enum_check("state", LessonState),
        CheckConstraint("state <> 'published' OR published_number IS NOT NULL", name="published_has_version"),
        CheckConstraint("published_number IS NULL OR published_number <= latest_number", name="numbers"),
        CheckConstraint("module_id IS NULL OR course_id IS NOT NULL", name="module_has_course"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), unique=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    module_id: Mapped[int | None] = mapped_column(ForeignKey("course_module.id"), index=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    slug: Mapped[str | None] = mapped_column(String(60), unique=True)
    type: Mapped[str] = mapped_column(String(40))
    state: Mapped[LessonState] = mapped_column(StrEnumType(LessonState), default=LessonState.DRAFT, index=True)
    position: Mapped[int] = mapped_column(Integer, default=1000)
    latest_number: Mapped[int] = mapped_column(Integer, default=1)
    published_number: Mapped[int | None] = mapped_column(Integer)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    activity: Mapped[Activity] = relationship()
    course: Mapped[Course | None] = relationship()
    module: Mapped[CourseModule | None] = relationship()
    shop: Mapped[Shop | None] = relationship()

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether authors see something newer than readers do."""
        return self.published_number is not None and self.published_number != self.latest_number


@append_only
class LessonVersion(db.Model):  # type: ignore[name-defined]
    """A text of a lesson. Never changed: an edit adds the next number, so that a record says what was read.

    settings: what the lesson's type keeps beside the body. check_by: the day by which the platform rules in the body
    must be looked through again.
    """

    __tablename__ = "lesson_version"
    __table_args__ = (UniqueConstraint("lesson_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500), default="")
    body: Mapped[str] = mapped_column(Text)
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    minutes: Mapped[int] = mapped_column(Integer)
    check_by: Mapped[date | None] = mapped_column(Date)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    lesson: Mapped[Lesson] = relationship()
    created_by: Mapped[Person | None] = relationship()
