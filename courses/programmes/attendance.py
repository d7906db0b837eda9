"""Attendance by hand, reminders, and another start date: what whoever looks after people does for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from courses.programmes.definition import Definition, from_json
from courses.programmes.enrolling import NOTIFICATION, settle
from courses.programmes.enums import Attended, EnrolmentState, EventKind
from courses.programmes.links import path_to
from courses.programmes.models import Attendance, Enrolment, EnrolmentEvent
from courses.programmes.permissions import PP
from courses.programmes.queries import version_of_enrolment
from courses.programmes.rules import can_mark_attendance
from lms.inbox.services import notify
from lms.kernel.clock import shift_date
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.models import Person
from lms.people.rules import require, require_visible

LONGEST_NOTE = 200
FURTHEST = timedelta(days=120)


class AttendanceError(DomainError):
    """A mark that can't be."""


class StartError(DomainError):
    """A start date that can't be."""


def mark_attendance(
    *, actor: Person, enrolment: Enrolment, day: int, status: Attended, at: datetime, note: str = ""
) -> Attendance:
    """Say whether somebody was there on a day of the programme. Marks are appended; the latest counts.

    Raises NotFound for whom the actor does not look after, AttendanceError for a day that has not come yet.
    """
    require(PP.ATTENDANCE_EDIT, of=actor)
    require_visible(can_mark_attendance(actor, enrolment))
    definition = _definition(enrolment)
    if not 1 <= day <= len(definition.days):
        raise AttendanceError(_("这份计划没有第 %(day)s 天。", day=day))
    if day > enrolment.current_day:
        raise AttendanceError(_("第 %(day)s 天还没有开放，不能登记考勤。", day=day))
    mark = Attendance(
        enrolment_id=enrolment.id,
        day=day,
        status=status,
        note=" ".join(note.split())[:LONGEST_NOTE],
        marked_by_id=actor.id,
        at=at,
    )
    db.session.add(mark)
    enrolment.marks = enrolment.marks | {str(day): status.value}
    db.session.flush()
    return mark


def remind(*, actor: Person, enrolments: Sequence[Enrolment], at: datetime) -> int:
    """Tell people to go on with their programme, each at most once a working day. Returns how many were told."""
    require(PP.ATTENDANCE_EDIT, of=actor)
    told = 0
    for enrolment in enrolments:
        require_visible(can_mark_attendance(actor, enrolment))
        if enrolment.state is not EnrolmentState.ACTIVE or not enrolment.person.active:
            continue
        told += notify(
            people=[enrolment.person_id],
            kind=NOTIFICATION,
            key=f"programme:enrolment:{enrolment.id}:remind:{shift_date(at).isoformat()}",
            title=_("%(title)s：第 %(day)s 天还没有完成", title=enrolment.programme.title, day=enrolment.current_day),
            body=_("%(name)s提醒您：今天把它做完，遇到困难请直接说。", name=actor.name),
            url=path_to("programmes.index"),
            at=at,
        )
    return told


def reschedule(*, actor: Person, enrolment: Enrolment, start: date, at: datetime) -> Enrolment:
    """Let the programme start on another date: dates and due times of the days that come follow; what is done stays."""
    require(PP.ATTENDANCE_EDIT, of=actor)
    require_visible(can_mark_attendance(actor, enrolment))
    if enrolment.state is not EnrolmentState.ACTIVE:
        raise StartError(_("这份计划已经结束，不能再改开始日期。"))
    if not abs(start - shift_date(at)) <= FURTHEST:
        raise StartError(_("开始日期请选前后四个月以内的一天。"))
    if start == enrolment.start_date:
        return enrolment
    before, enrolment.start_date = enrolment.start_date, start
    db.session.add(
        EnrolmentEvent(
            enrolment_id=enrolment.id,
            kind=EventKind.RESCHEDULED,
            at=at,
            actor_id=actor.id,
            detail={"from": before.isoformat(), "to": start.isoformat()},
        )
    )
    settle(enrolments=[enrolment], at=at)
    return enrolment


def _definition(enrolment: Enrolment) -> Definition:
    return from_json(version_of_enrolment(enrolment).definition)
