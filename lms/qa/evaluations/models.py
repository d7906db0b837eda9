"""Evaluations, their lines and findings: facts that are appended. Where each of them stands now is kept beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.conversations.models import Conversation
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.models import Competency
from lms.people.models import Person, Shop
from lms.qa.enums import EvaluationState, FindingState, Origin, RootCause
from lms.qa.sampling.models import QueueEntry
from lms.qa.scorecards.models import Criterion, ScorecardVersion


@append_only
class Evaluation(db.Model):  # type: ignore[name-defined]
    """质检单: one chat of an agent, scored with a version of a scorecard.

    ``score`` is 0–100 as it was submitted, None when every line was not applicable. ``served_at`` is when the chat
    was. An imported one may have no conversation; ``source_key`` keeps it from being imported twice. ``praise`` holds
    [{"message_id", "quote", "note"}].
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        enum_check("origin", Origin),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 100)", name="score"),
        CheckConstraint("evaluator_id IS NULL OR evaluator_id <> agent_id", name="never_ones_own"),
        Index("ix_evaluation_agent_id_submitted_at", "agent_id", "submitted_at"),
        Index("ix_evaluation_shop_id_submitted_at", "shop_id", "submitted_at"),
        Index("ix_evaluation_evaluator_id_submitted_at", "evaluator_id", "submitted_at"),
        Index("ix_evaluation_submitted_at", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    evaluator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("queue_entry.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("scorecard_version.id"), index=True)
    origin: Mapped[Origin] = mapped_column(StrEnumType(Origin))
    source_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    score: Mapped[float | None] = mapped_column(Float)
    critical_failed: Mapped[bool] = mapped_column(Boolean, default=False)
    comment: Mapped[str] = mapped_column(String(1000), default="")
    praise: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    seconds: Mapped[int | None] = mapped_column(Integer)
    served_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    shop: Mapped[Shop] = relationship()
    agent: Mapped[Person] = relationship(foreign_keys=[agent_id])
    evaluator: Mapped[Person | None] = relationship(foreign_keys=[evaluator_id])
    conversation: Mapped[Conversation | None] = relationship()
    entry: Mapped[QueueEntry | None] = relationship()
    version: Mapped[ScorecardVersion] = relationship()
    lines: Mapped[list[EvaluationLine]] = relationship(back_populates="evaluation", order_by="EvaluationLine.position")


@append_only
class EvaluationLine(db.Model):  # type: ignore[name-defined]
    """One criterion of an evaluation as it was scored: ``value`` of ``top``, or None when it did not apply.

    What decides the score (weight, critical) is frozen here, and agent and time stand here again, so that the last
    lines of an agent on a criterion are found in one look.
    """

    __tablename__ = "evaluation_line"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "criterion_id"),
        CheckConstraint("value IS NULL OR (value >= 0 AND value <= top)", name="value"),
        CheckConstraint("top >= 1 AND weight >= 0", name="top"),
        CheckConstraint("value IS NOT NULL OR NOT failed", name="failed_was_scored"),
        Index("ix_evaluation_line_agent_id_criterion_id_served_at", "agent_id", "criterion_id", "served_at"),
        Index("ix_evaluation_line_criterion_id_served_at", "criterion_id", "served_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    served_at: Mapped[datetime] = mapped_column(UtcDateTime)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(100))
    weight: Mapped[float] = mapped_column(Float)
    critical: Mapped[bool] = mapped_column(Boolean, default=False)
    value: Mapped[int | None] = mapped_column(Integer)
    top: Mapped[int] = mapped_column(Integer, default=1)
    failed: Mapped[bool] = mapped_column(Boolean, default=False)
    comment: Mapped[str] = mapped_column(String(500), default="")

    evaluation: Mapped[Evaluation] = relationship(back_populates="lines")
    criterion: Mapped[Criterion] = relationship()
    ruling: Mapped[LineRuling | None] = relationship(back_populates="line")
    finding: Mapped[Finding | None] = relationship(back_populates="line")


@append_only
class LineRuling(db.Model):  # type: ignore[name-defined]
    """What an arbiter made of a line; from then on it counts instead of what was scored."""

    __tablename__ = "line_ruling"
    __table_args__ = (CheckConstraint("value IS NOT NULL OR NOT failed", name="failed_was_scored"),)

    line_id: Mapped[int] = mapped_column(ForeignKey("evaluation_line.id"), primary_key=True)
    value: Mapped[int | None] = mapped_column(Integer)
    failed: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    line: Mapped[EvaluationLine] = relationship(back_populates="ruling")


@append_only
class Finding(db.Model):  # type: ignore[name-defined]
    """质检问题: one failed criterion, with the quoted messages and where the fault comes from.

    ``quotes`` holds [{"message_id", "text"}]; message_id is None where a result of another tool was imported.
    ``cause_note`` is the second tier of the cause, in the evaluator's words.
    """

    __tablename__ = "finding"
    __table_args__ = (
        enum_check("root_cause", RootCause),
        Index("ix_finding_agent_id_criterion_id_at", "agent_id", "criterion_id", "at"),
        Index("ix_finding_shop_id_at", "shop_id", "at"),
        Index("ix_finding_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("evaluation_line.id"), unique=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), index=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), index=True)
    competency_id: Mapped[int | None] = mapped_column(ForeignKey("competency.id"), index=True)
    root_cause: Mapped[RootCause] = mapped_column(StrEnumType(RootCause))
    cause_note: Mapped[str] = mapped_column(String(200), default="")
    critical: Mapped[bool] = mapped_column(Boolean, default=False)
    quotes: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    served_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    line: Mapped[EvaluationLine] = relationship(back_populates="finding")
    evaluation: Mapped[Evaluation] = relationship()
    agent: Mapped[Person] = relationship()
    criterion: Mapped[Criterion] = relationship()
    competency: Mapped[Competency | None] = relationship()
    standing: Mapped[FindingStanding] = relationship(back_populates="finding")


class EvaluationStanding(db.Model):  # type: ignore[name-defined]
    """Where an evaluation stands now; everything in it follows from the facts (a test works it out anew).

    ``answer_until`` ends the agent's time to dispute. score, critical_failed and faults count rulings in.
    """

    __tablename__ = "evaluation_standing"
    __table_args__ = (
        enum_check("state", EvaluationState),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= 100)", name="score"),
        Index("ix_evaluation_standing_state_answer_until", "state", "answer_until"),
        Index("ix_evaluation_standing_agent_id_submitted_at", "agent_id", "submitted_at"),
        Index("ix_evaluation_standing_shop_id_submitted_at", "shop_id", "submitted_at"),
    )

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[EvaluationState] = mapped_column(StrEnumType(EvaluationState))
    score: Mapped[float | None] = mapped_column(Float)
    critical_failed: Mapped[bool] = mapped_column(Boolean, default=False)
    faults: Mapped[int] = mapped_column(Integer, default=0)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer_until: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    evaluation: Mapped[Evaluation] = relationship()


class FindingStanding(db.Model):  # type: ignore[name-defined]
    """Where a finding stands now."""

    __tablename__ = "finding_standing"
    __table_args__ = (
        enum_check("state", FindingState),
        CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_has_time"),
        Index("ix_finding_standing_state_finding_id", "state", "finding_id"),
    )

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True)
    state: Mapped[FindingState] = mapped_column(StrEnumType(FindingState), default=FindingState.WAITING)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    finding: Mapped[Finding] = relationship(back_populates="standing")
