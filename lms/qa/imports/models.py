"""Imports of other tools' results, and how their columns and criteria were mapped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, db, enum_check
from lms.people.models import Person, Shop
from lms.qa.enums import ImportState
from lms.qa.scorecards.models import Scorecard


class QaImport(db.Model):  # type: ignore[name-defined]
    """One upload: what it held, and what came of it. ``errors`` has the first problems {line, reason, hint}.

    ``storage_key`` is the raw file as long as it is there; ``mapping`` lasts until the job has run.
    """

    __tablename__ = "qa_import"
    __table_args__ = (
        enum_check("state", ImportState),
        Index("ix_qa_import_shop_id_created_at", "shop_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    name: Mapped[str] = mapped_column(String(200))
    storage_key: Mapped[str | None] = mapped_column(String(100))
    state: Mapped[ImportState] = mapped_column(StrEnumType(ImportState))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("qa_import_template.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    evaluations: Mapped[int] = mapped_column(Integer, default=0)
    lines: Mapped[int] = mapped_column(Integer, default=0)
    duplicate: Mapped[int] = mapped_column(Integer, default=0)
    bad: Mapped[int] = mapped_column(Integer, default=0)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    shop: Mapped[Shop] = relationship()
    created_by: Mapped[Person | None] = relationship()
    template: Mapped[QaImportTemplate | None] = relationship()


class QaImportTemplate(db.Model):  # type: ignore[name-defined]
    """How a tool's sheet is read, known again by the signature of its header: columns, criteria, words for results."""

    __tablename__ = "qa_import_template"
    __table_args__ = (UniqueConstraint("shop_id", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    signature: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(100))
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), index=True)
    columns: Mapped[dict[str, Any]] = mapped_column(Json)
    criteria: Mapped[dict[str, Any]] = mapped_column(Json)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    scorecard: Mapped[Scorecard] = relationship()
