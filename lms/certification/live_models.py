"""Probation gates, the levels of people, and sign-offs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certification.enums import Level, Signer, Verdict
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.people.models import Person, Shop
from lms.posts.models import Post

TEXT_MAX = 60
NOTE_MAX = 300


class LiveGate(db.Model):  # type: ignore[name-defined]
    """上岗条件: what somebody of a level has to show before they are live; for a post and a shop, or for all.

    ``requirements`` holds ``live_rules.Requirement`` as JSON. ``slug`` names what ships.
    """

    __tablename__ = "live_gate"
    __table_args__ = (enum_check("level", Level),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    level: Mapped[Level] = mapped_column(StrEnumType(Level))
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    shop: Mapped[Shop | None] = relationship()
    post: Mapped[Post | None] = relationship()


@append_only
class LiveLevel(db.Model):  # type: ignore[name-defined]
    """Which bar a person has to clear, since when and on whose word; the latest row counts, none means new."""

    __tablename__ = "live_level"
    __table_args__ = (enum_check("level", Level), CheckConstraint("by_id <> person_id", name="not_oneself"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    level: Mapped[Level] = mapped_column(StrEnumType(Level))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@append_only
class LiveSignOff(db.Model):  # type: ignore[name-defined]
    """签字: what a lead or supervisor says of one requirement of one person; the latest row of a key counts.

    ``text`` is the requirement as it read when it was signed, ``signed_as`` the role it was signed in.
    """

    __tablename__ = "live_sign_off"
    __table_args__ = (
        enum_check("verdict", Verdict),
        enum_check("signed_as", Signer),
        CheckConstraint("by_id <> person_id", name="not_oneself"),
        Index("ix_live_sign_off_person_id_key", "person_id", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    verdict: Mapped[Verdict] = mapped_column(StrEnumType(Verdict))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    signed_as: Mapped[Signer] = mapped_column(StrEnumType(Signer))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
