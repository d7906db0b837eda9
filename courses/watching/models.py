"""What players claimed, and what is made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from courses.watching.coverage import Span, Watched
from lms.kernel.db import Json, UtcDateTime, append_only, db


@append_only
class WatchBeat(db.Model):  # type: ignore[name-defined]
    """A stretch of a video that a player claimed, as admitted: seconds of the video, and when it was played.

    session names one opening of the page, seq the stretch in it; a stretch told twice is the same one. ``round``
    counts the times that the person has to watch the lesson: 1, and one more for each task after a completion.
    """

    __tablename__ = "watch_beat"
    __table_args__ = (
        UniqueConstraint("person_id", "session", "seq"),
        CheckConstraint("start_second >= 0 AND end_second > start_second", name="stretch"),
        CheckConstraint("ended_at >= began_at AND at >= ended_at", name="times"),
        Index("ix_watch_beat_person_id_lesson_id_ref_round", "person_id", "lesson_id", "ref", "round"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    version_number: Mapped[int] = mapped_column(Integer)
    ref: Mapped[str] = mapped_column(String(16))
    round: Mapped[int] = mapped_column(Integer)
    session: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(Integer)
    start_second: Mapped[float] = mapped_column(Float)
    end_second: Mapped[float] = mapped_column(Float)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class WatchState(db.Model):  # type: ignore[name-defined]
    """The beats of one person, lesson and video joined: what was seen and when, and where playing stopped.

    Everything but ``position`` follows from the beats (``services.rebuilt``). ``seconds`` is the length of the video
    as it was when the watching began; what was played before ``not_before`` belongs to the round that ended then.
    """

    __tablename__ = "watch_state"
    __table_args__ = (
        UniqueConstraint("person_id", "lesson_id", "ref", "round"),
        CheckConstraint("seconds > 0", name="seconds"),
        CheckConstraint("position >= 0", name="position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), index=True)
    ref: Mapped[str] = mapped_column(String(16), index=True)
    round: Mapped[int] = mapped_column(Integer, default=1)
    seconds: Mapped[float] = mapped_column(Float)
    seen: Mapped[list[Any]] = mapped_column(Json, default=list)
    spent: Mapped[list[Any]] = mapped_column(Json, default=list)
    position: Mapped[float] = mapped_column(Float, default=0.0)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def watched(self) -> Watched:
        """Both unions."""
        return Watched(_spans(self.seen), _spans(self.spent))


def _spans(stored: list[Any]) -> tuple[Span, ...]:
    return tuple((float(start), float(end)) for start, end in stored)
