"""Who may see and answer an evaluation. The list twins stand in ``queries``; a test holds the two together."""

from __future__ import annotations

from datetime import datetime

from lms.people.models import Person
from lms.people.rules import can_see_person, can_see_shop, has_permission
from lms.qa.enums import EvaluationState
from lms.qa.evaluations.models import Evaluation, EvaluationStanding
from lms.qa.permissions import Q
from lms.qa.sampling.models import QueueEntry, Reviewer


def can_see_evaluation(viewer: Person, evaluation: Evaluation) -> bool:
    """One's own; those of one's branch; for evaluators those of their shops. Never a peer's.

    A part-time reviewer is no evaluator: the scoring page is all that they see of a chat.
    """
    if viewer.id == evaluation.agent_id:
        return True
    if not can_see_shop(viewer, evaluation.shop_id):
        return False
    if has_permission(viewer, Q.EVALUATIONS_EDIT):
        return True
    return has_permission(viewer, Q.EVALUATIONS_READ) and can_see_person(viewer, evaluation.agent)


def can_answer(viewer: Person, standing: EvaluationStanding, at: datetime) -> bool:
    """Whether the agent may still acknowledge or dispute lines of it."""
    return (
        viewer.id == standing.agent_id
        and standing.acknowledged_at is None
        and standing.state is not EvaluationState.SETTLED
        and at < standing.answer_until
    )


def can_score(viewer: Person, entry: QueueEntry, reviewer: Reviewer | None) -> bool:
    """Whether ``viewer`` may score the chat: evaluators of the shop and those on its list of reviewers; never one's
    own chat. ``reviewer`` is the viewer's line on that list, if there is one.
    """
    if viewer.id == entry.agent_id or not can_see_shop(viewer, entry.shop_id):
        return False
    if reviewer is not None and reviewer.removed_at is None:
        return reviewer.suspended_at is None
    return has_permission(viewer, Q.EVALUATIONS_EDIT)
