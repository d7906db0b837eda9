"""Coaching sessions, their evidence and plan, who signed, and what the coached one thinks of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.coaching.enums import SessionState
from lms.coaching.loop.models import RemedialCase
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.people.models import Person, Shop
from lms.qa.evaluations.models import Finding


class CoachingTemplate(db.Model):  # type: ignore[name-defined]
    """辅导模板: the questions that a session goes through. ``sections`` is [{"title", "hint"}]."""

    __tablename__ = "coaching_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(100))
    sections: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CoachingSession(db.Model):  # type: ignore[name-defined]
    """辅导面谈 of a coach with an agent. A confidential one is seen by the two, and by nobody else.

    ``notes`` is [{"title", "hint", "text"}], the template's sections as they were then. ``rev`` counts what the coach
    saved, so that a page that was left open elsewhere overwrites nothing.
    """

    __tablename__ = "coaching_session"
    __table_args__ = (
        enum_check("state", SessionState),
        CheckConstraint("coach_id <> agent_id", name="two_people"),
        CheckConstraint("(state IN ('held', 'signed')) = (held_at IS NOT NULL)", name="held_has_time"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_has_time"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        Index("ix_coaching_session_agent_id_planned_at", "agent_id", "planned_at"),
        Index("ix_coaching_session_coach_id_state", "coach_id", "state"),
        Index("ix_coaching_session_state_held_at", "state", "held_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    coach_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("remedial_case.id"), index=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("coaching_template.id"))
    title: Mapped[str] = mapped_column(String(100))
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[SessionState] = mapped_column(StrEnumType(SessionState), default=SessionState.PLANNED)
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    rev: Mapped[int] = mapped_column(Integer, default=0)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rating: Mapped[int | None] = mapped_column(Integer)
    rating_note: Mapped[str] = mapped_column(String(500), default="")

    shop: Mapped[Shop | None] = relationship()
    agent: Mapped[Person] = relationship(foreign_keys=[agent_id])
    coach: Mapped[Person] = relationship(foreign_keys=[coach_id])
    case: Mapped[RemedialCase | None] = relationship()
    evidence: Mapped[list[Finding]] = relationship(secondary="coaching_evidence")
    plan: Mapped[list[PlanItem]] = relationship(order_by="PlanItem.id", cascade="all, delete-orphan")
    signatures: Mapped[list[CoachingSignature]] = relationship(order_by="CoachingSignature.at")


class CoachingEvidence(db.Model):  # type: ignore[name-defined]
    """A finding that a session talks about."""

    __tablename__ = "coaching_evidence"

    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id", ondelete="CASCADE"), primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True, index=True)


class PlanItem(db.Model):  # type: ignore[name-defined]
    """辅导计划: one thing agreed on, by when, and whether it was done."""

    __tablename__ = "coaching_plan_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


@append_only
class CoachingSignature(db.Model):  # type: ignore[name-defined]
    """Somebody signed a session; ``digest`` is the SHA-256 of the notes and the plan as they were signed."""

    __tablename__ = "coaching_signature"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("coaching_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()
