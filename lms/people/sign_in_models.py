"""What the sign-in keeps in the database, so that several workers agree."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import UtcDateTime, db


class SignInThrottle(db.Model):  # type: ignore[name-defined]
    """Failed tries for one account, known or not. ``key`` is a keyed hash: what was typed is not stored."""

    __tablename__ = "sign_in_throttle"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_try_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class EndedSession(db.Model):  # type: ignore[name-defined]
    """A session that was signed out: a copy of its cookie no longer works. Kept until the cookie would lapse anyway."""

    __tablename__ = "ended_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
