"""What was worked out about lessons: kept, so that pages need no statistics library."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Json, UtcDateTime, db
from lms.learning.models import Activity
from lms.people.models import Shop


class LessonEffect(db.Model):  # type: ignore[name-defined]
    """课程效果 of a lesson in a shop, as of ``computed_at``; a job writes it anew every few hours.

    ``difference`` (share of kept checks, lesson at once − later) and its interval are None as long as too few cases
    were drawn. ``figures`` is read through ``effects.figures``.
    """

    __tablename__ = "lesson_effect"
    __table_args__ = (
        UniqueConstraint("shop_id", "lesson_id"),
        CheckConstraint("(difference IS NULL) = (low IS NULL) AND (low IS NULL) = (high IS NULL)", name="interval"),
        CheckConstraint("cases >= now_cases + later_cases", name="cases"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    cases: Mapped[int] = mapped_column(Integer)
    now_cases: Mapped[int] = mapped_column(Integer)
    later_cases: Mapped[int] = mapped_column(Integer)
    difference: Mapped[float | None] = mapped_column(Float)
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    shop: Mapped[Shop] = relationship()
    lesson: Mapped[Activity] = relationship()
