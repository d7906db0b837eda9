"""What was loaded last, so that a start with nothing new costs next to nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import UtcDateTime, db


class StarterState(db.Model):  # type: ignore[name-defined]
    """``content``: the digest of all that ships as it was loaded. ``quiz:<slug>``: when we last wrote that quiz.

    A quiz that was written later than that was edited by somebody, and stays as they have it.
    """

    __tablename__ = "quiz_starter_state"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
