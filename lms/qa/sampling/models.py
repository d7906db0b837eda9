"""Sampling plans, what each week's draw did, the queue, and who works on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Float, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.conversations.models import Conversation
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.people.models import Person, Shop, Team
from lms.qa.enums import EntrySource, EntryState
from lms.qa.scorecards.models import Scorecard


class SamplingPlan(db.Model):  # type: ignore[name-defined]
    """抽检计划: how many chats an agent a week are checked, and how they are chosen.

    ``random_share`` (0–1) of ``per_agent`` is drawn at random with ``seed``; the rest goes to the chats with the
    highest risk by ``risk_weights`` {signal: weight}. Who began less than ``new_hire_days`` ago gets
    ``new_hire_extra`` more. Follow-up checks come on top.
    """

    __tablename__ = "sampling_plan"
    __table_args__ = (
        CheckConstraint("per_agent BETWEEN 1 AND 200", name="per_agent"),
        CheckConstraint("random_share >= 0 AND random_share <= 1", name="random_share"),
        CheckConstraint("new_hire_extra >= 0 AND new_hire_days >= 0", name="new_hire"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    per_agent: Mapped[int] = mapped_column(Integer, default=5)
    random_share: Mapped[float] = mapped_column(Float, default=0.6)
    risk_weights: Mapped[dict[str, float]] = mapped_column(Json, default=dict)
    new_hire_days: Mapped[int] = mapped_column(Integer, default=30)
    new_hire_extra: Mapped[int] = mapped_column(Integer, default=5)
    seed: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    shop: Mapped[Shop] = relationship()
    team: Mapped[Team | None] = relationship()
    scorecard: Mapped[Scorecard] = relationship()


@append_only
class PlanRun(db.Model):  # type: ignore[name-defined]
    """One draw of a plan for a week (its Monday): the settings it was made with, and what it found.

    A week may be drawn again when more chats have come; each draw only adds. ``report`` has a row an agent.
    """

    __tablename__ = "plan_run"
    __table_args__ = (Index("ix_plan_run_plan_id_week", "plan_id", "week"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("sampling_plan.id"))
    week: Mapped[date] = mapped_column(Date)
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    report: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QueueEntry(db.Model):  # type: ignore[name-defined]
    """A chat to be checked with a scorecard. Waiting ones are anybody's of the shop; claimed ones are one reviewer's.

    ``wish`` names what a follow-up check is for, to whoever asked for it (hook ``checks_wanted``). ``shuffle`` puts the
    queue in an order that tells nothing of the sources. ``draft`` holds a scoring begun and not yet submitted.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        enum_check("source", EntrySource),
        enum_check("state", EntryState),
        CheckConstraint("(state IN ('claimed', 'done')) = (reviewer_id IS NOT NULL)", name="claimed_has_reviewer"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_has_time"),
        UniqueConstraint("conversation_id", "scorecard_id"),
        Index("ix_queue_entry_shop_id_state_due_at_shuffle", "shop_id", "state", "due_at", "shuffle"),
        Index("ix_queue_entry_reviewer_id_state", "reviewer_id", "state"),
        Index("ix_queue_entry_agent_id_source_created_at", "agent_id", "source", "created_at"),
        Index("ix_queue_entry_plan_id_week", "plan_id", "week"),
        Index(
            "ix_queue_entry_wish",
            "wish",
            sqlite_where=text("wish IS NOT NULL"),
            postgresql_where=text("wish IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("sampling_plan.id"))
    week: Mapped[date | None] = mapped_column(Date)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), index=True)
    source: Mapped[EntrySource] = mapped_column(StrEnumType(EntrySource))
    wish: Mapped[str | None] = mapped_column(String(60))
    risk: Mapped[float] = mapped_column(Float, default=0.0)
    signals: Mapped[list[str]] = mapped_column(Json, default=list)
    shuffle: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[EntryState] = mapped_column(StrEnumType(EntryState), default=EntryState.WAITING)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    conversation: Mapped[Conversation] = relationship()
    agent: Mapped[Person] = relationship(foreign_keys=[agent_id])
    reviewer: Mapped[Person | None] = relationship(foreign_keys=[reviewer_id])
    scorecard: Mapped[Scorecard] = relationship()


class Reviewer(db.Model):  # type: ignore[name-defined]
    """Somebody who works on a shop's queue: an evaluator, or a senior agent part of the time, with a quota a week.

    Who agrees too little with the others is suspended with a reason, and gets no more chats until it is lifted.
    """

    __tablename__ = "reviewer"
    __table_args__ = (
        UniqueConstraint("shop_id", "person_id"),
        CheckConstraint("weekly_quota IS NULL OR weekly_quota BETWEEN 1 AND 2000", name="weekly_quota"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    weekly_quota: Mapped[int | None] = mapped_column(Integer)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_reason: Mapped[str] = mapped_column(String(300), default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    shop: Mapped[Shop] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
