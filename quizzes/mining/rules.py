"""Who may see and change a question group."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission
from quizzes.mining.models import QuestionGroup
from quizzes.permissions import Q


def can_see_group(viewer: Person, group: QuestionGroup) -> bool:
    """Groups of the viewer's shops; the list twin is ``queries.groups_visible_to``."""
    return can_see_shop(viewer, group.shop_id)


def can_edit_group(actor: Person, group: QuestionGroup) -> bool:
    return can_see_group(actor, group) and has_permission(actor, Q.QUESTIONS_EDIT)
