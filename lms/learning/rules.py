"""Who may see whose progress and give whom work, for one object. ``queries`` holds the list twins."""

from __future__ import annotations

from lms.learning.models import Activity, Assignment
from lms.people.models import Person
from lms.people.permissions import P
from lms.people.rules import can_assign_to, can_see_person, can_see_shop, has_permission


def can_see_progress(viewer: Person, person: Person) -> bool:
    """One's own, that of one's branch, and for trainers that of the teams which serve their shops. Never a peer's."""
    return viewer.id == person.id or can_see_person(viewer, person) or can_assign_to(viewer, person)


def can_see_activity(viewer: Person, activity: Activity) -> bool:
    """Activities of the viewer's shops, and those of all shops."""
    return can_see_shop(viewer, activity.shop_id)


def can_cancel(viewer: Person, assignment: Assignment) -> bool:
    """Whoever may give this person work of this shop may take it back."""
    return (
        has_permission(viewer, P.ASSIGNMENTS_EDIT)
        and can_assign_to(viewer, assignment.person)
        and can_see_activity(viewer, assignment.activity)
    )
