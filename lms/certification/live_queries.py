"""Who is live and who is on probation, for a page of people in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, lazyload

from lms.certification.enums import CertificateState, Level, RequirementKind
from lms.certification.live_models import LiveGate, LiveLevel, LiveSignOff
from lms.certification.live_rules import Bar, Facts, LiveStatus, Requirement, SignOff, bars_for, best_state, live_status
from lms.certification.models import Certificate
from lms.certification.rules import Pass, state_at
from lms.kernel.db import db
from lms.learning.models import Record
from lms.learning.queries import progress_filter
from lms.learning.rules import can_see_progress
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant, Team, TeamShop
from lms.people.queries import branch_ids, shop_filter
from lms.posts.models import PersonPost, Post

MOST = 5000


@dataclass(frozen=True)
class LiveFilter:
    """What the list is narrowed to. ``state``: "", "live" or "probation"."""

    text: str = ""
    team_id: int | None = None
    post_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class TeamKnown:
    """A team's path in names, and the shops that it serves."""

    path: str
    shop_ids: frozenset[int]


@dataclass(frozen=True)
class HeldNow:
    """The valid certificate that a roster names."""

    number: str
    expires_at: datetime | None


@dataclass(frozen=True)
class LiveRow:
    """A person and where they stand."""

    person: Person
    team: str
    posts: tuple[tuple[int, str], ...]
    level: Level
    status: LiveStatus
    certificate: HeldNow | None


def answers_chats(person: Person) -> bool:
    """Whether the question of being live arises; the list side is in :func:`people_in_scope`."""
    return any(grant.role is Role.AGENT for grant in person.grants)


def can_see_live(viewer: Person, person: Person) -> bool:
    """Whether ``viewer`` may see how far the person is; the list side is in :func:`people_in_scope`."""
    return can_see_progress(viewer, person)


def in_scope(viewer: Person) -> ColumnElement[bool]:
    """People on duty who answer chats, within the viewer's reach."""
    return Person.active & Person.grants.any(RoleGrant.role == Role.AGENT) & progress_filter(viewer, Person.id)


def people_in_scope(viewer: Person, wanted: LiveFilter) -> Select[Any]:
    """(person, latest level or None) of those in scope, by name."""
    latest_level = (
        select(LiveLevel.level)
        .where(LiveLevel.person_id == Person.id)
        .order_by(LiveLevel.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(Person, latest_level).where(in_scope(viewer)).options(lazyload(Person.grants))
    if wanted.text:
        text = wanted.text.strip()
        query = query.where(
            or_(Person.name.contains(text, autoescape=True), Person.account.contains(text.casefold(), autoescape=True))
        )
    if wanted.team_id is not None:
        query = query.where(Person.team_id.in_(branch_ids(wanted.team_id)))
    return query.order_by(Person.name, Person.id)


@dataclass(frozen=True)
class LiveList:
    """The people of a list, and what its filters can be set to."""

    rows: list[LiveRow]
    teams: list[tuple[int, str]]
    posts: list[tuple[int, str]]
    live: int
    total: int


def live_list(viewer: Person, wanted: LiveFilter, at: datetime) -> LiveList:
    """Everybody in scope with their status, narrowed; about seven statements, however many people.

    The figures count before the narrowing by post and state.
    """
    found = db.session.execute(people_in_scope(viewer, wanted).limit(MOST))
    teams = _teams()
    rows = _with_status([(person, level or Level.NEW) for person, level in found], at, teams)
    posts = sorted({post for row in rows for post in row.posts}, key=lambda post: (post[1], post[0]))
    live = sum(row.status.live for row in rows)
    total = len(rows)
    if wanted.post_id is not None:
        rows = [row for row in rows if wanted.post_id in {ident for ident, _name in row.posts}]
    if wanted.state:
        rows = [row for row in rows if row.status.live == (wanted.state == "live")]
    reach = viewer.access.served_team_ids
    if reach is not None:
        reach |= viewer.access.team_ids or frozenset()
    shown = [(ident, team.path) for ident, team in teams.items() if reach is None or ident in reach]
    return LiveList(rows, sorted(shown, key=lambda team: team[1]), posts, live, total)


def live_row(person: Person, at: datetime) -> LiveRow:
    """One person and where they stand."""
    query = select(LiveLevel.level).where(LiveLevel.person_id == person.id).order_by(LiveLevel.id.desc()).limit(1)
    return _with_status([(person, db.session.scalar(query) or Level.NEW)], at, _teams())[0]


def is_live(person: Person, at: datetime) -> bool:
    """Whether the person may answer customers on their own at this moment."""
    return person.active and live_row(person, at).status.live


def _with_status(people: Sequence[tuple[Person, Level]], at: datetime, teams: Mapping[int, TeamKnown]) -> list[LiveRow]:
    if not people:
        return []
    ids = [person.id for person, _level in people]
    bars, posts = active_bars(), posts_of_people(ids)
    states, held = _certificates(ids, _refs(bars, RequirementKind.CERTIFICATE), at)
    passed = _passed(ids, _refs(bars, RequirementKind.ACTIVITY))
    signed = _sign_offs(ids)
    rows = []
    for person, level in people:
        own = tuple(posts.get(person.id, ()))
        team = teams.get(person.team_id or 0)
        facts = Facts(states.get(person.id, {}), passed.get(person.id, set()), signed.get(person.id, {}))
        applying = bars_for(level, [ident for ident, _name in own], team.shop_ids if team else (), bars)
        status = live_status(applying, facts)
        asked = [line.requirement.ref for line in status.lines if line.state is CertificateState.VALID]
        certificate = next((held[person.id, ref] for ref in asked if ref and (person.id, ref) in held), None)
        rows.append(LiveRow(person, team.path if team else "", own, level, status, certificate))
    return rows


def _refs(bars: Sequence[Bar], kind: RequirementKind) -> set[int]:
    return {line.ref for bar in bars for line in bar.requirements if line.kind is kind and line.ref is not None}


def active_bars() -> list[Bar]:
    """Every gate in use, as the rule sees it."""
    return [bar_of(gate) for gate in db.session.scalars(select(LiveGate).where(LiveGate.archived_at.is_(None)))]


def bar_of(gate: LiveGate) -> Bar:
    """A gate as the rule sees it."""
    lines = tuple(Requirement.from_json(kept) for kept in gate.requirements)
    return Bar(gate.id, gate.shop_id, gate.post_id, gate.level, lines)


def _teams() -> dict[int, TeamKnown]:
    """Every team's path in names, and the shops that it serves, those of the teams above included; one statement."""
    names: dict[int, str] = {}
    above: dict[int, list[int]] = {}
    serves: dict[int, set[int]] = {}
    columns = select(Team.id, Team.name, Team.path, TeamShop.shop_id).outerjoin(TeamShop, TeamShop.team_id == Team.id)
    for ident, name, path, shop_id in db.session.execute(columns):
        names[ident], above[ident] = name, [int(part) for part in path.split("/") if part]
        if shop_id is not None:
            serves.setdefault(ident, set()).add(shop_id)
    return {
        ident: TeamKnown(
            "/".join(names[each] for each in line if each in names),
            frozenset().union(*(serves.get(each, set()) for each in line)),
        )
        for ident, line in above.items()
    }


def _certificates(
    ids: Sequence[int], types: set[int], at: datetime
) -> tuple[dict[int, dict[int, CertificateState]], dict[tuple[int, int], HeldNow]]:
    if not types:
        return {}, {}
    columns = (
        Certificate.person_id,
        Certificate.type_id,
        Certificate.number,
        Certificate.expires_at,
        Certificate.revoked_at,
    )
    query = select(*columns).where(
        Certificate.person_id.in_(ids), Certificate.type_id.in_(types), Certificate.issued_at <= at
    )
    states: dict[int, dict[int, list[CertificateState]]] = {}
    held: dict[tuple[int, int], HeldNow] = {}
    for person_id, type_id, number, expires_at, revoked_at in db.session.execute(query.order_by(Certificate.id)):
        state = state_at(expires_at=expires_at, revoked_at=revoked_at, at=at)
        states.setdefault(person_id, {}).setdefault(type_id, []).append(state)
        if state is CertificateState.VALID:
            held[person_id, type_id] = HeldNow(number, expires_at)
    found: dict[int, dict[int, CertificateState]] = {}
    for person_id, by_type in states.items():
        for type_id, several in by_type.items():
            if (best := best_state(several)) is not None:
                found.setdefault(person_id, {})[type_id] = best
    return found, held


def _passed(ids: Sequence[int], activities: set[int]) -> dict[int, set[int]]:
    if not activities:
        return {}
    columns = (Record.id, Record.activity_id, Record.at, Record.score, Record.success, Record.completion)
    query = select(Record.actor_id, *columns).where(Record.actor_id.in_(ids), Record.activity_id.in_(activities))
    found: dict[int, set[int]] = {}
    for row in db.session.execute(query):
        if Pass(*row[1:]).passed:
            found.setdefault(row.actor_id, set()).add(row.activity_id)
    return found


def _sign_offs(ids: Sequence[int]) -> dict[int, dict[str, SignOff]]:
    """The latest word of each key; rows are appended, so the last one read stands."""
    columns = (
        LiveSignOff.person_id,
        LiveSignOff.key,
        LiveSignOff.verdict,
        Person.name,
        LiveSignOff.at,
        LiveSignOff.note,
    )
    query = select(*columns).join(Person, LiveSignOff.by_id == Person.id).where(LiveSignOff.person_id.in_(ids))
    found: dict[int, dict[str, SignOff]] = {}
    for row in db.session.execute(query.order_by(LiveSignOff.id)):
        found.setdefault(row.person_id, {})[row.key] = SignOff(*row[2:])
    return found


def sign_offs_of(person_id: int) -> list[LiveSignOff]:
    """Everything that was ever signed for a person, newest first."""
    query = (
        select(LiveSignOff)
        .where(LiveSignOff.person_id == person_id)
        .options(joinedload(LiveSignOff.by).lazyload(Person.grants))
        .order_by(LiveSignOff.id.desc())
    )
    return list(db.session.scalars(query))


def posts_of_people(ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The posts that people hold, as (id, name), the main one first; one statement."""
    query = (
        select(PersonPost.person_id, Post.id, Post.name)
        .join(Post, PersonPost.post_id == Post.id)
        .where(PersonPost.person_id.in_(ids), Post.archived_at.is_(None))
        .order_by(PersonPost.main.desc(), Post.id)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for person_id, ident, name in db.session.execute(query):
        found.setdefault(person_id, []).append((ident, name))
    return found


def post_choices(viewer: Person) -> list[tuple[int, str]]:
    """(id, name) of the posts in use of the viewer's shops and of all shops."""
    query = select(Post.id, Post.name).where(shop_filter(viewer, Post.shop_id), Post.archived_at.is_(None))
    return [(ident, name) for ident, name in db.session.execute(query.order_by(Post.id))]


def gates_visible_to(viewer: Person) -> Select[Any]:
    """Gates in use of the viewer's shops and of all shops."""
    return (
        select(LiveGate)
        .where(shop_filter(viewer, LiveGate.shop_id), LiveGate.archived_at.is_(None))
        .options(joinedload(LiveGate.shop), joinedload(LiveGate.post))
        .order_by(LiveGate.shop_id.is_not(None), LiveGate.shop_id, LiveGate.level, LiveGate.id)
    )
