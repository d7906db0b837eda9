"""Who may see, change and take a quiz. The list twins stand in ``queries``."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission
from quizzes.papers.models import Quiz
from quizzes.permissions import Q


def can_see_quiz(viewer: Person, quiz: Quiz) -> bool:
    """Whether the quiz is within the viewer's shops."""
    return can_see_shop(viewer, quiz.shop_id)


def can_edit_quiz(actor: Person, quiz: Quiz) -> bool:
    """Whether the actor may change, publish and close it."""
    return has_permission(actor, Q.QUIZZES_EDIT) and can_see_quiz(actor, quiz)


def item_fits(item_shop_id: int | None, quiz_shop_id: int | None) -> bool:
    """Whether an item may stand in a quiz: of the same shop, or of all shops. One for all takes only items for all."""
    return item_shop_id is None or item_shop_id == quiz_shop_id
