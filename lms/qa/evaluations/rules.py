"""Who may see and answer an evaluation. The list twins stand in ``queries``; a test holds the two together."""

from __future__ import annotations

from datetime import datetime

from lms.people.models import Person
from lms.people.rules import can_see_person, can_see_shop, has_permission
from lms.qa.enums import EvaluationState
from lms.qa.evaluations.models import Evaluation, EvaluationStanding
from lms.qa.permissions import Q
from lms.qa.sampling.models import QueueEntry, Reviewer
from lms.qa.sampling.rules import is_reviewer


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


def can_score(viewer: Person, entry: QueueEntry, line: Reviewer | None) -> bool:
    """Whether ``viewer`` may score the chat at all: a reviewer of the shop, and never of one's own chat. ``line`` is
    theirs on the shop's list of reviewers. Whether the chat is in their hands is for ``desk.take`` to say.
    """
    return viewer.id != entry.agent_id and is_reviewer(viewer, entry.shop_id, line)
