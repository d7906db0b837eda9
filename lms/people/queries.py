"""What a person may see: the access of one person, and the filters for lists that agree with ``rules``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from lms.kernel.db import db
from lms.kernel.hookspecs import PermissionSpec
from lms.kernel.plugins import plugins
from lms.people.enums import BRANCH_ROLES, SHOP_ROLES, Role
from lms.people.models import Person, RoleGrant, Shop, Team, TeamShop

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
    """The access of ``person``: one statement the first time, kept on the instance after that."""
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
    paths, serves = _teams_and_shops()

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


def _teams_and_shops() -> tuple[dict[int, str], dict[int, set[int]]]:
    """Every team's path, and the shops that each team serves by itself. One statement."""
    paths: dict[int, str] = {}
    serves: dict[int, set[int]] = {}
    served = select(Team.id, Team.path, TeamShop.shop_id).outerjoin(TeamShop, TeamShop.team_id == Team.id)
    for team_id, path, shop_id in db.session.execute(served):
        paths[team_id] = path
        if shop_id is not None:
            serves.setdefault(team_id, set()).add(shop_id)
    return paths, serves


def people_visible_to(viewer: Person) -> Select[Any]:
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
    """Rows whose person ``viewer`` may assign work to: the branch; for trainers the teams serving their shops."""
    team_ids = viewer.access.served_team_ids
    if team_ids is None:
        return true()
    reach = team_ids | (viewer.access.team_ids or frozenset())
    return column.in_(select(Person.id).where(Person.team_id.in_(reach)).scalar_subquery()) if reach else false()


def serving_filter(shop_id: int | None, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Rows whose person sees the shop: the list of all viewers for whom ``rules.can_see_shop`` holds."""
    if shop_id is None:
        return true()
    paths, serves = _teams_and_shops()
    homes = {path for team_id, path in paths.items() if shop_id in serves.get(team_id, ())}
    serving = {team_id for team_id, path in paths.items() if any(path.startswith(home) for home in homes)}
    above = {int(part) for team_id in serving for part in paths[team_id].strip("/").split("/")}
    scoped = RoleGrant.role.in_(BRANCH_ROLES | SHOP_ROLES) & func.coalesce(RoleGrant.team_id, Person.team_id).in_(above)
    by_role = Person.grants.any(or_(RoleGrant.role == Role.ADMIN, scoped))
    return column.in_(select(Person.id).where(or_(Person.team_id.in_(serving), by_role)).scalar_subquery())


def serving_with_role(roles: Iterable[str], shop_id: int | None) -> list[int]:
    """The ids of people on duty who hold one of the roles and see the shop: whom something of a shop is told to."""
    query = select(Person.id).where(
        Person.active, Person.grants.any(RoleGrant.role.in_(list(roles))), serving_filter(shop_id, Person.id)
    )
    return list(db.session.scalars(query))


def branch_heads(person: Person) -> dict[Role, list[int]]:
    """The leads and supervisors on duty of the branches that ``person`` belongs to: {role: ids}. One statement."""
    found: dict[Role, list[int]] = {role: [] for role in BRANCH_ROLES}
    if person.team is None:
        return found
    above = [int(part) for part in person.team.path.split("/") if part]
    query = (
        select(RoleGrant.role, Person.id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            Person.active,
            RoleGrant.role.in_(BRANCH_ROLES),
            func.coalesce(RoleGrant.team_id, Person.team_id).in_(above),
        )
        .distinct()
        .order_by(Person.id)
    )
    for role, person_id in db.session.execute(query):
        found[role].append(person_id)
    return found


def shops_visible_to(viewer: Person) -> list[Shop]:
    """The shops of ``viewer``, by name."""
    query = select(Shop).order_by(Shop.name)
    if viewer.access.shop_ids is not None:
        query = query.where(Shop.id.in_(viewer.access.shop_ids))
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class PeopleFilter:
    """What a list of people is narrowed to. ``state`` is "active", "left" or "all"."""

    text: str = ""
    team_id: int | None = None
    role: Role | None = None
    state: str = "active"


def people_list(viewer: Person, wanted: PeopleFilter) -> Select[Any]:
    """The people that ``viewer`` may look up, narrowed and in order of name; with their team and roles."""
    query = people_visible_to(viewer).order_by(Person.name, Person.id)
    if wanted.text:
        text = wanted.text.strip()
        query = query.where(
            or_(Person.name.contains(text, autoescape=True), Person.account.contains(text.casefold(), autoescape=True))
        )
    if wanted.team_id is not None:
        query = query.where(Person.team_id.in_(branch_ids(wanted.team_id)))
    if wanted.role is not None:
        query = query.where(Person.grants.any(RoleGrant.role == wanted.role))
    if wanted.state != "all":
        query = query.where(Person.active.is_(wanted.state == "active"))
    return query


def branch_ids(team_id: int) -> Select[Any]:
    """The ids of a team and of everything below it, as a subquery."""
    root = select(Team.path).where(Team.id == team_id).scalar_subquery()
    return select(Team.id).where(Team.path.like(root.concat("%")))


def team_paths() -> dict[int, str]:
    """Every team's path in names, "售后部/A组", in the order of the tree. One statement."""
    rows = {row.id: row for row in db.session.execute(select(Team.id, Team.name, Team.parent_id, Team.path))}
    names: dict[int, tuple[str, ...]] = {}
    for row in sorted(rows.values(), key=lambda row: row.path.count("/")):
        names[row.id] = (*names.get(row.parent_id, ()), row.name)
    return {team_id: "/".join(path) for team_id, path in sorted(names.items(), key=lambda item: item[1])}


def team_choices(viewer: Person, *, reach: frozenset[int] | None) -> list[tuple[int, str]]:
    """(id, "售后部/A组") of the teams in ``reach`` (None = all), for a choice of teams."""
    return [(team_id, path) for team_id, path in team_paths().items() if reach is None or team_id in reach]


@dataclass(frozen=True)
class TeamRow:
    """A line of the tree: the team, how deep it hangs (0 = root), people in it and in the branch, shops it serves."""

    team: Team
    depth: int
    people: int
    branch_people: int
    shops: tuple[Shop, ...]


def team_tree() -> list[TeamRow]:
    """The whole tree, parents before their children, children by name. Three statements."""
    teams = {team.id: team for team in db.session.scalars(select(Team).options(selectinload(Team.shops)))}
    counted = select(Person.team_id, func.count()).where(Person.active).group_by(Person.team_id)
    counts: dict[int | None, int] = {team_id: n for team_id, n in db.session.execute(counted)}

    def names(team: Team) -> list[str]:
        return [teams[int(part)].name for part in team.path.strip("/").split("/")]

    rows = []
    for team in sorted(teams.values(), key=names):
        branch = sum(n for team_id, n in counts.items() if team_id and teams[team_id].path.startswith(team.path))
        shops = tuple(sorted(team.shops, key=lambda shop: shop.name))
        rows.append(TeamRow(team, team.path.count("/") - 2, counts.get(team.id, 0), branch, shops))
    return rows


def people_without_password(limit: int | None = None) -> Select[Any]:
    """Active people to whom no password was ever handed out, by team and name."""
    query = (
        select(Person).where(Person.active, Person.password_hash == "").order_by(Person.team_id, Person.name, Person.id)
    )
    return query if limit is None else query.limit(limit)


def count_without_password() -> int:
    """How many people wait for their first password."""
    query = select(func.count()).select_from(people_without_password().order_by(None).subquery())
    return db.session.scalar(query) or 0
