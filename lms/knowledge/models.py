"""Products of the shops."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, UtcDateTime, db
from lms.people.models import Shop

SKU_MAX = 64
NAME_MAX = 200
CATEGORY_MAX = 100


class Product(db.Model):  # type: ignore[name-defined]
    """商品. ``sku`` is what chats call it (商品编号), unique in its shop; ``facts`` maps labels to values, in order."""

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
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    shop: Mapped[Shop] = relationship()
