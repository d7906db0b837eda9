"""Who may read and write a case. The list twin stands in ``queries``; a test holds the two together."""

from __future__ import annotations

from courses.cases.enums import CaseState
from courses.cases.models import CaseStudy
from courses.cases.permissions import K
from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission


def in_scope(person: Person, case: CaseStudy) -> bool:
    """Of a shop that the person serves and, where teams are named, in one of their branches or leading into one.

    Whoever looks after a branch (a supervisor above the team) sees what its people see.
    """
    if not can_see_shop(person, case.shop_id):
        return False
    if not case.teams or person.access.team_ids is None:
        return True
    own = person.team.path if person.team else ""
    return any(own.startswith(team.path) or team.id in person.access.team_ids for team in case.teams)


def can_read_case(person: Person, case: CaseStudy) -> bool:
    """Published and in scope; its author always."""
    return (case.state is CaseState.PUBLISHED and in_scope(person, case)) or can_edit_case(person, case)


def can_edit_case(person: Person, case: CaseStudy) -> bool:
    """Who may write cases, within the case's scope; the author stays in."""
    if not has_permission(person, K.CASES_EDIT) or not can_write_for(person, case.shop_id):
        return False
    return case.created_by_id == person.id or in_scope(person, case)


def can_write_for(person: Person, shop_id: int | None) -> bool:
    """Whether the person may write cases for this shop, or with None for all of them."""
    return person.access.shop_ids is None if shop_id is None else can_see_shop(person, shop_id)
