"""Who may see a remedial case. The list twin is ``queries.case_filter``; a test holds the two together."""

from __future__ import annotations

from lms.coaching.enums import CaseState
from lms.coaching.loop.models import RemedialCase
from lms.coaching.permissions import C
from lms.people.models import Person
from lms.people.rules import can_see_person, can_see_shop, has_permission


def can_see_case(viewer: Person, case: RemedialCase) -> bool:
    """One's own once it has been given out (whoever waits for the lot must not know); those of one's branch."""
    if viewer.id == case.agent_id:
        return case.state is not CaseState.DELAYED
    return (
        has_permission(viewer, C.LOOP_READ)
        and can_see_shop(viewer, case.shop_id)
        and can_see_person(viewer, case.agent)
    )


def can_steer_case(viewer: Person, case: RemedialCase) -> bool:
    """Whoever coaches the agent: opens, closes and signs off by hand; never one's own."""
    return viewer.id != case.agent_id and has_permission(viewer, C.COACHING_EDIT) and can_see_case(viewer, case)
