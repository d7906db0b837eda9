"""The loop board: how many stand where, what waits, and what was decided; each list limited to its viewer's reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import joinedload

from lms.coaching.enums import OPEN_STATES, CaseState
from lms.coaching.loop.models import CaseFinding, LoopDecision, RemedialCase
from lms.coaching.loop.queries import case_filter
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import person_filter, shop_filter
from lms.qa.enums import FindingState, RootCause
from lms.qa.evaluations.models import Finding, FindingStanding

STAGES = {
    "training": (CaseState.DELAYED, CaseState.TRAINING, CaseState.PAUSED),
    "following": (CaseState.FOLLOWING,),
    "concluded": (CaseState.FIXED, CaseState.RELAPSED, CaseState.UNCLEAR, CaseState.CANCELLED),
}
RECENT = timedelta(days=90)
"""Findings and conclusions older than this leave the board; open cases never do."""


@dataclass(frozen=True)
class BoardFilter:
    """What the board shows: a stage ("found" or one of STAGES), a trouble, a criterion, an agent."""

    stage: str = "found"
    trouble: str = ""
    criterion_id: int | None = None
    agent_id: int | None = None


def never_followed_up(at: datetime) -> ColumnElement[bool]:
    """Trained, and not one follow-up check: for a week by now, or until the case was closed for want of them."""
    waiting = and_(RemedialCase.state == CaseState.FOLLOWING, RemedialCase.trained_at < at - timedelta(days=7))
    ended = and_(RemedialCase.state == CaseState.UNCLEAR, RemedialCase.closed_at > at - RECENT)
    return and_(RemedialCase.checks == 0, or_(waiting, ended))


def training_overdue(at: datetime) -> ColumnElement[bool]:
    """Open training past its due time."""
    return and_(RemedialCase.state == CaseState.TRAINING, RemedialCase.due_at < at)


def _not_yet_in_a_case(viewer: Person, at: datetime) -> Any:
    """Findings of people that stand or wait, of the last 90 days, and no case was opened for."""
    in_case = select(CaseFinding.finding_id).where(CaseFinding.finding_id == Finding.id).exists()
    return (
        select(Finding)
        .join(FindingStanding, FindingStanding.finding_id == Finding.id)
        .where(
            shop_filter(viewer, Finding.shop_id),
            person_filter(viewer, Finding.agent_id),
            Finding.agent_id != viewer.id,
            Finding.root_cause == RootCause.PERSON,
            Finding.at > at - RECENT,
            FindingStanding.state != FindingState.OVERTURNED,
            ~in_case,
        )
    )


def findings_without_case(viewer: Person, at: datetime, wanted: BoardFilter) -> Any:
    """The first column of the board: findings that nothing was done about yet, the newest first."""
    query = _not_yet_in_a_case(viewer, at).options(
        joinedload(Finding.standing),
        joinedload(Finding.criterion),
        joinedload(Finding.agent).lazyload(Person.grants),
    )
    if wanted.criterion_id is not None:
        query = query.where(Finding.criterion_id == wanted.criterion_id)
    if wanted.agent_id is not None:
        query = query.where(Finding.agent_id == wanted.agent_id)
    return query.order_by(Finding.at.desc(), Finding.id.desc())


def cases_on_board(viewer: Person, at: datetime, wanted: BoardFilter) -> Any:
    """The cases of a stage or a trouble, those that wait longest first; conclusions the newest first."""
    query = (
        select(RemedialCase)
        .where(case_filter(viewer), RemedialCase.agent_id != viewer.id)
        .options(
            joinedload(RemedialCase.agent).lazyload(Person.grants),
            joinedload(RemedialCase.criterion),
            joinedload(RemedialCase.lesson),
        )
    )
    if wanted.trouble == "unfollowed":
        query = query.where(never_followed_up(at))
    elif wanted.trouble == "overdue":
        query = query.where(training_overdue(at))
    elif wanted.trouble == "relapsed":
        query = query.where(RemedialCase.number > 1, RemedialCase.state.in_(OPEN_STATES))
    else:
        query = query.where(RemedialCase.state.in_(STAGES[wanted.stage]))
        if wanted.stage == "concluded":
            query = query.where(RemedialCase.closed_at > at - RECENT)
    if wanted.criterion_id is not None:
        query = query.where(RemedialCase.criterion_id == wanted.criterion_id)
    if wanted.agent_id is not None:
        query = query.where(RemedialCase.agent_id == wanted.agent_id)
    if wanted.stage == "concluded" and not wanted.trouble:
        return query.order_by(RemedialCase.closed_at.desc(), RemedialCase.id.desc())
    return query.order_by(RemedialCase.opened_at, RemedialCase.id)


@dataclass(frozen=True)
class BoardCounts:
    """How many stand in each stage, and in each trouble; and how long the oldest of a stage has waited (days)."""

    oldest: dict[str, int]
    found: int
    training: int
    following: int
    concluded: int
    unfollowed: int
    overdue: int
    relapsed: int
    fixed: int
    unclear: int


def board_counts(viewer: Person, at: datetime) -> BoardCounts:
    """Two statements."""
    row = RemedialCase

    def count(condition: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    recent = row.closed_at > at - RECENT
    query = select(
        count(row.state.in_(STAGES["training"])),
        count(row.state.in_(STAGES["following"])),
        count(and_(row.state.in_(STAGES["concluded"]), recent)),
        count(never_followed_up(at)),
        count(training_overdue(at)),
        count(and_(row.number > 1, row.state.in_(OPEN_STATES))),
        count(and_(row.state == CaseState.FIXED, recent)),
        count(and_(row.state == CaseState.UNCLEAR, recent)),
        func.min(case((row.state.in_(STAGES["training"]), row.opened_at))),
        func.min(case((row.state.in_(STAGES["following"]), row.trained_at))),
    ).where(case_filter(viewer), row.agent_id != viewer.id, or_(row.closed_at.is_(None), recent))
    *counts, opened, trained = db.session.execute(query).one()
    waiting = _not_yet_in_a_case(viewer, at).with_only_columns(func.count(), func.min(Finding.at))
    found, first = db.session.execute(waiting.order_by(None)).one()
    oldest = {"found": first, "training": opened, "following": trained}
    days = {stage: (at - moment).days for stage, moment in oldest.items() if moment is not None}
    return BoardCounts(days, found, *(int(one) for one in counts))


def last_decisions(finding_ids: Sequence[int]) -> dict[int, LoopDecision]:
    """What was decided about each finding last. One statement."""
    query = (
        select(LoopDecision)
        .where(LoopDecision.finding_id.in_(list(finding_ids)))
        .order_by(LoopDecision.at, LoopDecision.id)
    )
    return {one.finding_id: one for one in db.session.scalars(query) if one.finding_id is not None}


def decisions_visible_to(viewer: Person) -> Any:
    """The log of decisions, the newest first."""
    return (
        select(LoopDecision)
        .where(
            shop_filter(viewer, LoopDecision.shop_id),
            person_filter(viewer, LoopDecision.agent_id),
            LoopDecision.agent_id != viewer.id,
        )
        .options(
            joinedload(LoopDecision.agent).lazyload(Person.grants),
            joinedload(LoopDecision.criterion),
            joinedload(LoopDecision.case),
        )
        .order_by(LoopDecision.at.desc(), LoopDecision.id.desc())
    )
