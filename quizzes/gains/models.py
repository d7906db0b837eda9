"""The computed gain of a pair of quizzes, kept so that the page shows it at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Json, UtcDateTime, db
from lms.kernel.jobs import Job


class QuizGain(db.Model):  # type: ignore[name-defined]
    """The gain of one pair among the people whose progress one viewer may see.

    ``fingerprint`` tells from which attempts ``result`` was worked out; a page with other attempts before it does not
    show it. ``wanted`` is the fingerprint that the latest job was started for.
    """

    __tablename__ = "quiz_gain"

    post_quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id", ondelete="CASCADE"), primary_key=True)
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    wanted: Mapped[str] = mapped_column(String(64), default="")
    result: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    computed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))

    job: Mapped[Job | None] = relationship()
