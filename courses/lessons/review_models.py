"""The way of a lesson to its readers: reviews, publications, and whether a shop asks for reviews at all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.lessons.enums import ReviewAction
from courses.lessons.models import Lesson
from lms.kernel.clock import now
from lms.kernel.db import StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.people.models import Person, Shop


@append_only
class LessonReview(db.Model):  # type: ignore[name-defined]
    """One step of a review: who did what with which version, and what they said about it."""

    __tablename__ = "lesson_review"
    __table_args__ = (enum_check("action", ReviewAction), Index("ix_lesson_review_lesson_id_id", "lesson_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    number: Mapped[int] = mapped_column(Integer)
    action: Mapped[ReviewAction] = mapped_column(StrEnumType(ReviewAction))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    lesson: Mapped[Lesson] = relationship()
    person: Mapped[Person] = relationship()


@append_only
class LessonPublication(db.Model):  # type: ignore[name-defined]
    """A version was shown to readers from ``at`` on. ``person`` is nobody for what ships with the program."""

    __tablename__ = "lesson_publication"
    __table_args__ = (Index("ix_lesson_publication_lesson_id_at", "lesson_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    number: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    lesson: Mapped[Lesson] = relationship()
    person: Mapped[Person | None] = relationship()


class ReviewSetting(db.Model):  # type: ignore[name-defined]
    """Whether lessons of a shop (None: those of all shops) are published by somebody else. Without a row: yes.

    ``place`` is the shop's id, or 0 for all shops: what makes the row the only one of its shop.
    """

    __tablename__ = "review_setting"
    __table_args__ = (CheckConstraint("place = COALESCE(shop_id, 0)", name="place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(Integer, unique=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    required: Mapped[bool] = mapped_column(Boolean, default=True)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    shop: Mapped[Shop | None] = relationship()
    changed_by: Mapped[Person | None] = relationship()
