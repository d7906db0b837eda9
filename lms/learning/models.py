"""The nouns that every plugin shares: competencies, activities, assignments, and the ledger of records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.enums import AssignmentReason, AssignmentState, Dimension, Verb
from lms.people.models import Person


class Competency(db.Model):  # type: ignore[name-defined]
    """能力项: what one must be able to do. A lesson teaches it, an item tests it, a criterion checks it."""

    __tablename__ = "competency"
    __table_args__ = (UniqueConstraint("shop_id", "code"), enum_check("dimension", Dimension))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(String(500), default="")
    dimension: Mapped[Dimension] = mapped_column(StrEnumType(Dimension))
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


BY_CODE = (func.length(Competency.code), Competency.code)
"""For ORDER BY within a dimension: A2 stands before A10."""


class ActivityCompetency(db.Model):  # type: ignore[name-defined]
    """Which competencies an activity teaches or tests."""

    __tablename__ = "activity_competency"

    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete="CASCADE"), primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True, index=True)


class Activity(db.Model):  # type: ignore[name-defined]
    """学习活动: anything that can be assigned and completed. The plugin's own table points at it one to one.

    ``slug`` names what ships ("lesson:buyer-eyes"), so that a programme of another plugin finds it.
    """

    __tablename__ = "activity"
    __table_args__ = (enum_check("dimension", Dimension), Index("uq_activity_slug", "slug", unique=True))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(200))
    dimension: Mapped[Dimension] = mapped_column(StrEnumType(Dimension))
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    slug: Mapped[str | None] = mapped_column(String(80))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    competencies: Mapped[list[Competency]] = relationship(secondary="activity_competency")


class Assignment(db.Model):  # type: ignore[name-defined]
    """培训任务: a person is to complete an activity, for a reason, by a time. One open one a person and activity."""

    __tablename__ = "assignment"
    __table_args__ = (
        enum_check("reason", AssignmentReason),
        enum_check("state", AssignmentState),
        CheckConstraint("(state = 'done') = (completed_at IS NOT NULL)", name="done_has_time"),
        Index(
            "uq_assignment_open",
            "person_id",
            "activity_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_assignment_person_id_state_due_at", "person_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    reason: Mapped[AssignmentReason] = mapped_column(StrEnumType(AssignmentReason))
    state: Mapped[AssignmentState] = mapped_column(StrEnumType(AssignmentState), default=AssignmentState.OPEN)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(500), default="")
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    activity: Mapped[Activity] = relationship()
    assigned_by: Mapped[Person | None] = relationship(foreign_keys=[assigned_by_id])

    def is_overdue(self, at: datetime) -> bool:
        """Open past its due time."""
        return self.state is AssignmentState.OPEN and self.due_at is not None and self.due_at < at


@append_only
class Record(db.Model):  # type: ignore[name-defined]
    """学习记录: the append-only ledger, shaped like an xAPI statement. Progress and reports are read from it.

    score is a fraction from 0 to 1; duration is in seconds. A repeated ``idempotency_key`` is the same fact told twice.
    """

    __tablename__ = "record"
    __table_args__ = (
        enum_check("verb", Verb),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name="score"),
        Index("ix_record_actor_id_activity_id_at", "actor_id", "activity_id", "at"),
        Index("ix_record_activity_id_verb", "activity_id", "verb"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verb: Mapped[Verb] = mapped_column(StrEnumType(Verb))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    score: Mapped[float | None] = mapped_column(Float)
    success: Mapped[bool | None] = mapped_column(Boolean)
    completion: Mapped[bool | None] = mapped_column(Boolean)
    duration_seconds: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    context: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)

    actor: Mapped[Person] = relationship()
    activity: Mapped[Activity] = relationship()
