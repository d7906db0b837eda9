"""Uploaded files of a shop, or of all shops."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, db, enum_check
from lms.media.enums import MediaKind, MediaState
from lms.people.models import Person, Shop

REF_LENGTH = 16


class Media(db.Model):  # type: ignore[name-defined]
    """An uploaded file. Texts name it ``media:<ref>``; ref is the start of its SHA-256, unique in a shop.

    So the same file in two shops has one name, and a course that is exported and imported elsewhere needs no
    rewriting. ``facts`` holds what its kind tells: width and height in pixels, seconds, pages. ``parts`` names what a
    job made of it (pages, pictures of slides) by keys of the file store.
    """

    __tablename__ = "media"
    __table_args__ = (
        enum_check("kind", MediaKind),
        enum_check("state", MediaState),
        CheckConstraint("size > 0", name="size"),
        Index("uq_media_shop_ref", "shop_id", "ref", unique=True, sqlite_where=text("shop_id IS NOT NULL"),
              postgresql_where=text("shop_id IS NOT NULL")),
        Index("uq_media_all_shops_ref", "ref", unique=True, sqlite_where=text("shop_id IS NULL"),
              postgresql_where=text("shop_id IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    ref: Mapped[str] = mapped_column(String(REF_LENGTH))
    kind: Mapped[MediaKind] = mapped_column(StrEnumType(MediaKind))
    mimetype: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(60))
    state: Mapped[MediaState] = mapped_column(StrEnumType(MediaState), default=MediaState.READY)
    error: Mapped[str] = mapped_column(String(300), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    parts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    shop: Mapped[Shop | None] = relationship()
    created_by: Mapped[Person | None] = relationship()
