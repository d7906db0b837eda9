"""Who may change whose posts. The list twin is ``queries.people_to_post``."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_assign_to, has_permission
from lms.posts.permissions import PP


def can_change_posts(viewer: Person, person: Person) -> bool:
    """Supervisors within their branch, trainers within the teams that serve their shops; nobody who left."""
    return person.active and has_permission(viewer, PP.POSTS_ASSIGN) and can_assign_to(viewer, person)
