"""Weekly briefings of a shop."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import UtcDateTime, db
from lms.people.models import Person, Shop


class Briefing(db.Model):  # type: ignore[name-defined]
    """每周简报: what changed in a week and what was rare, drafted by the program, edited and published by a person.

    ``monday`` is the first day of the week it tells of; one a shop and week. Readers see it once it is published.
    """

    __tablename__ = "briefing"
    __table_args__ = (UniqueConstraint("shop_id", "monday"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    monday: Mapped[date] = mapped_column(Date)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    shop: Mapped[Shop] = relationship()
    created_by: Mapped[Person | None] = relationship()
