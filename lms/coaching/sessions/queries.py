"""Sessions, templates and what a session may talk about, each list limited to what its viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.coaching.enums import OPEN_STATES, SessionState
from lms.coaching.loop.models import CaseFinding, RemedialCase
from lms.coaching.permissions import C
from lms.coaching.sessions.models import CoachingSession, CoachingSignature, CoachingTemplate
from lms.coaching.sessions.rules import SIGN_WITHIN, can_see_session
from lms.kernel.db import db
from lms.people.models import Person, Team
from lms.people.queries import person_filter, shop_filter
from lms.people.rules import has_permission, require_visible
from lms.qa.enums import FindingState
from lms.qa.evaluations.models import Evaluation, Finding, FindingStanding
from lms.qa.evaluations.queries import evaluation_filter

EVIDENCE_DAYS, EVIDENCE_MOST = 90, 15
LEAST_RATINGS = 3
"""Fewer ratings than this say nothing, and could be told apart."""


def session_filter(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_see_session``."""
    row = CoachingSession
    two = or_(row.coach_id == viewer.id, row.agent_id == viewer.id)
    if not has_permission(viewer, C.COACHING_EDIT):
        return or_(two, false())
    branch = and_(row.confidential.is_(False), shop_filter(viewer, row.shop_id), person_filter(viewer, row.agent_id))
    return or_(two, branch)


def unsigned(at: datetime) -> ColumnElement[bool]:
    """The list side of ``rules.is_unsigned``."""
    return and_(CoachingSession.state == SessionState.HELD, CoachingSession.held_at <= at - SIGN_WITHIN)


def visible_session(viewer: Person, session_id: int) -> CoachingSession:
    """The session with what its page shows, in four statements. NotFound unless the viewer may see it."""
    found = db.session.get(
        CoachingSession,
        session_id,
        options=[
            joinedload(CoachingSession.agent).lazyload(Person.grants),
            joinedload(CoachingSession.coach).lazyload(Person.grants),
            joinedload(CoachingSession.case).joinedload(RemedialCase.criterion),
            selectinload(CoachingSession.evidence).joinedload(Finding.criterion),
            selectinload(CoachingSession.plan),
            selectinload(CoachingSession.signatures),
        ],
    )
    require_visible(found is not None and can_see_session(viewer, found))
    assert found is not None
    return found


def locked(session_id: int) -> CoachingSession:
    """The session as it stands now, held until this transaction ends: who writes and who signs take turns."""
    query = (
        select(CoachingSession)
        .where(CoachingSession.id == session_id)
        .options(selectinload(CoachingSession.signatures), selectinload(CoachingSession.plan))
        .with_for_update(of=CoachingSession)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one()


SHOWN = ("all", "planned", "held", "unsigned", "signed", "mine")


def sessions_visible_to(viewer: Person, show: str, at: datetime, agent_id: int | None = None) -> Any:
    """The sessions that the viewer holds or looks after, those that wait first. ``show`` is one of SHOWN."""
    row = CoachingSession
    query = (
        select(row)
        .where(session_filter(viewer), row.agent_id != viewer.id)
        .options(
            joinedload(row.agent).lazyload(Person.grants),
            joinedload(row.coach).lazyload(Person.grants),
            selectinload(row.signatures),
        )
    )
    if show == "mine":
        query = query.where(row.coach_id == viewer.id)
    elif show == "unsigned":
        query = query.where(unsigned(at))
    elif show in ("planned", "held", "signed"):
        query = query.where(row.state == SessionState(show))
    else:
        query = query.where(row.state != SessionState.CANCELLED)
    if agent_id is not None:
        query = query.where(row.agent_id == agent_id)
    if show == "unsigned":
        return query.order_by(row.held_at, row.id)
    ended = row.state.in_([SessionState.SIGNED, SessionState.CANCELLED])
    return query.order_by(case((ended, 1), else_=0), row.planned_at.desc(), row.id.desc())


@dataclass(frozen=True)
class Counts:
    """How many sessions stand where; ``unsigned`` are among ``held``."""

    planned: int
    held: int
    unsigned: int
    signed: int


def counts(viewer: Person, at: datetime) -> Counts:
    """One statement."""

    def count(condition: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = CoachingSession
    query = select(
        count(row.state == SessionState.PLANNED),
        count(row.state == SessionState.HELD),
        count(unsigned(at)),
        count(row.state == SessionState.SIGNED),
    ).where(session_filter(viewer), row.agent_id != viewer.id)
    return Counts(*(int(n) for n in db.session.execute(query).one()))


def sessions_of(agent_id: int) -> Any:
    """Somebody's own sessions as the coached one, those that wait first."""
    row = CoachingSession
    waits = case((row.state == SessionState.HELD, 0), (row.state == SessionState.PLANNED, 1), else_=2)
    return (
        select(row)
        .where(row.agent_id == agent_id, row.state != SessionState.CANCELLED)
        .options(joinedload(row.coach).lazyload(Person.grants), selectinload(row.signatures), selectinload(row.plan))
        .order_by(waits, row.planned_at.desc(), row.id.desc())
    )


def lacking_signature_of(viewer: Person, at: datetime, limit: int) -> list[CoachingSession]:
    """What waits: sessions that the viewer has to sign, and those of the viewer's branch unsigned after 48 hours."""
    row = CoachingSession
    mine = select(CoachingSignature.id).where(
        CoachingSignature.session_id == row.id, CoachingSignature.person_id == viewer.id
    )
    two = or_(row.coach_id == viewer.id, row.agent_id == viewer.id)
    query = (
        select(row)
        .where(session_filter(viewer), row.state == SessionState.HELD, or_(unsigned(at), and_(two, ~mine.exists())))
        .options(
            joinedload(row.agent).lazyload(Person.grants),
            joinedload(row.coach).lazyload(Person.grants),
            selectinload(row.signatures),
        )
        .order_by(row.held_at, row.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


# --- who coaches how -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoachFigures:
    """Sessions that a coach held, how many of them both signed, and the mean rating (None under three ratings)."""

    coach_id: int
    name: str
    held: int
    signed: int
    ratings: int
    mean: float | None


def coach_figures(viewer: Person, since: datetime) -> list[CoachFigures]:
    """By coach, of the sessions that the viewer may see; confidential ones count for the coach alone. One statement."""
    row = CoachingSession
    query = (
        select(
            row.coach_id,
            Person.name,
            func.count(),
            func.sum(case((row.state == SessionState.SIGNED, 1), else_=0)),
            func.count(row.rating),
            func.avg(row.rating),
        )
        .join(Person, Person.id == row.coach_id)
        .where(session_filter(viewer), row.agent_id != viewer.id, row.held_at >= since)
        .group_by(row.coach_id, Person.name)
        .order_by(func.count().desc(), Person.name)
        .limit(50)
    )
    return [
        CoachFigures(
            coach_id, name, held, int(signed), ratings, float(mean) if mean and ratings >= LEAST_RATINGS else None
        )
        for coach_id, name, held, signed, ratings, mean in db.session.execute(query)
    ]


# --- planning ------------------------------------------------------------------------------------------------------


def coachable(viewer: Person) -> Sequence[Any]:
    """(id, name, team) of those whom the viewer may coach."""
    query = (
        select(Person.id, Person.name, Team.name.label("team"))
        .outerjoin(Team, Team.id == Person.team_id)
        .where(Person.active, Person.id != viewer.id, person_filter(viewer, Person.id))
        .order_by(Person.name, Person.id)
    )
    return db.session.execute(query).all()


def evidence_choices(viewer: Person, agent_id: int, at: datetime, also: Sequence[int] = ()) -> list[Finding]:
    """The agent's findings that stand or wait, of the last 90 days, and those in ``also``; the newest first."""
    fresh = and_(Finding.at > at - timedelta(days=EVIDENCE_DAYS), FindingStanding.state != FindingState.OVERTURNED)
    wanted = or_(fresh, Finding.id.in_(list(also))) if also else fresh
    query = (
        select(Finding)
        .join(FindingStanding, FindingStanding.finding_id == Finding.id)
        .join(Evaluation, Evaluation.id == Finding.evaluation_id)
        .where(Finding.agent_id == agent_id, evaluation_filter(viewer), wanted)
        .options(joinedload(Finding.criterion))
        .order_by(Finding.id.in_(list(also)).desc(), Finding.at.desc(), Finding.id.desc())
        .limit(EVIDENCE_MOST)
    )
    return list(db.session.scalars(query))


def open_case_choices(viewer: Person, agent_id: int) -> Sequence[RemedialCase]:
    """The agent's open remedial cases of the viewer's shops."""
    query = (
        select(RemedialCase)
        .where(
            RemedialCase.agent_id == agent_id,
            RemedialCase.state.in_(OPEN_STATES),
            shop_filter(viewer, RemedialCase.shop_id),
        )
        .options(joinedload(RemedialCase.criterion))
        .order_by(RemedialCase.opened_at.desc())
        .limit(20)
    )
    return db.session.scalars(query).all()


def finding_ids_of_case(case_id: int) -> list[int]:
    """The findings that a case was opened for."""
    return list(db.session.scalars(select(CaseFinding.finding_id).where(CaseFinding.case_id == case_id)))


def templates_visible_to(viewer: Person, *, archived: bool = False) -> Sequence[CoachingTemplate]:
    """Templates of the viewer's shops and those of all, what ships first."""
    row = CoachingTemplate
    query = select(row).where(shop_filter(viewer, row.shop_id)).order_by(row.shop_id.is_not(None), row.id)
    if not archived:
        query = query.where(row.archived_at.is_(None))
    return db.session.scalars(query).all()
