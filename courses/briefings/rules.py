"""Who may read and write a briefing. The list twin stands in ``queries``."""

from __future__ import annotations

from courses.briefings.models import Briefing
from courses.briefings.permissions import B
from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission


def can_edit_briefing(person: Person, briefing: Briefing) -> bool:
    """Whoever writes briefings for this shop."""
    return has_permission(person, B.BRIEFINGS_EDIT) and can_see_shop(person, briefing.shop_id)


def can_read_briefing(person: Person, briefing: Briefing) -> bool:
    """Published ones of one's shops; drafts by their writers."""
    if can_edit_briefing(person, briefing):
        return True
    return briefing.published_at is not None and can_see_shop(person, briefing.shop_id)
