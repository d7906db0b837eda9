"""Improvements with what asks for them, limited to what the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.orm import contains_eager, joinedload

from lms.conversations.models import Conversation
from lms.kernel.db import db
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant
from lms.people.queries import serving_filter, shop_filter
from lms.people.rules import has_permission, require_visible
from lms.qa.enums import FindingState, ImprovementState
from lms.qa.evaluations.models import Evaluation, Finding, FindingStanding
from lms.qa.evaluations.queries import evaluation_filter
from lms.qa.improvements.models import Improvement, ImprovementFinding
from lms.qa.improvements.rules import can_see_improvement, sees_results
from lms.qa.permissions import Q
from lms.qa.scorecards.models import Criterion

OPEN_STATES = (ImprovementState.OPEN, ImprovementState.DOING)
OWNERS = (Role.LEAD, Role.SUPERVISOR, Role.TRAINER, Role.EVALUATOR, Role.ADMIN)
MOST_FINDINGS = 50
RECENT = timedelta(days=30)


def improvement_filter(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_see_improvement``."""
    return shop_filter(viewer, Improvement.shop_id) if has_permission(viewer, Q.IMPROVEMENTS_EDIT) else false()


def visible_improvement(viewer: Person, improvement_id: int) -> Improvement:
    """The improvement. NotFound unless the viewer may see it."""
    found = db.session.get(
        Improvement,
        improvement_id,
        options=[
            joinedload(Improvement.shop),
            joinedload(Improvement.criterion).joinedload(Criterion.competency),
            joinedload(Improvement.owner).lazyload(Person.grants),
        ],
    )
    require_visible(found is not None and can_see_improvement(viewer, found))
    assert found is not None
    return found


@dataclass(frozen=True)
class ImprovementFilter:
    """What the list is narrowed to; empty means any. ``state`` "" shows what is not closed, "all" everything."""

    state: str = ""
    cause: str = ""
    shop_id: int | None = None


def _counted(since: datetime | None = None) -> Any:
    """How many standing findings ask for an improvement."""
    query = (
        select(func.count())
        .select_from(ImprovementFinding)
        .join(Finding, Finding.id == ImprovementFinding.finding_id)
        .join(FindingStanding, FindingStanding.finding_id == Finding.id)
        .where(ImprovementFinding.improvement_id == Improvement.id, FindingStanding.state == FindingState.CONFIRMED)
    )
    if since is not None:
        query = query.where(Finding.served_at >= since)
    return query.correlate(Improvement).scalar_subquery()


def improvement_list(viewer: Person, wanted: ImprovementFilter, *, at: datetime) -> Select[Any]:
    """(improvement, findings, findings of the last 30 days), what is asked for most first."""
    count = _counted().label("findings")
    query = (
        select(Improvement, count, _counted(at - RECENT).label("recent"))
        .where(improvement_filter(viewer))
        .options(
            joinedload(Improvement.shop),
            joinedload(Improvement.criterion),
            joinedload(Improvement.owner).lazyload(Person.grants),
        )
        .order_by(Improvement.closed_at.is_not(None), count.desc(), Improvement.id)
    )
    if not wanted.state:
        query = query.where(Improvement.state.in_(OPEN_STATES))
    elif wanted.state in list(ImprovementState):
        query = query.where(Improvement.state == wanted.state)
    if wanted.cause:
        query = query.where(Improvement.cause == wanted.cause)
    return query if wanted.shop_id is None else query.where(Improvement.shop_id == wanted.shop_id)


def days_open(improvement: Improvement, at: datetime) -> int:
    """How many days it has been waiting, or took."""
    return max(0, ((improvement.closed_at or at) - improvement.created_at).days)


@dataclass(frozen=True)
class Asking:
    """A finding that asks for an improvement, as the viewer may read it: ``agent`` is "" and the text is cleared of the
    name where the viewer may not see whose it is; ``evaluation_id`` None then."""

    served_at: datetime
    agent: str
    evaluation_id: int | None
    cause_note: str
    note: str
    quotes: tuple[str, ...]
    product: str


@dataclass(frozen=True)
class Askings:
    """Findings of an improvement, newest first; ``hidden`` lie outside the viewer's scope, ``total`` all."""

    shown: tuple[Asking, ...]
    total: int
    hidden: int


def _asking(improvement_ids: Sequence[int]) -> Select[Any]:
    return (
        select(Finding)
        .join(ImprovementFinding, ImprovementFinding.finding_id == Finding.id)
        .join(FindingStanding, FindingStanding.finding_id == Finding.id)
        .join(Evaluation, Evaluation.id == Finding.evaluation_id)
        .where(ImprovementFinding.improvement_id.in_(improvement_ids), FindingStanding.state == FindingState.CONFIRMED)
    )


def askings_of(viewer: Person, improvement: Improvement) -> Askings:
    """The findings that ask for it: of those who see results the ones in their scope, of others all without names."""
    query = _asking([improvement.id])
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    named = sees_results(viewer)
    scope = query.where(and_(evaluation_filter(viewer))) if named else query
    seen = (db.session.scalar(select(func.count()).select_from(scope.subquery())) or 0) if named else total
    rows = db.session.scalars(
        scope.options(
            joinedload(Finding.agent).lazyload(Person.grants),
            contains_eager(Finding.evaluation).joinedload(Evaluation.conversation).load_only(Conversation.product_name),
        )
        .order_by(Finding.served_at.desc(), Finding.id.desc())
        .limit(MOST_FINDINGS)
    )
    return Askings(tuple(_shown(finding, named=named) for finding in rows), total, total - seen)


def _shown(finding: Finding, *, named: bool) -> Asking:
    def text(words: str) -> str:
        return words if named else words.replace(finding.agent.name, _("客服"))

    conversation = finding.evaluation.conversation
    return Asking(
        served_at=finding.served_at,
        agent=finding.agent.name if named else "",
        evaluation_id=finding.evaluation_id if named else None,
        cause_note=text(finding.cause_note),
        note=text(finding.note),
        quotes=tuple(text(quote["text"]) for quote in finding.quotes if quote.get("text")),
        product=conversation.product_name if conversation is not None else "",
    )


def owner_choices(shop_id: int) -> list[Person]:
    """Who can be made the owner: those of the shop who follow up improvements, by name."""
    query = (
        select(Person)
        .where(Person.active, serving_filter(shop_id, Person.id), Person.grants.any(RoleGrant.role.in_(OWNERS)))
        .order_by(Person.name, Person.id)
    )
    return list(db.session.scalars(query))


def open_twin(improvement: Improvement) -> Improvement | None:
    """Another one of the same criterion, cause and shop that is not closed."""
    return db.session.scalars(
        select(Improvement)
        .where(
            Improvement.id != improvement.id,
            Improvement.shop_id == improvement.shop_id,
            Improvement.criterion_id == improvement.criterion_id,
            Improvement.cause == improvement.cause,
            Improvement.state.in_(OPEN_STATES),
        )
        .limit(1)
    ).one_or_none()
