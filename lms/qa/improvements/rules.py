"""Who may see and follow up improvements. The list twin stands in ``queries``; a test holds the two together."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission
from lms.qa.improvements.models import Improvement
from lms.qa.permissions import Q


def can_see_improvement(viewer: Person, improvement: Improvement) -> bool:
    """Those who follow up improvements, for their shops; whoever sees one may change it."""
    return has_permission(viewer, Q.IMPROVEMENTS_EDIT) and can_see_shop(viewer, improvement.shop_id)


def sees_results(viewer: Person) -> bool:
    """Whether ``viewer`` may see results at all; who may not (a trainer) reads findings without names."""
    return has_permission(viewer, Q.EVALUATIONS_READ) or has_permission(viewer, Q.EVALUATIONS_EDIT)
