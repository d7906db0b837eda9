"""What programmes read: versions, facts of the ledger, the activities they speak of, and who is enrolled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from courses.lessons.models import Lesson
from courses.programmes.definition import Definition, from_json
from courses.programmes.enums import EnrolmentState, ProgrammeState, Standing
from courses.programmes.models import Attendance, Enrolment, EnrolmentEvent, Programme, ProgrammeVersion
from courses.programmes.progress import STUCK_AFTER, STUCK_AFTER_TRIES, Course, Fact, Progress, evaluate
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.learning.enums import AssignmentState, Dimension, Verb
from lms.learning.models import Activity, Assignment, Record
from lms.people.models import Person
from lms.people.queries import shop_filter

KIND = "programme"
CHECKLIST = "checklist"
"""The lesson type whose completion waits for a team lead's signature."""


@dataclass(frozen=True)
class ActivityInfo:
    """What a page shows of an activity; ``lesson_type`` is "" for what is no lesson."""

    id: int
    kind: str
    title: str
    dimension: Dimension
    shop_id: int | None
    archived: bool
    lesson_type: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether somebody else signs it off."""
        return self.lesson_type == CHECKLIST


def activities_named(ids: Iterable[int]) -> dict[int, ActivityInfo]:
    """One statement."""
    query = (
        select(
            Activity.id,
            Activity.kind,
            Activity.title,
            Activity.dimension,
            Activity.shop_id,
            Activity.archived_at,
            Lesson.type,
        )
        .outerjoin(Lesson, Lesson.activity_id == Activity.id)
        .where(Activity.id.in_(list(ids)))
    )
    return {
        row[0]: ActivityInfo(row[0], row[1], row[2], row[3], row[4], row[5] is not None, row[6] or "")
        for row in db.session.execute(query)
    }


def gone_of(infos: dict[int, ActivityInfo]) -> frozenset[int]:
    """Those that were archived: nobody can do them any more."""
    return frozenset(info.id for info in infos.values() if info.archived)


def ledgers(person_ids: Sequence[int], activity_ids: Iterable[int]) -> dict[int, dict[int, list[Fact]]]:
    """The facts of these people about these activities: {person: {activity: facts in order of time}}. One statement."""
    found: dict[int, dict[int, list[Fact]]] = {person_id: {} for person_id in person_ids}
    ids = list(activity_ids)
    if not ids or not person_ids:
        return found
    query = (
        select(
            Record.actor_id,
            Record.activity_id,
            Record.id,
            Record.at,
            Record.score,
            Record.success,
            Record.completion,
        )
        .where(Record.actor_id.in_(person_ids), Record.activity_id.in_(ids), Record.verb != Verb.PROGRESSED)
        .order_by(Record.at, Record.id)
    )
    for actor_id, activity_id, ident, at, score, success, completion in db.session.execute(query):
        found[actor_id].setdefault(activity_id, []).append(Fact(ident, at, score, success, completion))
    return found


def version_of(programme: Programme, number: int) -> ProgrammeVersion:
    """A version by its number, or NotFound."""
    query = select(ProgrammeVersion).where(
        ProgrammeVersion.programme_id == programme.id, ProgrammeVersion.number == number
    )
    version = db.session.scalars(query).one_or_none()
    if version is None:
        raise NotFound(_("这份培训计划没有这个版本。"))
    return version


def definitions_of(programme_id: int) -> dict[int, Definition]:
    """Every version's definition by its number. One statement."""
    query = select(ProgrammeVersion.number, ProgrammeVersion.definition).where(
        ProgrammeVersion.programme_id == programme_id
    )
    return {number: from_json(kept) for number, kept in db.session.execute(query)}


def programme_of_activity(activity_id: int) -> Programme:
    """The programme that an activity stands for."""
    found = db.session.scalars(select(Programme).where(Programme.activity_id == activity_id)).one_or_none()
    if found is None:
        raise NotFound(_("找不到这份培训计划。"))
    return found


def course_of(enrolment: Enrolment) -> Course:
    """What the rules of progress need of an enrolment."""
    return Course(
        enrolled_at=enrolment.created_at,
        start_date=enrolment.start_date,
        state=enrolment.state,
        passed={int(day): datetime.fromisoformat(at) for day, at in (enrolment.passed or {}).items()},
        counts_from=enrolment.counts_from,
    )


@dataclass(frozen=True)
class Following:
    """A person's run of a programme with everything a page shows of it."""

    enrolment: Enrolment
    title: str
    summary: str
    definition: Definition
    progress: Progress
    infos: dict[int, ActivityInfo]

    def info(self, activity_id: int) -> ActivityInfo | None:
        return self.infos.get(activity_id)

    @property
    def dimensions(self) -> list[tuple[Dimension, int, int]]:
        """(dimension, done, all) of the required steps and gates: always three."""
        done: dict[Dimension, int] = dict.fromkeys(Dimension, 0)
        total: dict[Dimension, int] = dict.fromkeys(Dimension, 0)
        for day in self.progress.days:
            parts = [(each.step.activity_id, each.settled) for each in day.steps if each.step.required]
            if day.gate is not None:
                parts.append((day.gate.gate.activity_id, day.gate.passed_at is not None))
            for activity_id, settled in parts:
                info = self.infos.get(activity_id)
                if info is not None:
                    total[info.dimension] += 1
                    done[info.dimension] += settled
        return [(dimension, done[dimension], total[dimension]) for dimension in Dimension]


def followings_of(person_id: int, at: datetime, *, states: Sequence[EnrolmentState]) -> list[Following]:
    """The person's runs in these states, active ones first, then the newest. Three statements, or one."""
    query = (
        select(Enrolment, ProgrammeVersion)
        .join(ProgrammeVersion, _frozen())
        .where(Enrolment.person_id == person_id, Enrolment.state.in_(states))
        .order_by(Enrolment.state, Enrolment.id.desc())
    )
    return follow([(row[0], row[1]) for row in db.session.execute(query)], at)


def following(enrolment: Enrolment, at: datetime) -> Following:
    """One run. Three statements."""
    return follow([(enrolment, version_of_enrolment(enrolment))], at)[0]


def version_of_enrolment(enrolment: Enrolment) -> ProgrammeVersion:
    """The version that the person keeps."""
    query = select(ProgrammeVersion).where(
        ProgrammeVersion.programme_id == enrolment.programme_id, ProgrammeVersion.number == enrolment.version_number
    )
    return db.session.scalars(query).one()


def follow(rows: Sequence[tuple[Enrolment, ProgrammeVersion]], at: datetime) -> list[Following]:
    """The runs with their progress. Two statements, however many there are."""
    if not rows:
        return []
    definitions = [from_json(version.definition) for _enrolment, version in rows]
    mentioned = frozenset[int]().union(*(definition.activity_ids() for definition in definitions))
    infos = activities_named(mentioned)
    gone = gone_of(infos)
    facts = ledgers(list({enrolment.person_id for enrolment, _ in rows}), mentioned)
    return [
        Following(
            enrolment,
            version.title,
            version.summary,
            definition,
            evaluate(definition, course_of(enrolment), facts[enrolment.person_id], at, gone),
            infos,
        )
        for (enrolment, version), definition in zip(rows, definitions, strict=True)
    ]


def _frozen() -> ColumnElement[bool]:
    return and_(
        ProgrammeVersion.programme_id == Enrolment.programme_id, ProgrammeVersion.number == Enrolment.version_number
    )


def runs_of(person_id: int, states: Sequence[EnrolmentState]) -> list[tuple[Enrolment, dict[str, Any]]]:
    """(enrolment, definition as kept) of a person. One indexed statement: asked at every record that is written."""
    query = (
        select(Enrolment, ProgrammeVersion.definition)
        .join(ProgrammeVersion, _frozen())
        .where(Enrolment.person_id == person_id, Enrolment.state.in_(states))
        .order_by(Enrolment.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def latest_run(person_id: int) -> tuple[Enrolment, ProgrammeVersion, list[Assignment]] | None:
    """What the person is in the middle of, of several the one begun last; and their open tasks, of the programme or
    not. One statement: the start page asks.
    """
    latest = select(func.max(Enrolment.id)).where(
        Enrolment.person_id == person_id, Enrolment.state == EnrolmentState.ACTIVE
    )
    is_open = and_(Assignment.person_id == Enrolment.person_id, Assignment.state == AssignmentState.OPEN)
    query = (
        select(Enrolment, ProgrammeVersion, Assignment)
        .join(ProgrammeVersion, _frozen())
        .outerjoin(Assignment, is_open)
        .where(Enrolment.id == latest.scalar_subquery())
        .options(joinedload(Assignment.activity))
    )
    rows = db.session.execute(query).all()
    return (rows[0][0], rows[0][1], [task for *_run, task in rows if task is not None]) if rows else None


def standing_is(standing: Standing, at: datetime) -> ColumnElement[bool]:
    """Enrolments of this standing; the list side of ``progress.standing_of``."""
    if standing in (Standing.FINISHED, Standing.WITHDRAWN):
        return Enrolment.state == EnrolmentState(standing.value)
    active = Enrolment.state == EnrolmentState.ACTIVE
    late = func.coalesce(Enrolment.day_due_at < at, false())
    stuck = or_(
        Enrolment.gate_tries >= STUCK_AFTER_TRIES, func.coalesce(Enrolment.day_due_at < at - STUCK_AFTER, false())
    )
    if standing is Standing.STUCK:
        return and_(active, stuck)
    if standing is Standing.LATE:
        return and_(active, late, ~stuck)
    begun = Enrolment.begun_at.is_not(None)
    return and_(active, ~late, ~stuck, begun if standing is Standing.ON_TRACK else ~begun)


# --- programmes ------------------------------------------------------------------------------------------------------


def programmes_for_authors(viewer: Person, *, text: str = "", state: ProgrammeState | None = None) -> Select[Any]:
    """Programmes of the viewer's shops, to be paginated; archived ones last."""
    query = (
        select(Programme)
        .where(shop_filter(viewer, Programme.shop_id))
        .options(joinedload(Programme.shop))
        .order_by(Programme.state == ProgrammeState.ARCHIVED, Programme.updated_at.desc(), Programme.id.desc())
    )
    if text:
        query = query.where(Programme.title.contains(text, autoescape=True))
    return query.where(Programme.state == state) if state else query


def events_of(enrolment: Enrolment) -> Sequence[EnrolmentEvent]:
    """What happened, in order, each with who did it."""
    query = (
        select(EnrolmentEvent)
        .where(EnrolmentEvent.enrolment_id == enrolment.id)
        .options(joinedload(EnrolmentEvent.actor).lazyload(Person.grants))
        .order_by(EnrolmentEvent.at, EnrolmentEvent.id)
    )
    return db.session.scalars(query).all()


def attendance_of(enrolment: Enrolment) -> dict[int, list[Attendance]]:
    """The marks by day, the one that counts first."""
    query = (
        select(Attendance)
        .where(Attendance.enrolment_id == enrolment.id)
        .options(joinedload(Attendance.marked_by).lazyload(Person.grants))
        .order_by(Attendance.id.desc())
    )
    found: dict[int, list[Attendance]] = {}
    for mark in db.session.scalars(query):
        found.setdefault(mark.day, []).append(mark)
    return found


def tries_on(enrolment: Enrolment, activity_ids: Iterable[int]) -> Sequence[Record]:
    """The scored records behind the gates, newest first."""
    query = (
        select(Record)
        .where(Record.actor_id == enrolment.person_id, Record.activity_id.in_(list(activity_ids)))
        .where(Record.verb.in_((Verb.PASSED, Verb.FAILED)))
        .options(joinedload(Record.activity))
        .order_by(Record.at.desc(), Record.id.desc())
        .limit(60)
    )
    return db.session.scalars(query).all()
