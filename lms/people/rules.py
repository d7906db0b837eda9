"""Who may do and see what, for one object. Each rule has a list twin in ``queries``; a test holds the two together."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.kernel.errors import Forbidden, NotFound
from lms.people.models import Person


def has_permission(person: Person, permission: str) -> bool:
    """Whether a role of ``person`` holds ``permission``."""
    return permission in person.access.permissions


def can_see_person(viewer: Person, person: Person) -> bool:
    """Whether ``viewer`` may see the progress and results of ``person``: oneself, and the branch."""
    team_ids = viewer.access.team_ids
    return team_ids is None or viewer.id == person.id or person.team_id in team_ids


def can_see_shop(viewer: Person, shop_id: int | None) -> bool:
    """Whether ``viewer`` may see what belongs to the shop; None belongs to all."""
    shop_ids = viewer.access.shop_ids
    return shop_ids is None or shop_id is None or shop_id in shop_ids


def can_assign_to(viewer: Person, person: Person) -> bool:
    """Whether ``viewer`` may give ``person`` work: the branch, and for trainers the teams that serve their shops."""
    team_ids = viewer.access.served_team_ids
    if team_ids is None:
        return True
    return person.team_id in team_ids | (viewer.access.team_ids or frozenset())


def require(permission: str, *, of: Person) -> None:
    """Raise Forbidden unless the person holds the permission."""
    if not has_permission(of, permission):
        raise Forbidden(_("您没有这项操作的权限。"), hint=_("如工作需要，请联系管理员开通。"))


def require_visible(allowed: bool) -> None:
    """Raise NotFound unless allowed: what lies outside somebody's scope does not exist for them."""
    if not allowed:
        raise NotFound(_("找不到您要的内容，它可能已被删除，或者不在您的可见范围内。"))
