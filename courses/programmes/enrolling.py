"""Enrolling people, and bringing them up to date when the ledger tells something new.

The ledger and the events decide; what an ``Enrolment`` keeps for lists is written here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from courses.programmes.definition import Definition, from_json
from courses.programmes.enums import EnrolmentState, EventKind
from courses.programmes.links import path_to
from courses.programmes.models import Attendance, Enrolment, EnrolmentEvent, Programme
from courses.programmes.progress import DayProgress, Progress, StepState, attendance_at, evaluate, first_day
from courses.programmes.queries import (
    activities_named,
    course_of,
    gone_of,
    ledgers,
    runs_of,
    version_of,
    version_of_enrolment,
)
from lms.inbox.services import notify
from lms.kernel.clock import shift_date, shift_day_end
from lms.kernel.db import db
from lms.learning.enums import AssignmentReason, Verb
from lms.learning.models import Activity, Record
from lms.learning.services import hand_out, take_back, write_record
from lms.people.models import Person

BATCH = 500
NOTIFICATION = "programme"
REASON = AssignmentReason.ONBOARDING


@dataclass
class _Work:
    """What follows from new progress, gathered so that thousands of people need few statements."""

    events: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[tuple[int, datetime | None, int], list[int]] = field(default_factory=dict)
    opened: dict[tuple[int, int, str], list[int]] = field(default_factory=dict)
    finished: list[tuple[Enrolment, Progress]] = field(default_factory=list)

    def event(self, enrolment: Enrolment, kind: EventKind, at: datetime, **more: Any) -> None:
        row: dict[str, Any] = {"day": None, "actor_id": None, "detail": {}}
        self.events.append({"enrolment_id": enrolment.id, "kind": kind, "at": at} | row | more)

    def task(self, activity_id: int, due_at: datetime | None, day: int, person_id: int) -> None:
        self.tasks.setdefault((activity_id, due_at, day), []).append(person_id)


def enrol(*, programme: Programme, person_ids: Iterable[int], actor_id: int | None, at: datetime) -> list[Enrolment]:
    """Put people into the published version and open their first day. Who is under way already is left alone.

    What they did before counts, but nothing from before the end of an earlier run of the same programme.
    """
    number = programme.published_number
    ids = list(dict.fromkeys(person_ids))
    if number is None or not ids:
        return []
    version = version_of(programme, number)
    definition = from_json(version.definition)
    of_programme = select(Enrolment.person_id).where(Enrolment.programme_id == programme.id)
    active = set(db.session.scalars(of_programme.where(Enrolment.state == EnrolmentState.ACTIVE)))
    ended = (
        select(Enrolment.person_id, func.max(Enrolment.finished_at))
        .where(Enrolment.programme_id == programme.id, Enrolment.state == EnrolmentState.FINISHED)
        .group_by(Enrolment.person_id)
    )
    counts_from = {person_id: finished_at for person_id, finished_at in db.session.execute(ended)}
    made = [
        Enrolment(
            person_id=person_id,
            programme_id=programme.id,
            version_number=number,
            start_date=first_day(at),
            counts_from=counts_from.get(person_id),
            state=EnrolmentState.ACTIVE,
            passed={},
            marks={},
            gate_tries=0,
            enrolled_by_id=actor_id,
            created_at=at,
        )
        for person_id in ids
        if person_id not in active
    ]
    found = _evaluated(made, definition, at)
    newly = [_keep(enrolment, progress) for enrolment, progress in zip(made, found, strict=True)]
    db.session.add_all(made)
    db.session.flush()
    work = _Work()
    for enrolment, progress, passed in zip(made, found, newly, strict=True):
        work.event(enrolment, EventKind.ENROLLED, at, actor_id=actor_id, detail={"version": number})
        _opened(work, enrolment, progress.days[0], at)
        _passed(work, enrolment, progress, passed)
        _prepare(work, enrolment, progress, at)
    _carry_out(work, programme, version.title, at)
    return made


def settle(
    *, enrolments: Sequence[Enrolment], at: datetime, reopen: bool = False, actor_id: int | None = None
) -> dict[int, Progress]:
    """Work out anew where people stand; days that are passed by now open the next. {enrolment id: progress}.

    With ``reopen`` the steps of the open day are given out again to whoever lacks them (after a move to another
    version). Nothing happens to whoever is not active.
    """
    results: dict[int, Progress] = {}
    under_way = [enrolment for enrolment in enrolments if enrolment.state is EnrolmentState.ACTIVE]
    under_way.sort(key=_version_key)
    for _key, group in groupby(under_way, key=_version_key):
        some = list(group)
        version = version_of_enrolment(some[0])
        definition = from_json(version.definition)
        work = _Work()
        for enrolment, progress in zip(some, _evaluated(some, definition, at), strict=True):
            before = enrolment.current_day
            passed = _keep(enrolment, progress)
            _passed(work, enrolment, progress, passed)
            if reopen or passed or enrolment.current_day != before:
                _prepare(work, enrolment, progress, at)
            results[enrolment.id] = progress
        db.session.flush()
        _carry_out(work, some[0].programme, version.title, at)
    return results


def note_record(*, record: Record) -> None:
    """React to a row of the ledger: attendance, days passed, remedials, steps spared. Cheap for most people."""
    runs = runs_of(record.actor_id, (EnrolmentState.ACTIVE,))
    for enrolment, kept in runs:
        definition = from_json(kept)
        if record.activity_id not in definition.activity_ids():
            continue
        _note_attendance(enrolment, definition, record.activity_id, record.at)
        if record.completion is None and record.score is None and enrolment.day_begun_at is not None:
            continue
        progress = settle(enrolments=[enrolment], at=record.at).get(enrolment.id)
        current = progress.current if progress else None
        if current is not None:
            _spare(enrolment, current, record)
            _remedy(enrolment, current, record)


def withdraw(*, enrolment: Enrolment, at: datetime, actor_id: int | None = None) -> Enrolment:
    """Take somebody out: the open tasks that the programme gave are taken back, the records stay."""
    if enrolment.state is not EnrolmentState.ACTIVE:
        return enrolment
    definition = from_json(version_of_enrolment(enrolment).definition)
    enrolment.state = EnrolmentState.WITHDRAWN
    _forget_day(enrolment)
    db.session.add(EnrolmentEvent(enrolment_id=enrolment.id, kind=EventKind.WITHDRAWN, at=at, actor_id=actor_id))
    db.session.flush()
    elsewhere: set[int] = set()
    for other, kept in runs_of(enrolment.person_id, (EnrolmentState.ACTIVE,)):
        elsewhere |= set(from_json(kept).days[other.current_day - 1].activity_ids())
    ids = definition.activity_ids() - elsewhere
    take_back(person_id=enrolment.person_id, activity_ids=ids, reason=REASON, at=at)
    return enrolment


def rebuild(*, at: datetime, programme: Programme | None = None) -> int:
    """Make everything that enrolments keep for lists anew, from ledger, events and marks. Returns how many there are.

    Whoever the ledger says has passed a day meanwhile gets the next one opened.
    """
    query = select(Enrolment).order_by(Enrolment.id)
    if programme is not None:
        query = query.where(Enrolment.programme_id == programme.id)
    enrolments = list(db.session.scalars(query))
    for start in range(0, len(enrolments), BATCH):
        some = enrolments[start : start + BATCH]
        ids = [enrolment.id for enrolment in some]
        passed: dict[int, dict[str, str]] = {}
        events = select(EnrolmentEvent.enrolment_id, EnrolmentEvent.day, EnrolmentEvent.at).where(
            EnrolmentEvent.enrolment_id.in_(ids), EnrolmentEvent.kind == EventKind.PASSED
        )
        for ident, day, moment in db.session.execute(events):
            passed.setdefault(ident, {})[str(day)] = moment.isoformat()
        marks: dict[int, dict[str, str]] = {}
        rows = select(Attendance.enrolment_id, Attendance.day, Attendance.status)
        for ident, day, status in db.session.execute(
            rows.where(Attendance.enrolment_id.in_(ids)).order_by(Attendance.id)
        ):
            marks.setdefault(ident, {})[str(day)] = status.value
        for enrolment in some:
            enrolment.passed, enrolment.marks = passed.get(enrolment.id, {}), marks.get(enrolment.id, {})
            if enrolment.state is not EnrolmentState.ACTIVE:
                _forget_day(enrolment)
        settle(enrolments=some, at=at)
    return len(enrolments)


# --- how it is done --------------------------------------------------------------------------------------------------


def _version_key(enrolment: Enrolment) -> tuple[int, int]:
    return enrolment.programme_id, enrolment.version_number


def _evaluated(enrolments: Sequence[Enrolment], definition: Definition, at: datetime) -> list[Progress]:
    mentioned = definition.activity_ids()
    gone = gone_of(activities_named(mentioned))
    found: list[Progress] = []
    for start in range(0, len(enrolments), BATCH):
        some = enrolments[start : start + BATCH]
        facts = ledgers([enrolment.person_id for enrolment in some], mentioned)
        found += [evaluate(definition, course_of(each), facts[each.person_id], at, gone) for each in some]
    return found


def _keep(enrolment: Enrolment, progress: Progress) -> list[DayProgress]:
    """Write what lists read. Returns the days that are passed since the last time."""
    newly = [day for day in progress.days if day.passed_at is not None and str(day.number) not in enrolment.passed]
    if newly:
        moments = {str(day.number): day.passed_at.isoformat() for day in newly if day.passed_at is not None}
        enrolment.passed = enrolment.passed | moments
    current = progress.current
    enrolment.begun_at = progress.begun_at
    if current is None:
        enrolment.current_day = len(progress.days)
        enrolment.state, enrolment.finished_at = EnrolmentState.FINISHED, progress.finished_at
        _forget_day(enrolment)
        return newly
    enrolment.current_day, enrolment.day_date, enrolment.day_due_at = current.number, current.date, current.due_at
    enrolment.day_opened_at, enrolment.day_begun_at = current.opened_at, current.begun_at
    enrolment.gate_tries = current.gate.tries if current.gate else 0
    return newly


def _forget_day(enrolment: Enrolment) -> None:
    enrolment.day_date = enrolment.day_due_at = enrolment.day_opened_at = enrolment.day_begun_at = None
    enrolment.gate_tries = 0


def _opened(work: _Work, enrolment: Enrolment, day: DayProgress, at: datetime) -> None:
    work.event(enrolment, EventKind.OPENED, at, day=day.number, detail={"date": day.date.isoformat()})


def _passed(work: _Work, enrolment: Enrolment, progress: Progress, newly: Sequence[DayProgress]) -> None:
    for day in newly:
        assert day.passed_at is not None
        gate = day.gate
        detail = {"record": gate.record_id, "score": gate.best} if gate and gate.record_id else {}
        work.event(enrolment, EventKind.PASSED, day.passed_at, day=day.number, detail=detail)
        if day.number < len(progress.days):
            _opened(work, enrolment, progress.days[day.number], day.passed_at)
    if progress.current is None:
        work.finished.append((enrolment, progress))


def _prepare(work: _Work, enrolment: Enrolment, progress: Progress, at: datetime) -> None:
    """Note down the tasks of the open day for whoever has yet to do them, and the message that it is open."""
    current = progress.current
    if current is None:
        return
    due_at = current.due_at if current.due_at > at else shift_day_end(shift_date(at))
    for each in current.steps:
        if each.state in (StepState.OPEN, StepState.LOCKED):
            work.task(
                each.step.activity_id, due_at if each.step.required else None, current.number, enrolment.person_id
            )
    if current.gate is not None and current.gate.passed_at is None:
        work.task(current.gate.gate.activity_id, due_at, current.number, enrolment.person_id)
    key = (current.number, len(progress.days), enrolment.start_date.isoformat())
    work.opened.setdefault(key, []).append(enrolment.person_id)


def _carry_out(work: _Work, programme: Programme, title: str, at: datetime) -> None:
    if work.events:
        db.session.execute(insert(EnrolmentEvent), work.events)
    if work.tasks:
        ids = {activity_id for activity_id, _due, _day in work.tasks}
        activities = {row.id: row for row in db.session.scalars(select(Activity).where(Activity.id.in_(ids)))}
        for (activity_id, due_at, day), person_ids in work.tasks.items():
            note = _("%(title)s · 第 %(day)s 天", title=title, day=day)
            hand_out(
                activity=activities[activity_id], person_ids=person_ids, due_at=due_at, reason=REASON, at=at, note=note
            )
    for (day, days, start), person_ids in work.opened.items():
        if day == 1:
            continue  # the task itself, which has just been given, is told of already
        notify(
            people=person_ids,
            kind=NOTIFICATION,
            key=f"programme:{programme.id}:{start}:day:{day}",
            title=_("%(title)s：第 %(day)s 天已开放", title=title, day=day),
            body=_("共 %(days)s 天。点开看今天要做的内容和关卡。", days=days),
            url=path_to("programmes.index"),
            at=at,
        )
    for enrolment, progress in work.finished:
        _finish(enrolment, programme, title, progress, at)


def _finish(enrolment: Enrolment, programme: Programme, title: str, progress: Progress, at: datetime) -> None:
    gates = [day.gate for day in progress.days if day.gate is not None]
    scores = [gate.best for gate in gates if gate.best is not None]
    assert enrolment.finished_at is not None
    db.session.add(EnrolmentEvent(enrolment_id=enrolment.id, kind=EventKind.FINISHED, at=enrolment.finished_at))
    db.session.flush()
    write_record(
        actor=db.session.get_one(Person, enrolment.person_id),
        verb=Verb.PASSED,
        activity=programme.activity,
        at=enrolment.finished_at,
        idempotency_key=f"programme:{programme.id}:enrolment:{enrolment.id}:passed",
        score=round(sum(scores) / len(scores), 4) if scores else None,
        success=True,
        completion=True,
        context={
            "programme": programme.id,
            "version": enrolment.version_number,
            "enrolment": enrolment.id,
            "evidence": [gate.record_id for gate in gates if gate.record_id is not None],
        },
    )
    notify(
        people=[enrolment.person_id],
        kind=NOTIFICATION,
        key=f"programme:enrolment:{enrolment.id}:finished",
        title=_("恭喜，您完成了“%(title)s”", title=title),
        url=path_to("programmes.index"),
        at=at,
    )


def _note_attendance(enrolment: Enrolment, definition: Definition, activity_id: int, at: datetime) -> None:
    """At the first record of the open day's activities within its working day."""
    number = enrolment.current_day
    if enrolment.day_date is None or str(number) in enrolment.marks or number > len(definition.days):
        return
    day = definition.days[number - 1]
    status = attendance_at(day, enrolment.day_date, at) if activity_id in day.activity_ids() else None
    if status is not None:
        db.session.add(Attendance(enrolment_id=enrolment.id, day=number, status=status, at=at))
        enrolment.marks = enrolment.marks | {str(number): status.value}
        db.session.flush()


def _spare(enrolment: Enrolment, current: DayProgress, record: Record) -> None:
    """Take back the tasks of steps that the pre-test has just made needless."""
    spared = [
        each.step.activity_id
        for each in current.steps
        if each.state is StepState.SKIPPED and each.step.skip and each.step.skip.activity_id == record.activity_id
    ]
    if spared:
        take_back(person_id=enrolment.person_id, activity_ids=spared, reason=REASON, at=record.at)


def _remedy(enrolment: Enrolment, current: DayProgress, record: Record) -> None:
    """Give the remedial to whoever has just failed the gate below its bar."""
    gate = current.gate
    if gate is None or gate.remedial_due is None or record.activity_id != gate.gate.activity_id:
        return
    activity = db.session.get_one(Activity, gate.remedial_due)
    due_at = current.due_at if current.due_at > record.at else shift_day_end(shift_date(record.at))
    made = hand_out(
        activity=activity,
        person_ids=[enrolment.person_id],
        due_at=due_at,
        reason=REASON,
        at=record.at,
        note=_("关卡未过：先补学，再考一次"),
    )
    if made:
        notify(
            people=[enrolment.person_id],
            kind=NOTIFICATION,
            key=f"programme:enrolment:{enrolment.id}:remedial:{record.id}",
            title=_("关卡还差一点：先补学“%(title)s”，再考一次", title=activity.title),
            url=path_to("programmes.index"),
            at=record.at,
        )
