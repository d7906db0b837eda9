"""What people are told about disputes."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.inbox.services import notify
from lms.qa.disputes.models import Dispute, DisputeDecision
from lms.qa.disputes.queries import arbiters_of


def tell_arbiters(dispute: Dispute) -> None:
    """Tell those who could decide that a dispute waits."""
    notify(
        people=arbiters_of(dispute),
        kind="qa",
        key=f"dispute-{dispute.id}",
        title=_("有一份申诉等待裁定：%(name)s", name=dispute.finding.criterion.name),
        body=dispute.reason,
        url=f"/qa/disputes/{dispute.id}",
        at=dispute.filed_at,
    )


def tell_of_decision(decision: DisputeDecision) -> None:
    """Tell the agent and the evaluator what was decided, and why."""
    dispute = decision.dispute
    evaluation = dispute.finding.evaluation
    name = dispute.finding.criterion.name
    title = _("申诉成立：%(name)s", name=name) if decision.upheld else _("申诉未成立：%(name)s", name=name)
    for person_id, url in (
        (dispute.agent_id, f"/qa/evaluations/{evaluation.id}"),
        (evaluation.evaluator_id, f"/qa/disputes/{dispute.id}"),
    ):
        if person_id is not None:
            key = f"dispute-decided-{dispute.id}"
            notify(people=[person_id], kind="qa", key=key, title=title, body=decision.reason, url=url, at=decision.at)
