"""Runs of the question factory and what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, db, enum_check
from lms.learning.enums import Dimension
from lms.people.models import Shop
from quizzes.mining.enums import GroupState, Stage

QUESTION_MAX = 300
ANSWER_MAX = 1000


class MiningRun(db.Model):  # type: ignore[name-defined]
    """One pass over all chats of a shop (None: those that belong to no shop)."""

    __tablename__ = "mining_run"
    __table_args__ = (Index("ix_mining_run_shop_id_started_at", "shop_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    conversations: Mapped[int] = mapped_column(Integer, default=0)
    messages: Mapped[int] = mapped_column(Integer, default=0)
    questions: Mapped[int] = mapped_column(Integer, default=0)
    groups: Mapped[int] = mapped_column(Integer, default=0)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)

    shop: Mapped[Shop | None] = relationship()


class QuestionGroup(db.Model):  # type: ignore[name-defined]
    """问题簇: the same thing asked in many ways. ``count`` is its heat: distinct conversations.

    The columns hold what is in force: what was mined, or what a person put in its place. ``labels`` names the fields
    that a person set ({"question": …, "stage": …}); mining again leaves these alone. Groups are never deleted.
    """

    __tablename__ = "question_group"
    __table_args__ = (
        enum_check("stage", Stage),
        enum_check("state", GroupState),
        enum_check("dimension", Dimension),
        Index("ix_question_group_shop_id_state_count", "shop_id", "state", "count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("mining_run.id"), index=True)
    question: Mapped[str] = mapped_column(String(QUESTION_MAX))
    count: Mapped[int] = mapped_column(Integer, default=0)
    share: Mapped[float] = mapped_column(Float, default=0.0)
    variant_count: Mapped[int] = mapped_column(Integer, default=0)
    stage: Mapped[Stage] = mapped_column(StrEnumType(Stage), default=Stage.UNKNOWN)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id", ondelete="SET NULL"), index=True)
    product_label: Mapped[str] = mapped_column(String(200), default="")
    dimension: Mapped[Dimension] = mapped_column(StrEnumType(Dimension), default=Dimension.KNOWLEDGE)
    answer: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[GroupState] = mapped_column(StrEnumType(GroupState), default=GroupState.ACTIVE)
    labels: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    shop: Mapped[Shop | None] = relationship()


class Question(db.Model):  # type: ignore[name-defined]
    """客户问题: one customer's wording, and the message where it begins."""

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("question_group.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    normalised: Mapped[str] = mapped_column(Text, default="")


class GroupAnswer(db.Model):  # type: ignore[name-defined]
    """A real answer of the agents, or one that a person wrote (then without a message). Rank 1 is the best.

    ``general`` is false for an answer that a person refused; it stays in the list, and nothing is drafted from it.
    """

    __tablename__ = "group_answer"
    __table_args__ = (Index("ix_group_answer_group_id_rank", "group_id", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("question_group.id", ondelete="CASCADE"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(Integer, default=1)
    rank: Mapped[int] = mapped_column(Integer, default=1)
    general: Mapped[bool] = mapped_column(Boolean, default=True)
