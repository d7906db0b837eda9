"""Who may dispute, see and decide. The list twins stand in ``queries``; a test holds the two together."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission
from lms.qa.disputes.models import Dispute
from lms.qa.enums import FindingState
from lms.qa.evaluations.models import EvaluationStanding, Finding
from lms.qa.evaluations.rules import can_answer
from lms.qa.permissions import Q


def can_file(viewer: Person, finding: Finding, standing: EvaluationStanding, at: datetime) -> bool:
    """Whether the agent may dispute the finding: in the window, once, and not after acknowledging it."""
    return can_answer(viewer, standing, at) and finding.standing.state is FindingState.WAITING


def can_see_dispute(viewer: Person, dispute: Dispute) -> bool:
    """One's own; those of the shop for whoever may decide. The evaluator sees disputes of what they scored."""
    if viewer.id == dispute.agent_id:
        return True
    if not can_see_shop(viewer, dispute.shop_id):
        return False
    evaluation = dispute.finding.evaluation
    return has_permission(viewer, Q.DISPUTES_DECIDE) or viewer.id == evaluation.evaluator_id


def why_not_decide(viewer: Person, dispute: Dispute) -> str:
    """Why somebody who sees the dispute can't decide it; "" when they can."""
    if viewer.id == dispute.agent_id:
        return _("这是您自己的申诉，要由别人裁定。")
    if viewer.id == dispute.finding.evaluation.evaluator_id:
        return _("这份质检单是您评的，要由另一个人裁定。")
    if not has_permission(viewer, Q.DISPUTES_DECIDE) or not can_see_shop(viewer, dispute.shop_id):
        return _("您没有裁定申诉的权限。")
    if dispute.decision is not None:
        return _("这份申诉已经裁定。")
    return ""
