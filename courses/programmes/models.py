"""Programmes, their versions, who is enrolled in which, what happened, and attendance."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.programmes.enums import Attended, EnrolmentState, EventKind, ProgrammeState
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.models import Activity
from lms.people.models import Person, Shop


class Programme(db.Model):  # type: ignore[name-defined]
    """培训计划, one to one with its activity; assigning the activity enrols people.

    ``draft`` is what trainers work on (as ``definition.to_json`` writes it) and ``revision`` counts its savings;
    publishing appends it as the next version. The activity is archived while nothing is published. ``slug`` names a
    programme that ships.
    """

    __tablename__ = "programme"
    __table_args__ = (
        enum_check("state", ProgrammeState),
        CheckConstraint("state <> 'published' OR published_number IS NOT NULL", name="published_has_version"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), unique=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    slug: Mapped[str | None] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[ProgrammeState] = mapped_column(StrEnumType(ProgrammeState), default=ProgrammeState.DRAFT)
    draft: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    published_number: Mapped[int | None] = mapped_column(Integer)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    activity: Mapped[Activity] = relationship()
    shop: Mapped[Shop | None] = relationship()


@append_only
class ProgrammeVersion(db.Model):  # type: ignore[name-defined]
    """What a programme consisted of. Never changed: people under way keep the version that they began."""

    __tablename__ = "programme_version"
    __table_args__ = (UniqueConstraint("programme_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(500), default="")
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Enrolment(db.Model):  # type: ignore[name-defined]
    """A person in a programme. One active one a person and programme.

    Facts: who, which version, since when, from which date, and what of the ledger counts (``counts_from``: the end of
    the run before, so that a yearly camp is done anew). The rest is worked out from the ledger and the events, kept
    here for lists, and made anew by ``lms programmes rebuild``: the open day with its working day, its end, failed
    tries at its gate and what it was begun with; ``passed`` {day: moment} and ``marks`` {day: attendance}.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        enum_check("state", EnrolmentState),
        CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name="finished_has_time"),
        ForeignKeyConstraint(
            ["programme_id", "version_number"],
            ["programme_version.programme_id", "programme_version.number"],
            name="fk_enrolment_version",
        ),
        Index(
            "uq_enrolment_active",
            "person_id",
            "programme_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_enrolment_person_id_state", "person_id", "state"),
        Index("ix_enrolment_programme_id_state", "programme_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    version_number: Mapped[int] = mapped_column(Integer)
    start_date: Mapped[date] = mapped_column(Date)
    counts_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[EnrolmentState] = mapped_column(StrEnumType(EnrolmentState), default=EnrolmentState.ACTIVE)
    current_day: Mapped[int] = mapped_column(Integer, default=1)
    day_date: Mapped[date | None] = mapped_column(Date)
    day_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    day_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    day_begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gate_tries: Mapped[int] = mapped_column(Integer, default=0)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    marks: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enrolled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    programme: Mapped[Programme] = relationship()


@append_only
class EnrolmentEvent(db.Model):  # type: ignore[name-defined]
    """What happened to an enrolment: days opened and passed, moves to another version, its end.

    detail: for "passed" the record of the gate and its score; for "moved" the versions; for "opened" the working day.
    """

    __tablename__ = "enrolment_event"
    __table_args__ = (
        enum_check("kind", EventKind),
        CheckConstraint("kind NOT IN ('opened', 'passed') OR day IS NOT NULL", name="day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    kind: Mapped[EventKind] = mapped_column(StrEnumType(EventKind))
    day: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    actor: Mapped[Person | None] = relationship()


@append_only
class Attendance(db.Model):  # type: ignore[name-defined]
    """考勤: whether somebody was there on a day of a programme. The latest row of a day counts.

    ``marked_by_id`` is empty where the program noted it at the first record of the day's activities.
    """

    __tablename__ = "attendance"
    __table_args__ = (enum_check("status", Attended),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    day: Mapped[int] = mapped_column(Integer)
    status: Mapped[Attended] = mapped_column(StrEnumType(Attended))
    note: Mapped[str] = mapped_column(String(200), default="")
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    marked_by: Mapped[Person | None] = relationship()
