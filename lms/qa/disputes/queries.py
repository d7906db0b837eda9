"""Disputes as somebody may see them, the arbiters of a shop, and how often disputes are upheld."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import permission_specs, serving_with_role, shop_filter
from lms.people.rules import has_permission, require_visible
from lms.qa.disputes.models import Dispute, DisputeDecision
from lms.qa.disputes.rules import can_see_dispute
from lms.qa.evaluations.models import Evaluation, EvaluationLine, Finding
from lms.qa.permissions import Q


def dispute_filter(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_see_dispute``. Needs the joins of ``Finding`` and ``Evaluation``."""
    shop = shop_filter(viewer, Dispute.shop_id)
    others = shop if has_permission(viewer, Q.DISPUTES_DECIDE) else and_(shop, Evaluation.evaluator_id == viewer.id)
    return or_(Dispute.agent_id == viewer.id, others)


def _joined(*columns: Any) -> Any:
    return (
        select(*columns)
        .join(Finding, Finding.id == Dispute.finding_id)
        .join(Evaluation, Evaluation.id == Finding.evaluation_id)
        .outerjoin(DisputeDecision, DisputeDecision.dispute_id == Dispute.id)
    )


def _loaded() -> list[Any]:
    return [
        joinedload(Dispute.decision).joinedload(DisputeDecision.arbiter).lazyload(Person.grants),
        joinedload(Dispute.agent).lazyload(Person.grants),
        joinedload(Dispute.finding).joinedload(Finding.criterion),
        joinedload(Dispute.finding).joinedload(Finding.standing),
        joinedload(Dispute.finding).joinedload(Finding.line),
        joinedload(Dispute.finding)
        .joinedload(Finding.evaluation)
        .joinedload(Evaluation.evaluator)
        .lazyload(Person.grants),
        joinedload(Dispute.finding).joinedload(Finding.evaluation).joinedload(Evaluation.version),
    ]


def disputes_visible_to(viewer: Person, *, decided: bool | None = None) -> Any:
    """Disputes: what waits first, the oldest first; then those decided last."""
    query = _joined(Dispute).where(dispute_filter(viewer)).options(*_loaded())
    if decided is not None:
        has = DisputeDecision.dispute_id.is_not(None)
        query = query.where(has if decided else ~has)
    waiting = case((DisputeDecision.dispute_id.is_(None), Dispute.filed_at))
    return query.order_by(waiting.asc().nulls_last(), DisputeDecision.at.desc(), Dispute.id.desc())


def visible_dispute(viewer: Person, dispute_id: int) -> Dispute:
    """The dispute with all that its page shows. NotFound unless the viewer may see it."""
    found = db.session.get(Dispute, dispute_id, options=_loaded())
    require_visible(found is not None and can_see_dispute(viewer, found))
    assert found is not None
    return found


def disputes_of(viewer: Person, evaluation_id: int) -> list[Dispute]:
    """The disputes of one evaluation, as the viewer of the evaluation may read them, the oldest first."""
    query = _joined(Dispute).where(Finding.evaluation_id == evaluation_id).options(*_loaded())
    return list(db.session.scalars(query.order_by(Dispute.filed_at)))


def count_waiting(viewer: Person) -> int:
    """How many disputes the viewer could decide. One statement."""
    if not has_permission(viewer, Q.DISPUTES_DECIDE):
        return 0
    query = _joined(func.count(Dispute.id)).where(
        shop_filter(viewer, Dispute.shop_id),
        DisputeDecision.dispute_id.is_(None),
        Dispute.agent_id != viewer.id,
        or_(Evaluation.evaluator_id.is_(None), Evaluation.evaluator_id != viewer.id),
    )
    return db.session.scalar(query) or 0


def arbiters_of(dispute: Dispute) -> list[int]:
    """Who could decide it: everybody with the permission who sees the shop, but the agent and the evaluator."""
    roles = {role for spec in permission_specs() if spec.name == Q.DISPUTES_DECIDE for role in spec.roles}
    neither = (dispute.agent_id, dispute.finding.evaluation.evaluator_id)
    return [ident for ident in serving_with_role(roles, dispute.shop_id) if ident not in neither]


@dataclass(frozen=True)
class Outcome:
    """Of the decided disputes of a criterion or of an evaluator's scores: how many were upheld of how many, and how
    many of its faults were disputed at all."""

    name: str
    faults: int
    disputed: int
    decided: int
    upheld: int

    @property
    def share(self) -> float | None:
        """Upheld ÷ decided; None before anything was decided."""
        return self.upheld / self.decided if self.decided else None


def outcomes(viewer: Person, since: datetime, *, by: str) -> list[Outcome]:
    """Disputes of findings since then, by "criterion" or "evaluator", those with most upheld first. One statement."""
    evaluator = aliased(Person)
    name = EvaluationLine.name if by == "criterion" else evaluator.name
    key = Finding.criterion_id if by == "criterion" else Evaluation.evaluator_id
    query = (
        select(
            func.max(name),
            func.count(Finding.id),
            func.count(Dispute.id),
            func.count(DisputeDecision.dispute_id),
            func.coalesce(func.sum(cast(DisputeDecision.upheld, Integer)), 0),
        )
        .join(Evaluation, Evaluation.id == Finding.evaluation_id)
        .join(EvaluationLine, EvaluationLine.id == Finding.line_id)
        .outerjoin(Dispute, Dispute.finding_id == Finding.id)
        .outerjoin(DisputeDecision, DisputeDecision.dispute_id == Dispute.id)
        .where(shop_filter(viewer, Finding.shop_id), Finding.at >= since)
        .group_by(key)
        .having(func.count(Dispute.id) > 0)
    )
    if by == "evaluator":
        query = query.join(evaluator, evaluator.id == Evaluation.evaluator_id)
    rows = [Outcome(*row) for row in db.session.execute(query)]
    return sorted(rows, key=lambda row: (-(row.share or 0), -row.disputed, row.name))
