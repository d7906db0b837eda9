"""Signatures of leads on the points of on-the-job checklists."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.signoffs.enums import SignVerdict
from lms.kernel.db import StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.people.models import Person


@append_only
class SignOff(db.Model):  # type: ignore[name-defined]
    """A lead's verdict on one point of a checklist. The latest row of a point counts; a correction is a later row.

    item is the point's key (``courses.types.checklist.points_of``), which stays the same while its text does.
    """

    __tablename__ = "sign_off"
    __table_args__ = (
        enum_check("verdict", SignVerdict),
        CheckConstraint("signed_by_id <> person_id", name="not_oneself"),
        Index("ix_sign_off_person_id_lesson_id", "person_id", "lesson_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    version_number: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    item: Mapped[str] = mapped_column(String(24))
    verdict: Mapped[SignVerdict] = mapped_column(StrEnumType(SignVerdict))
    note: Mapped[str] = mapped_column(String(300), default="")
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    signed_by: Mapped[Person] = relationship(foreign_keys=[signed_by_id])
