"""An attempt and everything frozen on it: draw, option order, cut score, policy; answers, steps and marks."""

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
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.enums import Dimension
from lms.people.models import Person
from quizzes.attempts.enums import AttemptState, ClosedBy
from quizzes.bank.models import ItemVersion
from quizzes.papers.models import Quiz
from quizzes.papers.policies import Policy


class Attempt(db.Model):  # type: ignore[name-defined]
    """答卷: one go of one person at a quiz. At most one is open a person and quiz, which the database holds."""

    __tablename__ = "attempt"
    __table_args__ = (
        enum_check("state", AttemptState),
        enum_check("closed_by", ClosedBy),
        UniqueConstraint("quiz_id", "person_id", "number"),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_has_time"),
        CheckConstraint("(score IS NULL) = (passed IS NULL)", name="score_with_passed"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 1)", name="score"),
        Index(
            "uq_attempt_open",
            "quiz_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_attempt_state_deadline_at", "state", "deadline_at"),
        Index("ix_attempt_person_id_submitted_at", "person_id", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[AttemptState] = mapped_column(StrEnumType(AttemptState), default=AttemptState.OPEN)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[ClosedBy | None] = mapped_column(StrEnumType(ClosedBy))
    seed: Mapped[int] = mapped_column(Integer)
    cut_score: Mapped[float] = mapped_column(Float)
    policy_json: Mapped[dict[str, Any]] = mapped_column("policy", Json, default=dict)
    mark: Mapped[float | None] = mapped_column(Float)
    max_mark: Mapped[float] = mapped_column(Float, default=0.0)
    score: Mapped[float | None] = mapped_column(Float)
    passed: Mapped[bool | None] = mapped_column(Boolean)
    duration_seconds: Mapped[int | None] = mapped_column(Integer)

    quiz: Mapped[Quiz] = relationship()
    person: Mapped[Person] = relationship()
    slots: Mapped[list[Slot]] = relationship(back_populates="attempt", order_by="Slot.position")

    @property
    def policy(self) -> Policy:
        """The policy that was in force when the attempt started."""
        return Policy.from_json(self.policy_json)

    @property
    def is_open(self) -> bool:
        """Not handed in yet."""
        return self.state is AttemptState.OPEN


class Slot(db.Model):  # type: ignore[name-defined]
    """题位: one item version in its place on the paper, with the order of its options. `mark` None = waits."""

    __tablename__ = "slot"
    __table_args__ = (
        enum_check("dimension", Dimension),
        UniqueConstraint("attempt_id", "position"),
        CheckConstraint("mark IS NULL OR (mark >= 0 AND mark <= max_mark)", name="mark"),
        Index("ix_slot_item_version_id_mark", "item_version_id", "mark"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int] = mapped_column(Integer)
    item_version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"))
    dimension: Mapped[Dimension] = mapped_column(StrEnumType(Dimension))
    type: Mapped[str] = mapped_column(String(40))
    option_order: Mapped[list[str]] = mapped_column(Json, default=list)
    max_mark: Mapped[float] = mapped_column(Float)
    mark: Mapped[float | None] = mapped_column(Float)
    detail: Mapped[dict[str, Any] | None] = mapped_column(Json)

    attempt: Mapped[Attempt] = relationship(back_populates="slots")
    version: Mapped[ItemVersion] = relationship()
    response: Mapped[Response] = relationship(back_populates="slot")
    marks: Mapped[list[Mark]] = relationship(back_populates="slot", order_by="Mark.revision")


class Response(db.Model):  # type: ignore[name-defined]
    """作答: the newest answer of a slot; made empty with the slot, so that a save is one conditional UPDATE.

    `sequence` is the number that the browser gave the save; an older one never overwrites a newer one.
    """

    __tablename__ = "response"

    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True)
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    flagged: Mapped[bool] = mapped_column(Boolean, default=False)

    slot: Mapped[Slot] = relationship(back_populates="response")


@append_only
class Step(db.Model):  # type: ignore[name-defined]
    """作答轨迹: every save that arrived, also those that came too late to count. A resent one is the same step."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("slot_id", "client", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    client: Mapped[str] = mapped_column(String(40))
    sequence: Mapped[int] = mapped_column(Integer)
    answer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@append_only
class Mark(db.Model):  # type: ignore[name-defined]
    """阅卷: what a marker gave a slot. A re-mark is a further row; the one with the highest revision counts."""

    __tablename__ = "mark"
    __table_args__ = (UniqueConstraint("slot_id", "revision"), CheckConstraint("mark >= 0", name="mark"))

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    revision: Mapped[int] = mapped_column(Integer)
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    points: Mapped[dict[str, float]] = mapped_column(Json, default=dict)
    mark: Mapped[float] = mapped_column(Float)
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    slot: Mapped[Slot] = relationship(back_populates="marks")
    marker: Mapped[Person] = relationship()
