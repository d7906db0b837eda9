"""What a person may see: the access of one person, and the filters for lists that agree with ``rules``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from lms.kernel.db import db
from lms.kernel.hookspecs import PermissionSpec
from lms.kernel.plugins import plugins
from lms.people.enums import BRANCH_ROLES, SHOP_ROLES, Role
from lms.people.models import Person, Shop, Team, TeamShop

ACCESS_KEY = "_access"


@dataclass(frozen=True)
class Access:
    """What one person may do and see. ``None`` for team_ids or shop_ids means all of them.

    team_ids: the branches whose people the person sees; shop_ids: the shops whose content the person sees;
    served_team_ids: the teams that serve one of those shops, to whose people a trainer may assign.
    """

    person_id: int
    roles: frozenset[Role]
    permissions: frozenset[str]
    team_ids: frozenset[int] | None
    shop_ids: frozenset[int] | None
    served_team_ids: frozenset[int] | None


def permission_specs() -> list[PermissionSpec]:
    """Every permission of every plugin."""
    return plugins().all("permissions")


def permissions_of(roles: frozenset[Role]) -> frozenset[str]:
    """The permissions that these roles hold together."""
    return frozenset(spec.name for spec in permission_specs() if roles & spec.roles)


def access_of(person: Person) -> Access:
    """The access of ``person``: two statements the first time, kept on the instance after that."""
    cached = person.__dict__.get(ACCESS_KEY)
    if isinstance(cached, Access):
        return cached
    roles = frozenset(grant.role for grant in person.grants)
    if Role.ADMIN in roles:
        access = Access(person.id, roles, permissions_of(roles), None, None, None)
    else:
        access = _scoped_access(person, roles)
    person.__dict__[ACCESS_KEY] = access
    return access


def forget_access(person: Person) -> None:
    """Work the access out anew at its next use; call it when roles or teams were changed."""
    person.__dict__.pop(ACCESS_KEY, None)


def _scoped_access(person: Person, roles: frozenset[Role]) -> Access:
    paths = {team_id: path for team_id, path in db.session.execute(select(Team.id, Team.path))}
    serves: dict[int, set[int]] = {}
    for team_id, shop_id in db.session.execute(select(TeamShop.team_id, TeamShop.shop_id)):
        serves.setdefault(team_id, set()).add(shop_id)

    def below(root: int) -> set[int]:
        return {team_id for team_id, path in paths.items() if path.startswith(paths[root])} if root in paths else set()

    def shops_of(team_id: int) -> set[int]:
        above = [int(part) for part in paths.get(team_id, "").split("/") if part]
        return set().union(*(serves.get(ancestor, set()) for ancestor in above)) if above else set()

    branches: set[int] = set()
    homes: set[int] = {person.team_id} if person.team_id is not None else set()
    for grant in person.grants:
        root = grant.team_id if grant.team_id is not None else person.team_id
        if root is None:
            continue
        if grant.role in BRANCH_ROLES:
            branches |= below(root)
        if grant.role in BRANCH_ROLES | SHOP_ROLES:
            homes |= below(root)
    shops = set().union(*(shops_of(team_id) for team_id in homes)) if homes else set()
    served = {team_id for team_id in paths if shops_of(team_id) & shops}
    return Access(
        person.id,
        roles,
        permissions_of(roles),
        frozenset(branches),
        frozenset(shops),
        frozenset(served) if Role.TRAINER in roles else frozenset(branches),
    )


def people_visible_to(viewer: Person) -> Select[tuple[Person]]:
    """The people whose progress and results ``viewer`` may see: oneself, and the branch."""
    return select(Person).where(person_filter(viewer, Person.id))


def person_filter(viewer: Person, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Rows whose person ``viewer`` may see; the list side of ``rules.can_see_person``."""
    team_ids = viewer.access.team_ids
    if team_ids is None:
        return true()
    own = column == viewer.id
    if not team_ids:
        return own
    return or_(own, column.in_(select(Person.id).where(Person.team_id.in_(team_ids)).scalar_subquery()))


def shop_filter(viewer: Person, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Rows whose shop ``viewer`` may see; the list side of ``rules.can_see_shop``. NULL belongs to all shops."""
    shop_ids = viewer.access.shop_ids
    if shop_ids is None:
        return true()
    return or_(column.is_(None), column.in_(shop_ids) if shop_ids else false())


def assignable_filter(viewer: Person, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Rows whose person ``viewer`` may assign work to: the branch, and for trainers the teams that serve their shops."""
    team_ids = viewer.access.served_team_ids
    if team_ids is None:
        return true()
    reach = team_ids | (viewer.access.team_ids or frozenset())
    return column.in_(select(Person.id).where(Person.team_id.in_(reach)).scalar_subquery()) if reach else false()


def shops_visible_to(viewer: Person) -> list[Shop]:
    """The shops of ``viewer``, by name."""
    query = select(Shop).order_by(Shop.name)
    if viewer.access.shop_ids is not None:
        query = query.where(Shop.id.in_(viewer.access.shop_ids))
    return list(db.session.scalars(query))
