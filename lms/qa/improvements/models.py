"""改进事项: what findings ask the process or the product to change."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import StrEnumType, UtcDateTime, db, enum_check
from lms.people.models import Person, Shop
from lms.qa.enums import ImprovementState, RootCause
from lms.qa.evaluations.models import Finding
from lms.qa.scorecards.models import Criterion


class Improvement(db.Model):  # type: ignore[name-defined]
    """One thing to mend; findings of the same criterion and cause gather under it while it is open."""

    __tablename__ = "improvement"
    __table_args__ = (
        enum_check("cause", RootCause),
        enum_check("state", ImprovementState),
        CheckConstraint("cause IN ('process', 'product')", name="not_a_person"),
        Index("ix_improvement_shop_id_state", "shop_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), index=True)
    cause: Mapped[RootCause] = mapped_column(StrEnumType(RootCause))
    state: Mapped[ImprovementState] = mapped_column(StrEnumType(ImprovementState), default=ImprovementState.OPEN)
    title: Mapped[str] = mapped_column(String(200))
    proposal: Mapped[str] = mapped_column(String(1000), default="")
    outcome: Mapped[str] = mapped_column(String(1000), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    shop: Mapped[Shop] = relationship()
    criterion: Mapped[Criterion] = relationship()
    owner: Mapped[Person | None] = relationship()
    findings: Mapped[list[Finding]] = relationship(secondary="improvement_finding")


class ImprovementFinding(db.Model):  # type: ignore[name-defined]
    """Which findings ask for an improvement."""

    __tablename__ = "improvement_finding"

    improvement_id: Mapped[int] = mapped_column(ForeignKey("improvement.id", ondelete="CASCADE"), primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True, unique=True)
