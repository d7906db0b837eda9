"""Gathering findings whose cause is the process or the product, and following up what they ask for."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from lms.inbox.services import notify
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.people.models import Person
from lms.people.rules import require_visible
from lms.qa.enums import ImprovementState, RootCause
from lms.qa.evaluations.models import Finding
from lms.qa.improvements.labels import CAUSES
from lms.qa.improvements.models import Improvement, ImprovementFinding
from lms.qa.improvements.queries import OPEN_STATES, open_twin, owner_choices
from lms.qa.improvements.rules import can_see_improvement
from lms.qa.scorecards.models import Criterion

GATHERED = (RootCause.PROCESS, RootCause.PRODUCT)


class ImprovementError(DomainError):
    """A change that can't be kept like this; ``where`` names the field."""


class ImprovementMoved(Conflict):
    """Somebody else changed it since the page was opened."""


def gather(*, finding: Finding, at: datetime) -> Improvement | None:
    """Put a standing finding under the open improvement of its criterion, cause and shop; begin one if there is none.

    None for causes that nobody can mend that way. A finding is gathered once.
    """
    if finding.root_cause not in GATHERED:
        return None
    known = db.session.scalars(
        select(Improvement).join(ImprovementFinding).where(ImprovementFinding.finding_id == finding.id)
    ).one_or_none()
    if known is not None:
        return known
    # Locks the criterion's row: of two findings confirmed at once the second sees the improvement of the first.
    db.session.execute(update(Criterion).where(Criterion.id == finding.criterion_id).values(code=Criterion.code))
    improvement = db.session.scalars(
        select(Improvement)
        .where(
            Improvement.shop_id == finding.shop_id,
            Improvement.criterion_id == finding.criterion_id,
            Improvement.cause == finding.root_cause,
            Improvement.state.in_(OPEN_STATES),
        )
        .order_by(Improvement.id)
        .limit(1)
    ).one_or_none()
    if improvement is None:
        improvement = Improvement(
            shop_id=finding.shop_id,
            criterion_id=finding.criterion_id,
            cause=finding.root_cause,
            title=_("%(criterion)s：改%(cause)s", criterion=finding.criterion.name, cause=CAUSES[finding.root_cause])[
                :200
            ],
            created_at=at,
            changed_at=at,
        )
        db.session.add(improvement)
        db.session.flush()
    db.session.add(ImprovementFinding(improvement_id=improvement.id, finding_id=finding.id))
    db.session.flush()
    return improvement


def drop_finding(*, finding: Finding) -> None:
    """An overturned finding asks for nothing. An improvement that only it asked for goes, if nobody touched it."""
    improvement_id = db.session.scalar(
        select(ImprovementFinding.improvement_id).where(ImprovementFinding.finding_id == finding.id)
    )
    if improvement_id is None:
        return
    db.session.execute(delete(ImprovementFinding).where(ImprovementFinding.finding_id == finding.id))
    left = db.session.scalar(
        select(func.count()).where(ImprovementFinding.improvement_id == improvement_id).select_from(ImprovementFinding)
    )
    improvement = db.session.get_one(Improvement, improvement_id)
    untouched = improvement.state is ImprovementState.OPEN and not improvement.proposal and improvement.owner_id is None
    if not left and untouched:
        db.session.delete(improvement)
    db.session.flush()


def follow_up(
    *,
    actor: Person,
    improvement: Improvement,
    state: ImprovementState,
    title: str,
    proposal: str,
    outcome: str,
    owner_id: int | None,
    due_on: date | None,
    at: datetime,
    known: datetime | None = None,
) -> Improvement:
    """Keep what is to be done, by whom and by when, and what came of it; tell a new owner.

    To close one the outcome must be written. Raises ImprovementMoved when it was changed after ``known``.
    """
    require_visible(can_see_improvement(actor, improvement))
    if known is not None and improvement.changed_at != known:
        raise ImprovementMoved(_("这条改进事项刚被别人改过，您的改动还没有保存。"), hint=_("请核对最新内容后再保存。"))
    if not title.strip():
        raise ImprovementError(_("请填写标题。"), where="title")
    closing = state not in OPEN_STATES
    if closing and not outcome.strip():
        raise ImprovementError(_("请写明结果：改了什么，或者为什么不改。"), where="outcome")
    if not closing and open_twin(improvement) is not None:
        raise ImprovementError(_("同一评分项、同一原因已经有一条在处理了，不能重新打开这条。"), where="state")
    if owner_id is not None and owner_id not in {person.id for person in owner_choices(improvement.shop_id)}:
        raise ImprovementError(_("负责人不在这家店铺，请重新选择。"), where="owner_id")
    new_owner = owner_id is not None and owner_id not in (improvement.owner_id, actor.id)
    improvement.state, improvement.title = state, title.strip()[:200]
    improvement.proposal, improvement.outcome = proposal.strip()[:1000], outcome.strip()[:1000]
    improvement.owner_id, improvement.due_on = owner_id, due_on
    improvement.closed_at = (improvement.closed_at or at) if closing else None
    improvement.changed_at = at
    db.session.flush()
    if new_owner and owner_id is not None:
        notify(
            people=[owner_id],
            kind="improvement",
            key=f"improvement:{improvement.id}:{owner_id}",
            title=_("请跟进改进事项：%(title)s", title=improvement.title),
            body=improvement.proposal,
            url=f"/qa/improvements/{improvement.id}",
            at=at,
        )
    return improvement
