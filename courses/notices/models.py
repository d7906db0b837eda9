"""Rule-change notices and their texts. Who has acknowledged what stands in the ledger of records."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.notices.enums import NoticeState
from lms.kernel.clock import now
from lms.kernel.db import StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.models import Activity
from lms.people.models import Person, Shop


class Notice(db.Model):  # type: ignore[name-defined]
    """规则变更通知: what changed, from when, and a short check. One to one with its activity of kind "notice".

    The activity is archived while the notice is not published. ``latest_number`` is what authors see; ``number`` what
    readers see and are asked about, the newest one before the first publishing.
    """

    __tablename__ = "notice"
    __table_args__ = (
        enum_check("state", NoticeState),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_has_time"),
        CheckConstraint("number <= latest_number", name="numbers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), unique=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    state: Mapped[NoticeState] = mapped_column(StrEnumType(NoticeState), default=NoticeState.DRAFT)
    number: Mapped[int] = mapped_column(Integer, default=1)
    latest_number: Mapped[int] = mapped_column(Integer, default=1)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    activity: Mapped[Activity] = relationship()
    shop: Mapped[Shop | None] = relationship()
    created_by: Mapped[Person | None] = relationship()

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether authors see something newer than readers do."""
        return self.number != self.latest_number


@append_only
class NoticeVersion(db.Model):  # type: ignore[name-defined]
    """A text of a notice. ``check`` holds the questions in the form of ``courses.notices.questions``; "" has none."""

    __tablename__ = "notice_version"
    __table_args__ = (UniqueConstraint("notice_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    check_text: Mapped[str] = mapped_column(Text, default="")
    effective_on: Mapped[date | None] = mapped_column(Date)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    notice: Mapped[Notice] = relationship()
