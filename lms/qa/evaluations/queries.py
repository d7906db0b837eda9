"""Evaluations, lines and findings as they count now, each list limited to what its viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import joinedload

from lms.conversations.models import Message
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import person_filter, shop_filter
from lms.people.rules import has_permission, require_visible
from lms.qa.enums import EntryState, FindingState
from lms.qa.evaluations.models import (
    Evaluation,
    EvaluationLine,
    EvaluationStanding,
    Finding,
    FindingStanding,
    LineRuling,
)
from lms.qa.evaluations.rules import can_see_evaluation
from lms.qa.permissions import Q
from lms.qa.sampling.models import QueueEntry
from lms.qa.sampling.queries import claimable


def evaluation_filter(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_see_evaluation``, over ``Evaluation``."""
    own = Evaluation.agent_id == viewer.id
    shop = shop_filter(viewer, Evaluation.shop_id)
    if has_permission(viewer, Q.EVALUATIONS_EDIT):
        return or_(own, shop)
    if has_permission(viewer, Q.EVALUATIONS_READ):
        return or_(own, and_(shop, person_filter(viewer, Evaluation.agent_id)))
    return or_(own, false())


def visible_evaluation(viewer: Person, evaluation_id: int) -> Evaluation:
    """The evaluation. NotFound unless the viewer may see it."""
    found = db.session.get(
        Evaluation,
        evaluation_id,
        options=[
            joinedload(Evaluation.agent).lazyload(Person.grants),
            joinedload(Evaluation.evaluator).lazyload(Person.grants),
            joinedload(Evaluation.version),
        ],
    )
    require_visible(found is not None and can_see_evaluation(viewer, found))
    assert found is not None
    return found


def evaluations_visible_to(viewer: Person) -> Any:
    """(evaluation, standing), the newest first."""
    return (
        select(Evaluation, EvaluationStanding)
        .join(EvaluationStanding, EvaluationStanding.evaluation_id == Evaluation.id)
        .where(evaluation_filter(viewer))
        .options(
            joinedload(Evaluation.agent).lazyload(Person.grants),
            joinedload(Evaluation.evaluator).lazyload(Person.grants),
            joinedload(Evaluation.version),
        )
        .order_by(Evaluation.submitted_at.desc(), Evaluation.id.desc())
    )


# --- what counts ---------------------------------------------------------------------------------------------------


def counted_value() -> ColumnElement[int | None]:
    """A line's value, or what an arbiter made of it. Needs an outer join of ``LineRuling``."""
    return case((LineRuling.line_id.is_not(None), LineRuling.value), else_=EvaluationLine.value)


def counted_failed() -> ColumnElement[bool]:
    """Whether a line is a fault, rulings counted in. Needs an outer join of ``LineRuling``."""
    return case((LineRuling.line_id.is_not(None), LineRuling.failed), else_=EvaluationLine.failed)


@dataclass(frozen=True)
class CountedLine:
    """A line as it counts now; ``finding_state`` is None when it is no fault."""

    line_id: int
    evaluation_id: int
    criterion_id: int
    value: int | None
    top: int
    failed: bool
    served_at: datetime
    submitted_at: datetime
    finding_id: int | None
    finding_state: FindingState | None
    root_cause: str | None


def counted_lines() -> Any:
    """The columns of :class:`CountedLine`, for any condition on ``EvaluationLine`` to be added."""
    return (
        select(
            EvaluationLine.id,
            EvaluationLine.evaluation_id,
            EvaluationLine.criterion_id,
            counted_value().label("value"),
            EvaluationLine.top,
            counted_failed().label("failed"),
            EvaluationLine.served_at,
            Evaluation.submitted_at,
            Finding.id.label("finding_id"),
            FindingStanding.state.label("finding_state"),
            Finding.root_cause,
        )
        .join(Evaluation, Evaluation.id == EvaluationLine.evaluation_id)
        .outerjoin(LineRuling, LineRuling.line_id == EvaluationLine.id)
        .outerjoin(Finding, Finding.line_id == EvaluationLine.id)
        .outerjoin(FindingStanding, FindingStanding.finding_id == Finding.id)
    )


def last_lines(agent_id: int, criterion_id: int, limit: int) -> list[CountedLine]:
    """The agent's latest lines on a criterion that applied, by the time of the chat, latest first. One statement."""
    query = (
        counted_lines()
        .where(
            EvaluationLine.agent_id == agent_id,
            EvaluationLine.criterion_id == criterion_id,
            counted_value().is_not(None),
        )
        .order_by(EvaluationLine.served_at.desc(), EvaluationLine.id.desc())
        .limit(limit)
    )
    return [CountedLine(*row) for row in db.session.execute(query)]


# --- findings ------------------------------------------------------------------------------------------------------


def findings_visible_to(viewer: Person) -> Any:
    """(finding, standing), the newest first."""
    return (
        select(Finding, FindingStanding)
        .join(FindingStanding, FindingStanding.finding_id == Finding.id)
        .join(Evaluation, Evaluation.id == Finding.evaluation_id)
        .where(evaluation_filter(viewer))
        .options(joinedload(Finding.criterion), joinedload(Finding.agent).lazyload(Person.grants))
        .order_by(Finding.at.desc(), Finding.id.desc())
    )


def open_answers(agent_id: int) -> int:
    """How many results wait for the agent's answer. One statement."""
    query = select(func.count()).where(
        EvaluationStanding.agent_id == agent_id,
        EvaluationStanding.state == "open",
        EvaluationStanding.acknowledged_at.is_(None),
        EvaluationStanding.faults > 0,
    )
    return db.session.scalar(query) or 0


# --- what a page shows beside an evaluation ------------------------------------------------------------------------


def chat_lines(conversation_id: int, most: int = 400) -> list[Message]:
    """The messages of a chat in order; a very long one is cut."""
    query = select(Message).where(Message.conversation_id == conversation_id).order_by(Message.position).limit(most)
    return list(db.session.scalars(query))


def _in_hand(person: Person) -> ColumnElement[bool]:
    return and_(QueueEntry.state == EntryState.CLAIMED, QueueEntry.reviewer_id == person.id)


def queue_counts(person: Person) -> tuple[int, int]:
    """(waiting, claimed by the person) of the chats that the person may score. One statement."""
    query = (
        select(QueueEntry.state, func.count())
        .where(or_(claimable(person), _in_hand(person)))
        .group_by(QueueEntry.state)
    )
    counts = {state: count for state, count in db.session.execute(query)}
    return counts.get(EntryState.WAITING, 0), counts.get(EntryState.CLAIMED, 0)


def in_hand(person: Person, shop_id: int) -> QueueEntry | None:
    """The chat of the shop that the person claimed first and has not scored."""
    query = select(QueueEntry).where(_in_hand(person), QueueEntry.shop_id == shop_id)
    return db.session.scalars(query.order_by(QueueEntry.claimed_at, QueueEntry.id).limit(1)).first()
