"""Products of the shops, and what was said of them before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, UtcDateTime, append_only, db
from lms.people.models import Person, Shop

SKU_MAX = 64
NAME_MAX = 200
CATEGORY_MAX = 100


class Product(db.Model):  # type: ignore[name-defined]
    """商品. ``sku`` is what chats call it (商品编号), unique in its shop; ``facts`` maps labels to values, in order.

    ``pictures`` are refs of uploaded files (``lms.media``); ``contacts`` maps who knows to what they know.
    """

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("shop_id", "sku"),
        Index("ix_product_shop_id_active_name", "shop_id", "active", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    sku: Mapped[str] = mapped_column(String(SKU_MAX))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    category: Mapped[str] = mapped_column(String(CATEGORY_MAX), default="")
    facts: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    pictures: Mapped[list[str]] = mapped_column(Json, default=list)
    contacts: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    shop: Mapped[Shop] = relationship()


@append_only
class ProductVersion(db.Model):  # type: ignore[name-defined]
    """商品版本: all that was said of a product after an edit. The first edit also keeps what was there before it."""

    __tablename__ = "product_version"
    __table_args__ = (UniqueConstraint("product_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    number: Mapped[int] = mapped_column(Integer)
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    created_by: Mapped[Person | None] = relationship()
