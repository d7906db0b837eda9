"""What programmes lock: steps of days that are not open yet, steps that wait for others, gates before a remedial."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, union

from courses.programmes.definition import Definition, from_json
from courses.programmes.enums import EnrolmentState
from courses.programmes.links import path_to
from courses.programmes.models import Enrolment
from courses.programmes.progress import Progress, StepState, evaluate
from courses.programmes.queries import ActivityInfo, activities_named, course_of, gone_of, ledgers, runs_of
from lms.kernel.db import db
from lms.kernel.hookspecs import Lock
from lms.learning.enums import AssignmentState
from lms.learning.models import Assignment, Record
from lms.learning.queries import is_finished
from lms.people.models import Person


def locks_for(person: Person, activity_ids: Sequence[int], at: datetime) -> dict[int, Lock]:
    """Those of the activities that a programme keeps from the person now. One statement for most, three for a list of
    lessons, four at the most.

    What stands in a later day is locked, unless it also stands in an open or passed day of any programme of theirs,
    somebody gave it to them apart from that, or they completed it already.
    """
    wanted = set(activity_ids)
    runs = [
        (enrolment, from_json(kept))
        for enrolment, kept in runs_of(person.id, (EnrolmentState.ACTIVE, EnrolmentState.FINISHED))
    ]
    active = [(enrolment, definition) for enrolment, definition in runs if enrolment.state is EnrolmentState.ACTIVE]
    mentioned = frozenset[int]().union(*(definition.activity_ids() for _enrolment, definition in active))
    later = _later(runs) & wanted
    held = _held(active) & wanted
    if not later and not held:
        return {}
    if later:
        later -= _free(person, later)
    if not later and not held:
        return {}
    infos = activities_named(mentioned)
    locks: dict[int, Lock] = {}
    facts = ledgers([person.id], mentioned)[person.id] if held else {}
    for enrolment, definition in active:
        url = path_to("programmes.mine", enrolment_id=enrolment.id)
        if held:
            progress = evaluate(definition, course_of(enrolment), facts, at, gone_of(infos))
            for ident in held:
                if reason := _held_because(progress, ident, infos):
                    locks.setdefault(ident, Lock(reason, url, _("看我的培训计划")))
        for ident in later:
            number = definition.day_of(ident)
            if number is not None and number > enrolment.current_day:
                reason = later_because(definition, number, infos)
                locks.setdefault(ident, Lock(reason, url, _("看我的培训计划")))
    return locks


def later_because(definition: Definition, number: int, infos: dict[int, ActivityInfo]) -> str:
    """Why day ``number`` is not open yet: a sentence that names the gate before it."""
    before = definition.days[number - 2]
    if before.gate is None:
        return _("第 %(day)s 天的内容，做完第 %(before)s 天的全部必做步骤后开放。", day=number, before=number - 1)
    info = infos.get(before.gate.activity_id)
    title = info.title if info else ""
    if before.gate.cut is None:
        return _(
            "第 %(day)s 天的内容，完成第 %(before)s 天的关卡“%(gate)s”后开放。",
            day=number,
            before=number - 1,
            gate=title,
        )
    return _(
        "第 %(day)s 天的内容，通过第 %(before)s 天的关卡“%(gate)s”（%(cut)s 分）后开放。",
        day=number,
        before=number - 1,
        gate=title,
        cut=points(before.gate.cut),
    )


def points(fraction: float | None) -> str:
    """0.8 → 80, 0.855 → 85.5: a fraction as people say a score."""
    return "" if fraction is None else f"{round(fraction * 100, 1):g}"


def _later(runs: Sequence[tuple[Enrolment, Definition]]) -> set[int]:
    """What stands in a day that is not open yet, and in no day that is or was."""
    later: set[int] = set()
    reached: set[int] = set()
    for enrolment, definition in runs:
        for number, day in enumerate(definition.days, 1):
            is_later = enrolment.state is EnrolmentState.ACTIVE and number > enrolment.current_day
            if is_later:
                later |= set(day.activity_ids())
                continue
            reached |= set(day.activity_ids())
            if day.gate and day.gate.remedial:
                reached.add(day.gate.remedial.activity_id)
    return later - reached


def _held(active: Sequence[tuple[Enrolment, Definition]]) -> set[int]:
    """What may have to wait although its day is open: steps with prerequisites, gates with a remedial."""
    found: set[int] = set()
    for enrolment, definition in active:
        for day in definition.days[: enrolment.current_day]:
            found |= {step.activity_id for step in day.steps if step.requires}
            if day.gate and day.gate.remedial:
                found.add(day.gate.activity_id)
    return found


def _held_because(progress: Progress, activity_id: int, infos: dict[int, ActivityInfo]) -> str:
    for day in progress.days:
        for each in day.steps:
            if each.step.activity_id == activity_id and each.state is StepState.LOCKED and each.waits_for:
                return waits_because(each.waits_for, infos)
        gate = day.gate
        if gate and gate.gate.activity_id == activity_id and gate.remedial_due is not None:
            info = infos.get(gate.remedial_due)
            return _(
                "上次得 %(score)s 分：先完成补学“%(title)s”，再考一次。",
                score=points(gate.best),
                title=info.title if info else "",
            )
    return ""


def waits_because(activity_ids: Sequence[int], infos: dict[int, ActivityInfo]) -> str:
    """The sentence for a step that waits for others."""
    titles = "、".join(f"“{infos[ident].title}”" for ident in activity_ids if ident in infos)
    return _("先完成%(titles)s，再学这一项。", titles=titles)


def _free(person: Person, activity_ids: set[int]) -> set[int]:
    """Those that the person was given apart from the programme, or has completed already. One statement."""
    given = select(Assignment.activity_id).where(
        Assignment.person_id == person.id,
        Assignment.activity_id.in_(activity_ids),
        Assignment.state != AssignmentState.CANCELLED,
    )
    done = select(Record.activity_id).where(
        Record.actor_id == person.id,
        Record.activity_id.in_(activity_ids),
        is_finished(),
    )
    return set(db.session.scalars(union(given, done)))
