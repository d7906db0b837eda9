"""人 × 天: who stands where in a programme, with the same filter on screen and in the export.

The page takes a fixed number of statements: one for the figures above, one for a page of rows, one each for the facts,
the activities and the leads whose signature is waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # selects of several columns: SQLAlchemy 2.0 and 2.1 write their types differently

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from courses.programmes.definition import Definition
from courses.programmes.enums import EnrolmentState, Standing
from courses.programmes.models import Enrolment, Programme
from courses.programmes.progress import STUCK_AFTER_TRIES, DayProgress, Progress, StepState, evaluate, has_missed_start
from courses.programmes.queries import ActivityInfo, course_of, gone_of, ledgers, standing_is
from lms.kernel.db import db
from lms.learning.queries import is_manager, progress_filter
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant
from lms.people.queries import branch_ids
from lms.web.paging import Page

PER_PAGE = 25
CHASED = (Standing.LATE, Standing.STUCK, Standing.NOT_STARTED)
"""Lists of these leave out people who lead others."""


@dataclass(frozen=True)
class Wanted:
    """What the matrix is narrowed to."""

    team_id: int | None = None
    standing: Standing | None = None
    text: str = ""
    day: int | None = None


@dataclass(frozen=True)
class Member:
    """A row's person, without what the matrix does not show."""

    id: int
    name: str
    account: str
    team_id: int | None


@dataclass(frozen=True)
class Block:
    """卡在哪里: the first thing that keeps a person on a day. ``what``: step, signature, gate, remedial, gone."""

    what: str
    activity_id: int
    tries: int = 0
    leads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A person in the programme: where they stand, day by day, and what they wait for."""

    enrolment: Enrolment
    member: Member
    progress: Progress
    block: Block | None
    missed_start: bool


def is_newest() -> ColumnElement[bool]:
    """The last run of a person in a programme; earlier ones are told on the person's page."""
    newer = aliased(Enrolment)
    return ~exists().where(
        newer.person_id == Enrolment.person_id,
        # "+ 0" keeps SQLite from the index of the programme, in which it would walk past everybody for each row.
        newer.programme_id + 0 == Enrolment.programme_id,
        newer.id > Enrolment.id,
    )


def enrolled(viewer: Person, programme: Programme, wanted: Wanted, at: datetime) -> Any:
    """(enrolment, person's id, name, account, team) in view; each person once, by the newest run; those on duty only.

    The viewer themselves is left out; among the late, the stuck and those who have not begun managers are, too.
    """
    query: Any = (
        select(Enrolment, Person.id, Person.name, Person.account, Person.team_id)
        .join(Person, Enrolment.person_id == Person.id)
        .where(
            Enrolment.programme_id == programme.id,
            is_newest(),
            Person.active,
            Person.id != viewer.id,
            progress_filter(viewer, Person.id),
        )
    )
    if wanted.team_id is not None:
        query = query.where(Person.team_id.in_(branch_ids(wanted.team_id)))
    if wanted.text:
        named = Person.name.contains(wanted.text, autoescape=True)
        query = query.where(or_(named, Person.account.contains(wanted.text.casefold(), autoescape=True)))
    if wanted.day is not None:
        query = query.where(Enrolment.state == EnrolmentState.ACTIVE, Enrolment.current_day == wanted.day)
    return query


def narrowed(query: Any, standing: Standing | None, at: datetime) -> Any:
    """Rows of one standing; without one everybody who has not withdrawn."""
    if standing is None:
        return query.where(Enrolment.state != EnrolmentState.WITHDRAWN)
    query = query.where(standing_is(standing, at))
    return query.where(~is_manager()) if standing in CHASED else query


@dataclass(frozen=True)
class Counts:
    """How many rows there are of each standing, and of all but the withdrawn."""

    of: dict[Standing, int]
    everybody: int

    def total(self, standing: Standing | None) -> int:
        return self.everybody if standing is None else self.of[standing]


def counts_of(query: Any, at: datetime) -> Counts:
    """One statement; the list side of it is :func:`narrowed`."""
    inner = query.with_only_columns(
        Enrolment.state,
        *(
            standing_is(standing, at).label(standing.value)
            for standing in (Standing.STUCK, Standing.LATE, Standing.NOT_STARTED, Standing.ON_TRACK)
        ),
        is_manager().label("manager"),
    ).subquery()
    columns = []
    for standing in Standing:
        if standing in (Standing.FINISHED, Standing.WITHDRAWN):
            condition = inner.c.state == EnrolmentState(standing.value)
        else:
            condition = inner.c[standing.value]
            if standing in CHASED:
                condition = condition & ~inner.c.manager
        columns.append(func.count().filter(condition).label(standing.value))
    everybody = func.count().filter(inner.c.state != EnrolmentState.WITHDRAWN)
    row = db.session.execute(select(*columns, everybody).select_from(inner)).one()
    return Counts({standing: int(row[place]) for place, standing in enumerate(Standing)}, int(row[-1]))


def page_of(
    viewer: Person,
    programme: Programme,
    definitions: dict[int, Definition],
    infos: dict[int, ActivityInfo],
    wanted: Wanted,
    number: int,
    at: datetime,
) -> tuple[Page[Row], Counts]:
    """A page of rows and the figures above it. Four statements at the most."""
    everybody = enrolled(viewer, programme, wanted, at)
    counts = counts_of(everybody, at)
    total = counts.total(wanted.standing)
    number = min(max(1, number), max(1, -(-total // PER_PAGE)))
    query = ordered(narrowed(everybody, wanted.standing, at)).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    found = [(row[0], Member(*row[1:])) for row in db.session.execute(query)] if total else []
    rows = rows_of(found, definitions, infos, at)
    return Page(_with_leads(rows, infos), number, PER_PAGE, total), counts


def ordered(query: Any) -> Any:
    """Those under way first; above them those who are stuck at a gate, then whose day ended first."""
    at_gate = (Enrolment.gate_tries >= STUCK_AFTER_TRIES).desc()
    return query.order_by(Enrolment.state, at_gate, Enrolment.day_due_at, Person.name, Person.id)


def rows_of(
    found: Sequence[tuple[Enrolment, Member]],
    definitions: dict[int, Definition],
    infos: dict[int, ActivityInfo],
    at: datetime,
) -> list[Row]:
    """The rows with their progress. One statement."""
    gone = gone_of(infos)
    used = {enrolment.version_number for enrolment, _member in found}
    mentioned = frozenset[int]().union(*(definitions[number].activity_ids() for number in used))
    facts = ledgers([member.id for _enrolment, member in found], mentioned)
    rows = []
    for enrolment, member in found:
        definition = definitions[enrolment.version_number]
        progress = evaluate(definition, course_of(enrolment), facts[member.id], at, gone)
        current = progress.current if enrolment.state is EnrolmentState.ACTIVE else None
        block = block_of(current, infos) if current else None
        rows.append(Row(enrolment, member, progress, block, bool(current and has_missed_start(current, at))))
    return rows


def block_of(day: DayProgress, infos: dict[int, ActivityInfo]) -> Block | None:
    """The first unmet thing of the open day: a failed gate stands above steps that are merely not done yet."""
    gate = day.gate
    if gate is not None and gate.passed_at is None:
        if gate.gone:
            return Block("gone", gate.gate.activity_id)
        if gate.remedial_due is not None:
            return Block("remedial", gate.remedial_due, gate.tries)
        if gate.tries:
            return Block("gate", gate.gate.activity_id, gate.tries)
    waiting = [each for each in day.steps if not each.settled]
    unsigned = [each for each in waiting if _is_signed(each.step.activity_id, infos)]
    for each in waiting:
        if each not in unsigned and each.state is not StepState.LOCKED:
            return Block("step", each.step.activity_id)
    if unsigned:
        return Block("signature", unsigned[0].step.activity_id)
    if waiting:
        return Block("step", waiting[0].step.activity_id)
    return Block("gate", gate.gate.activity_id) if gate is not None and gate.passed_at is None else None


def _is_signed(activity_id: int, infos: dict[int, ActivityInfo]) -> bool:
    info = infos.get(activity_id)
    return info is not None and info.is_signed


def _with_leads(rows: list[Row], infos: dict[int, ActivityInfo]) -> list[Row]:
    """Where a signature is waited for, by name whose. One statement, and none where nobody waits."""
    teams = {row.member.team_id for row in rows if row.block and row.block.what == "signature"} - {None}
    if not teams:
        return rows
    leads = leads_of(teams)
    return [
        Row(
            row.enrolment,
            row.member,
            row.progress,
            Block("signature", row.block.activity_id, 0, leads.get(row.member.team_id, ())),
            row.missed_start,
        )
        if row.block and row.block.what == "signature" and row.member.team_id is not None
        else row
        for row in rows
    ]


def leads_of(team_ids: Iterable[int | None]) -> dict[int, tuple[str, ...]]:
    """The names of the leads of each team. One statement."""
    team = func.coalesce(RoleGrant.team_id, Person.team_id)
    query = (
        select(team, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == Role.LEAD, Person.active, team.in_([ident for ident in team_ids if ident is not None]))
        .order_by(Person.name)
    )
    found: dict[int, tuple[str, ...]] = {}
    for team_id, name in db.session.execute(query):
        found[team_id] = (*found.get(team_id, ()), name)
    return found


def all_rows(
    viewer: Person,
    programme: Programme,
    definitions: dict[int, Definition],
    infos: dict[int, ActivityInfo],
    wanted: Wanted,
    at: datetime,
    *,
    batch: int = 300,
) -> Iterator[Row]:
    """Every row of the filtered matrix, a few hundred people at a time, for the export."""
    query = ordered(narrowed(enrolled(viewer, programme, wanted, at), wanted.standing, at))
    found = [(row[0], Member(*row[1:])) for row in db.session.execute(query)]
    for start in range(0, len(found), batch):
        yield from _with_leads(rows_of(found[start : start + batch], definitions, infos, at), infos)
