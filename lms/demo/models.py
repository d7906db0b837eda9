"""What the demo remembers: which steps are done, and which accounts to show on the sign-in page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import UtcDateTime, db
from lms.people.models import Person


class DemoMark(db.Model):  # type: ignore[name-defined]
    """A step of ``lms demo`` that is done, written in its transaction. The first, "begun", fixes the time."""

    __tablename__ = "demo_mark"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")


class DemoAccount(db.Model):  # type: ignore[name-defined]
    """An account of the demo team that the sign-in page names, as long as its password is the documented one."""

    __tablename__ = "demo_account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    shown: Mapped[str] = mapped_column(String(100))
    session_version: Mapped[int] = mapped_column(Integer)

    person: Mapped[Person] = relationship()
