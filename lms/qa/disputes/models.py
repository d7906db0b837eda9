"""Disputes and decisions, both append-only; a dispute without a decision is pending."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import UtcDateTime, append_only, db
from lms.people.models import Person
from lms.qa.evaluations.models import Finding


@append_only
class Dispute(db.Model):  # type: ignore[name-defined]
    """申诉: the agent says why a finding does not hold; once a finding."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_shop_id_filed_at", "shop_id", "filed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String(1000))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    finding: Mapped[Finding] = relationship()
    agent: Mapped[Person] = relationship()
    decision: Mapped[DisputeDecision | None] = relationship(back_populates="dispute")


@append_only
class DisputeDecision(db.Model):  # type: ignore[name-defined]
    """申诉裁定, by somebody who is neither the evaluator nor the agent. ``value`` is what the line got when upheld."""

    __tablename__ = "dispute_decision"

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), primary_key=True)
    arbiter_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    upheld: Mapped[bool] = mapped_column(Boolean)
    not_applicable: Mapped[bool] = mapped_column(Boolean, default=False)
    value: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    dispute: Mapped[Dispute] = relationship(back_populates="decision")
    arbiter: Mapped[Person] = relationship()
