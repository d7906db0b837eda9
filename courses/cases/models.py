"""Cases, whom they are for, and how often the same thing has happened since."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.cases.enums import CaseState
from lms.kernel.clock import now
from lms.kernel.db import StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.models import Activity
from lms.people.models import Person, Shop, Team
from lms.qa.scorecards.models import Criterion


class CaseTeam(db.Model):  # type: ignore[name-defined]
    """A team whose people, those of the teams below it too, may read the case."""

    __tablename__ = "case_team"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_study.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True, index=True)


class CaseStudy(db.Model):  # type: ignore[name-defined]
    """案例: the motive first, then what happened, which check failed, what it cost, and the new rule.

    With a criterion, findings on it since the case was published are counted as recurrences by themselves.

    Its activity of kind "case" takes the records of who has read it. That activity is always archived: the title of a
    case that only one department may know must not stand in anybody's list of things to assign.
    """

    __tablename__ = "case_study"
    __table_args__ = (enum_check("state", CaseState),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), unique=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    state: Mapped[CaseState] = mapped_column(StrEnumType(CaseState), default=CaseState.DRAFT)
    title: Mapped[str] = mapped_column(String(200))
    motive: Mapped[str] = mapped_column(Text, default="")
    events: Mapped[str] = mapped_column(Text, default="")
    failed_check: Mapped[str] = mapped_column(Text, default="")
    loss: Mapped[str] = mapped_column(Text, default="")
    new_rule: Mapped[str] = mapped_column(Text, default="")
    quiz_activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("criterion.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    activity: Mapped[Activity] = relationship(foreign_keys=[activity_id])
    criterion: Mapped[Criterion | None] = relationship()
    quiz_activity: Mapped[Activity | None] = relationship(foreign_keys=[quiz_activity_id])
    shop: Mapped[Shop | None] = relationship()
    created_by: Mapped[Person | None] = relationship()
    teams: Mapped[list[Team]] = relationship(secondary="case_team", order_by=Team.path)


@append_only
class CaseRecurrence(db.Model):  # type: ignore[name-defined]
    """The same thing happened again: when, and a note."""

    __tablename__ = "case_recurrence"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_study.id"), index=True)
    happened_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(500), default="")
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    reported_by: Mapped[Person | None] = relationship()
