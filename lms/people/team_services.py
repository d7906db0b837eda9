"""Writing teams (a tree), shops, and which team serves which shop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.people.accounts import TEAM_DEPTH_MAX, name_problem, normalise_name, team_name_problem
from lms.people.models import Person, RoleGrant, Shop, Team
from lms.people.permissions import P
from lms.people.rules import require


class TeamError(DomainError):
    """A team or shop that can't be made or changed like this; ``where`` names the form field."""


class NameTaken(Conflict):
    """A sibling team or another shop has this name already."""


def create_team(*, actor: Person, name: str, parent: Team | None, at: datetime) -> Team:
    """Make a team below ``parent``, or at the root."""
    require(P.TEAMS_MANAGE, of=actor)
    name = _free_name(name, parent, except_id=None)
    if parent is not None and depth(parent) >= TEAM_DEPTH_MAX:
        raise TeamError(_("团队最多 %(n)s 级。", n=TEAM_DEPTH_MAX), where="parent_id")
    team = Team(name=name, parent_id=parent.id if parent else None, path="", created_at=at)
    db.session.add(team)
    db.session.flush()
    team.path = f"{parent.path if parent else '/'}{team.id}/"
    db.session.flush()
    return team


def ensure_team(*, actor: Person, names: Sequence[str], at: datetime) -> Team:
    """The team at the path ``names`` from the root down; what is missing of it is made."""
    team: Team | None = None
    for name in names:
        found = child_named(team, name)
        team = found if found is not None else create_team(actor=actor, name=name, parent=team, at=at)
    if team is None:
        raise TeamError(_("请填写团队名称。"), where="team")
    return team


def child_named(parent: Team | None, name: str) -> Team | None:
    """The team of this name right below ``parent``, or at the root."""
    place = Team.parent_id.is_(None) if parent is None else Team.parent_id == parent.id
    return db.session.scalars(select(Team).where(place, Team.name == normalise_name(name))).first()


def rename_team(*, actor: Person, team: Team, name: str) -> Team:
    """Give the team another name; siblings' names stay distinct."""
    require(P.TEAMS_MANAGE, of=actor)
    team.name = _free_name(name, team.parent, except_id=team.id)
    db.session.flush()
    return team


def move_team(*, actor: Person, team: Team, parent: Team | None, name: str = "") -> Team:
    """Hang the team with everything below it under ``parent``, under a new ``name`` if one is given.

    The paths of the whole branch follow. Raises TeamError when ``parent`` lies inside the branch itself.
    """
    require(P.TEAMS_MANAGE, of=actor)
    if (parent.id if parent else None) == team.parent_id:
        return rename_team(actor=actor, team=team, name=name or team.name)
    if parent is not None and parent.path.startswith(team.path):
        raise TeamError(_("不能把团队移到它自己或它的下级下面。"), where="parent_id")
    branch = list(db.session.scalars(select(Team).where(Team.path.startswith(team.path))))
    height = max(depth(each) for each in branch) - depth(team) + 1
    if (depth(parent) if parent else 0) + height > TEAM_DEPTH_MAX:
        raise TeamError(_("团队最多 %(n)s 级。", n=TEAM_DEPTH_MAX), where="parent_id")
    team.name = _free_name(name or team.name, parent, except_id=team.id)
    old = team.path
    new = f"{parent.path if parent else '/'}{team.id}/"
    for each in branch:
        each.path = new + each.path[len(old) :]
    team.parent = parent
    db.session.flush()
    return team


def delete_team(*, actor: Person, team: Team) -> None:
    """Remove an empty team: no people, no teams below, nobody's scope of roles."""
    require(P.TEAMS_MANAGE, of=actor)
    people = db.session.scalar(select(func.count()).select_from(Person).where(Person.team_id == team.id))
    below = db.session.scalar(select(func.count()).select_from(Team).where(Team.parent_id == team.id))
    grants = db.session.scalar(select(func.count()).select_from(RoleGrant).where(RoleGrant.team_id == team.id))
    if people or below or grants:
        message = _("“%(name)s”还有成员、下级团队或管理者，不能删除。", name=team.name)
        raise TeamError(message, hint=_("请先把人和下级团队移走。"))
    db.session.delete(team)
    db.session.flush()


def create_shop(*, actor: Person, name: str, at: datetime) -> Shop:
    """Make a shop; nobody but administrators sees what belongs to it until a team serves it."""
    require(P.TEAMS_MANAGE, of=actor)
    shop = Shop(name=_free_shop_name(name, except_id=None), created_at=at)
    db.session.add(shop)
    db.session.flush()
    return shop


def rename_shop(*, actor: Person, shop: Shop, name: str) -> Shop:
    """Give the shop another name."""
    require(P.TEAMS_MANAGE, of=actor)
    shop.name = _free_shop_name(name, except_id=shop.id)
    db.session.flush()
    return shop


def set_team_shops(*, actor: Person, team: Team, shops: Iterable[Shop]) -> Team:
    """Make these the shops that the team serves itself; teams below serve them too."""
    require(P.TEAMS_MANAGE, of=actor)
    team.shops = list({shop.id: shop for shop in shops}.values())
    db.session.flush()
    return team


def depth(team: Team) -> int:
    """1 for a root team."""
    return team.path.strip("/").count("/") + 1


def _free_name(name: str, parent: Team | None, *, except_id: int | None) -> str:
    name = normalise_name(name)
    if problem := team_name_problem(name):
        raise TeamError(problem, where="name")
    other = child_named(parent, name)
    if other is not None and other.id != except_id:
        raise NameTaken(_("同一级里已经有“%(name)s”了。", name=name), where="name")
    return name


def _free_shop_name(name: str, *, except_id: int | None) -> str:
    name = normalise_name(name)
    if not name:
        raise TeamError(_("请填写店铺名称。"), where="name")
    if problem := name_problem(name):
        raise TeamError(problem.replace(_("姓名"), _("店铺名称")), where="name")
    other = db.session.scalars(select(Shop).where(Shop.name == name)).first()
    if other is not None and other.id != except_id:
        raise NameTaken(_("已经有叫“%(name)s”的店铺了。", name=name), where="name")
    return name
