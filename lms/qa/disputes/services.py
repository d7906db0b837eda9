"""Disputing a finding, and deciding the dispute. Both are facts that are appended; the finding's standing follows."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError, Forbidden
from lms.kernel.plugins import hooks
from lms.people.models import Person
from lms.people.rules import require_visible
from lms.qa.disputes.models import Dispute, DisputeDecision
from lms.qa.disputes.rules import can_file, can_see_dispute, why_not_decide
from lms.qa.evaluations.models import Finding, FindingStanding
from lms.qa.evaluations.services import confirm_finding, hold_finding, overturn_finding, standing_of
from lms.qa.scorecards.definition import CriterionSpec, Definition


class DisputeClosed(Conflict):
    """The time to dispute is over, or the finding was answered already."""


class AlreadyDecided(Conflict):
    """Another arbiter was faster."""


class NotArbiter(Forbidden):
    """The agent, the evaluator, or somebody without the permission."""


class DecisionError(DomainError):
    """A decision without a reason, or a value that the line can't get."""


def _lock(finding_id: int) -> None:
    """Let nobody else answer or decide this finding before the transaction ends."""
    touched = (
        update(FindingStanding)
        .where(FindingStanding.finding_id == finding_id)
        .values(changed_at=FindingStanding.changed_at)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(touched)


def file_dispute(*, actor: Person, finding: Finding, reason: str, at: datetime) -> Dispute:
    """The agent disputes a finding, once. A second call returns the dispute that is there.

    Raises DisputeClosed outside the window or after acknowledging; DecisionError without a reason.
    """
    require_visible(actor.id == finding.agent_id)
    if not reason.strip():
        raise DecisionError(_("请写明为什么不该扣分。"))
    _lock(finding.id)
    there = db.session.scalar(select(Dispute).where(Dispute.finding_id == finding.id))
    if there is not None:
        return there
    db.session.refresh(finding.standing)
    if not can_file(actor, finding, standing_of(finding.evaluation_id), at):
        raise DisputeClosed(_("这一项不能再申诉：已经确认，或者过了期限。"))
    dispute = Dispute(
        finding_id=finding.id,
        shop_id=finding.shop_id,
        agent_id=actor.id,
        reason=reason.strip()[:1000],
        filed_at=at,
    )
    db.session.add(dispute)
    db.session.flush()
    hold_finding(finding=finding, at=at)
    hooks().dispute_filed(dispute=dispute)
    return dispute


def spec_of(finding: Finding) -> CriterionSpec:
    """The criterion as the version worded it that the chat was scored with."""
    return Definition.from_json(finding.evaluation.version.definition).by_id()[finding.criterion_id]


def passing_values(spec: CriterionSpec) -> list[int | None]:
    """What a line may get when the dispute is upheld, the best first; None = does not apply."""
    values: list[int | None] = list(range(spec.top, spec.pass_from - 1, -1))
    return [*values, None] if spec.na_allowed else values


def decide_dispute(
    *, actor: Person, dispute: Dispute, upheld: bool, value: int | None, reason: str, at: datetime
) -> DisputeDecision:
    """Decide a dispute. Upheld, the line counts as ``value`` from now on (None: it did not apply).

    Raises NotArbiter with the reason, AlreadyDecided when another arbiter was faster, DecisionError for what the line
    can't get. ``value`` means nothing when the dispute is turned down.
    """
    require_visible(can_see_dispute(actor, dispute))
    _lock(dispute.finding_id)
    db.session.refresh(dispute, ["decision"])
    if dispute.decision is not None:
        raise AlreadyDecided(_("这份申诉已经由别人裁定。"), hint=_("请刷新页面查看裁定结果。"))
    refused = why_not_decide(actor, dispute)
    if refused:
        raise NotArbiter(refused)
    if not reason.strip():
        raise DecisionError(_("请写明裁定的理由，客服和质检员都会看到。"))
    finding = dispute.finding
    if upheld and value not in passing_values(spec_of(finding)):
        raise DecisionError(_("请选择申诉成立后这一项怎么计。"))
    decision = DisputeDecision(
        dispute_id=dispute.id,
        arbiter_id=actor.id,
        upheld=upheld,
        not_applicable=upheld and value is None,
        value=value if upheld else None,
        reason=reason.strip()[:1000],
        at=at,
    )
    db.session.add(decision)
    db.session.flush()
    db.session.refresh(dispute, ["decision"])
    if upheld:
        overturn_finding(finding=finding, value=value, at=at)
    else:
        confirm_finding(finding=finding, at=at)
    hooks().dispute_decided(decision=decision)
    return decision
