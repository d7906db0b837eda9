"""Scorecards, the versions that were published, and the criteria that live through the versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, UtcDateTime, append_only, db
from lms.learning.models import Competency
from lms.people.models import Person, Shop


class Scorecard(db.Model):  # type: ignore[name-defined]
    """评分表, of one shop or of all. ``draft`` is what its editor works on, in the shape of a version's definition;
    None when the version in force (``current_number``) is untouched. ``slug`` names what ships.
    """

    __tablename__ = "scorecard"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)
    current_number: Mapped[int | None] = mapped_column(Integer)
    draft: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    shop: Mapped[Shop | None] = relationship()


class Criterion(db.Model):  # type: ignore[name-defined]
    """评分项: what stays the same through the versions of a scorecard. Wording, weight and scale stand in the versions.

    Name, competency and ``critical`` are those of the latest version, for lists and rules; an evaluation's lines keep
    what held when they were scored.
    """

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("scorecard_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), index=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    competency_id: Mapped[int | None] = mapped_column(ForeignKey("competency.id"), index=True)
    critical: Mapped[bool] = mapped_column(Boolean, default=False)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    scorecard: Mapped[Scorecard] = relationship()
    competency: Mapped[Competency | None] = relationship()


@append_only
class ScorecardVersion(db.Model):  # type: ignore[name-defined]
    """A published scorecard. ``definition`` is read through ``scorecards.definition`` (sections, criteria, weights)."""

    __tablename__ = "scorecard_version"
    __table_args__ = (UniqueConstraint("scorecard_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(100))
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    note: Mapped[str] = mapped_column(String(300), default="")
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    scorecard: Mapped[Scorecard] = relationship()
    published_by: Mapped[Person | None] = relationship()
