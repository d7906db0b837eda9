"""A shop's settings of quality checks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.clock import now
from lms.kernel.db import Json, UtcDateTime, db


class QaSettings(db.Model):  # type: ignore[name-defined]
    """A shop's settings of quality checks; a shop without a row has the defaults of ``checks.settings``."""

    __tablename__ = "qa_settings"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
