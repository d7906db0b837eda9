"""Calibration: several people score the same chat without seeing each other's scores; live scores stay as they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.conversations.models import Conversation
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.people.models import Person, Shop
from lms.qa.enums import CalibrationKind, CalibrationState
from lms.qa.evaluations.models import Evaluation
from lms.qa.scorecards.models import Criterion, ScorecardVersion


class Calibration(db.Model):  # type: ignore[name-defined]
    """校准: the chats and the people of one round. A regrade points at evaluations whose evaluator is being graded.

    ``results`` holds the agreement that a job works out once the round is closed; it is read through
    ``calibration.results``.
    """

    __tablename__ = "calibration"
    __table_args__ = (
        enum_check("kind", CalibrationKind),
        enum_check("state", CalibrationState),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("scorecard_version.id"))
    kind: Mapped[CalibrationKind] = mapped_column(StrEnumType(CalibrationKind))
    state: Mapped[CalibrationState] = mapped_column(StrEnumType(CalibrationState), default=CalibrationState.OPEN)
    title: Mapped[str] = mapped_column(String(100))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    results: Mapped[dict[str, Any] | None] = mapped_column(Json)

    shop: Mapped[Shop] = relationship()
    version: Mapped[ScorecardVersion] = relationship()
    chats: Mapped[list[CalibrationChat]] = relationship(order_by="CalibrationChat.id", back_populates="calibration")
    raters: Mapped[list[CalibrationRater]] = relationship(order_by="CalibrationRater.id", back_populates="calibration")


class CalibrationChat(db.Model):  # type: ignore[name-defined]
    """A chat of a round; ``evaluation_id`` is the live evaluation that a regrade compares with."""

    __tablename__ = "calibration_chat"
    __table_args__ = (UniqueConstraint("calibration_id", "conversation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"), index=True)

    calibration: Mapped[Calibration] = relationship(back_populates="chats")
    conversation: Mapped[Conversation] = relationship()
    evaluation: Mapped[Evaluation | None] = relationship()


class CalibrationRater(db.Model):  # type: ignore[name-defined]
    """Somebody who scores the chats of a round."""

    __tablename__ = "calibration_rater"
    __table_args__ = (UniqueConstraint("calibration_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    calibration: Mapped[Calibration] = relationship(back_populates="raters")
    person: Mapped[Person] = relationship()


@append_only
class CalibrationScore(db.Model):  # type: ignore[name-defined]
    """What a rater gave a chat on a criterion: ``value`` of ``top``, None when it did not apply."""

    __tablename__ = "calibration_score"
    __table_args__ = (
        UniqueConstraint("chat_id", "rater_id", "criterion_id"),
        CheckConstraint("value IS NULL OR (value >= 0 AND value <= top)", name="value"),
        Index("ix_calibration_score_rater_id", "rater_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("calibration_chat.id"))
    rater_id: Mapped[int] = mapped_column(ForeignKey("calibration_rater.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))
    value: Mapped[int | None] = mapped_column(Integer)
    top: Mapped[int] = mapped_column(Integer, default=1)
    comment: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    criterion: Mapped[Criterion] = relationship()
