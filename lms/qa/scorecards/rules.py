"""Who may see and write a scorecard. The list twins stand in ``queries``; a test holds the two together."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission
from lms.qa.permissions import Q
from lms.qa.scorecards.models import Scorecard


def can_write_for(person: Person, shop_id: int | None) -> bool:
    """Whether ``person`` may write scorecards of the shop; those of all shops only who sees all shops."""
    if not has_permission(person, Q.SCORECARDS_EDIT):
        return False
    return person.access.shop_ids is None if shop_id is None else can_see_shop(person, shop_id)


def can_edit_scorecard(person: Person, scorecard: Scorecard) -> bool:
    """Whether ``person`` may edit, publish and archive it."""
    return can_write_for(person, scorecard.shop_id)


def can_see_scorecard(person: Person, scorecard: Scorecard) -> bool:
    """Everybody of the shop may read what they are measured by, once it is published; a draft is its editors'."""
    if can_edit_scorecard(person, scorecard):
        return True
    return scorecard.current_number is not None and can_see_shop(person, scorecard.shop_id)
