"""SOP entries, their versions, reviews and flags, and what the six common questions of a shop's products are called."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.knowledge.models import Product
from lms.knowledge.sop.enums import Resolution, SopKind
from lms.people.models import Person, Shop

TITLE_MAX = 200
SEASON_MAX = 20
NOTE_MAX = 500
SLOT_NAME_MAX = 20
SLOTS = 6


class SopEntry(db.Model):  # type: ignore[name-defined]
    """SOP条目: one question and what is answered to it; the answers stand in its versions.

    ``slot`` (1–6) makes it one of the six common questions of its product. ``in_force_number`` is the version that was
    announced last as being in force; which one is in force today follows from the dates of the versions.
    """

    __tablename__ = "sop_entry"
    __table_args__ = (
        enum_check("kind", SopKind),
        CheckConstraint("slot IS NULL OR (slot BETWEEN 1 AND 6 AND product_id IS NOT NULL)", name="slot"),
        Index(
            "uq_sop_entry_slot",
            "product_id",
            "slot",
            unique=True,
            sqlite_where=text("slot IS NOT NULL AND archived_at IS NULL"),
            postgresql_where=text("slot IS NOT NULL AND archived_at IS NULL"),
        ),
        Index("ix_sop_entry_shop_id_archived_at", "shop_id", "archived_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    slot: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[SopKind] = mapped_column(StrEnumType(SopKind), default=SopKind.SOP)
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    in_force_number: Mapped[int | None] = mapped_column(Integer)
    review_due: Mapped[date] = mapped_column(Date)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    shop: Mapped[Shop] = relationship()
    product: Mapped[Product | None] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    versions: Mapped[list[SopVersion]] = relationship(back_populates="entry", order_by="SopVersion.number")
    flags: Mapped[list[SopFlag]] = relationship(back_populates="entry", order_by="SopFlag.id")


@append_only
class SopVersion(db.Model):  # type: ignore[name-defined]
    """An answer and the days on which it holds, both inclusive. Without an end it is the everyday one."""

    __tablename__ = "sop_version"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("sop_entry.id"))
    number: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)
    season: Mapped[str] = mapped_column(String(SEASON_MAX), default="")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    entry: Mapped[SopEntry] = relationship(back_populates="versions")
    created_by: Mapped[Person | None] = relationship()


@append_only
class SopReview(db.Model):  # type: ignore[name-defined]
    """复核: somebody read the version in force and found it right."""

    __tablename__ = "sop_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("sop_entry.id"), index=True)
    number: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()


class SopFlag(db.Model):  # type: ignore[name-defined]
    """这条有误: an agent says that an answer is wrong. The entry shows a warning until it is resolved."""

    __tablename__ = "sop_flag"
    __table_args__ = (
        enum_check("resolution", Resolution),
        CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name="resolved"),
        Index("ix_sop_flag_entry_id_resolved_at", "entry_id", "resolved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("sop_entry.id"))
    number: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(NOTE_MAX))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolution: Mapped[Resolution | None] = mapped_column(StrEnumType(Resolution))
    answer: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    entry: Mapped[SopEntry] = relationship(back_populates="flags")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id])


class SlotName(db.Model):  # type: ignore[name-defined]
    """What a shop calls one of the six common questions; where there is none the default holds."""

    __tablename__ = "sop_slot_name"
    __table_args__ = (CheckConstraint("slot BETWEEN 1 AND 6", name="slot"),)

    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(SLOT_NAME_MAX))
