"""Writing people: accounts, roles, leaving. Every change needs the permission to manage people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.plugins import hooks
from lms.people.accounts import account_problem, name_problem, normalise_account, normalise_name
from lms.people.enums import BRANCH_ROLES, SHOP_ROLES, Role
from lms.people.models import Person, RoleGrant, Team
from lms.people.permissions import P
from lms.people.queries import forget_access
from lms.people.rules import require
from lms.people.sign_in_services import give_one_time_password

_AT_ONCE = 500  # accounts in one statement: databases limit its parameters


class PersonError(DomainError):
    """An account that can't be made or changed like this; ``where`` names the form field."""


class AccountTaken(Conflict):
    """Somebody has this account already."""


@dataclass(frozen=True)
class GrantWish:
    """A role to hold; ``team_id`` is the branch it holds in, None the person's own team."""

    role: Role
    team_id: int | None = None


@dataclass(frozen=True)
class NewPerson:
    """An account to be made."""

    account: str
    name: str
    team: Team | None = None
    grants: tuple[GrantWish, ...] = ()


def create_person(
    *, actor: Person, account: str, name: str, team: Team | None, grants: Iterable[GrantWish], at: datetime
) -> Person:
    """Make an account that has no password yet: nobody can sign in with it until one is handed out.

    Raises PersonError or AccountTaken.
    """
    return create_people(actor=actor, drafts=[NewPerson(account, name, team, tuple(grants))], at=at)[0]


def create_people(*, actor: Person, drafts: Sequence[NewPerson], at: datetime) -> list[Person]:
    """:func:`create_person` for many, in a few statements however many there are; all of them or none."""
    require(P.PEOPLE_MANAGE, of=actor)
    people = [_new_person(draft, at) for draft in drafts]
    accounts = [person.account for person in people]
    for start in range(0, len(accounts), _AT_ONCE):
        there = select(Person.account).where(Person.account.in_(accounts[start : start + _AT_ONCE])).limit(1)
        if (account := db.session.scalar(there)) is not None:
            raise AccountTaken(_("账号“%(account)s”已经有人用了。", account=account), where="account")
    db.session.add_all(people)
    db.session.flush()
    return people


def _new_person(draft: NewPerson, at: datetime) -> Person:
    account, name = normalise_account(draft.account), normalise_name(draft.name)
    _refuse(account_problem(account), "account")
    _refuse(name_problem(name), "name")
    team_id = draft.team.id if draft.team else None
    return Person(
        account=account,
        name=name,
        team_id=team_id,
        team=draft.team,
        password_hash="",
        must_change_password=True,
        session_version=1,
        active=True,
        created_at=at,
        grants=[RoleGrant(role=role, team_id=branch) for role, branch in _wanted(draft.grants, team_id)],
    )


def update_person(
    *, actor: Person, person: Person, name: str, team: Team | None, grants: Iterable[GrantWish] | None = None
) -> Person:
    """Change name, team and, when given, the roles. The account stays: records and chats refer to it."""
    require(P.PEOPLE_MANAGE, of=actor)
    name = normalise_name(name)
    _refuse(name_problem(name), "name")
    person.name = name
    person.team = team
    db.session.flush()
    if grants is None:
        grants = [GrantWish(grant.role, grant.team_id) for grant in person.grants]
    set_grants(actor=actor, person=person, grants=grants)
    return person


def set_grants(*, actor: Person, person: Person, grants: Iterable[GrantWish]) -> None:
    """Make these the roles of ``person``; the same ones again change nothing.

    Raises PersonError for a role that needs a team where there is none, and when nobody would be left to administer.
    """
    require(P.PEOPLE_MANAGE, of=actor)
    wanted = _wanted(grants, person.team_id)
    if _is_admin(person) and not any(role is Role.ADMIN for role, _team in wanted):
        _keep_an_admin(actor, person, _("至少要留一位在职的管理员，请先给别人管理员角色。"))
    current = {(grant.role, grant.team_id): grant for grant in person.grants}
    for key, grant in current.items():
        if key not in wanted:
            person.grants.remove(grant)
    person.grants.extend(
        RoleGrant(role=role, team_id=team_id) for role, team_id in wanted if (role, team_id) not in current
    )
    db.session.flush()
    forget_access(person)


def _wanted(grants: Iterable[GrantWish], own_team_id: int | None) -> dict[tuple[Role, int | None], None]:
    """The wishes as they are stored, each once: a role in one's own team, or one without a branch, names no team."""
    wanted: dict[tuple[Role, int | None], None] = {}
    for wish in grants:
        scoped = wish.role in BRANCH_ROLES | SHOP_ROLES
        if wish.role in BRANCH_ROLES and wish.team_id is None and own_team_id is None:
            raise PersonError(_("组长和主管要有负责的团队：请先选团队，或指定管理范围。"), where="roles")
        own = wish.team_id is None or wish.team_id == own_team_id
        wanted[wish.role, None if own or not scoped else wish.team_id] = None
    return wanted


def deactivate(*, actor: Person, person: Person, at: datetime) -> Person:
    """Switch off a leaver: sessions end at once, assignments and records stay. Fires ``person_deactivated``."""
    require(P.PEOPLE_MANAGE, of=actor)
    if person.id == actor.id:
        raise PersonError(_("不能停用自己的账号，请让另一位管理员来操作。"))
    if not person.active:
        return person
    if _is_admin(person):
        _keep_an_admin(actor, person, _("至少要留一位在职的管理员，请先给别人管理员角色。"))
    person.active = False
    person.session_version += 1
    db.session.flush()
    hooks().person_deactivated(person=person)
    return person


def reactivate(*, actor: Person, person: Person) -> Person:
    """Let somebody come back, with the roles and the password they had."""
    require(P.PEOPLE_MANAGE, of=actor)
    person.active = True
    db.session.flush()
    return person


def reset_password(*, actor: Person, person: Person) -> str:
    """A new one-time password for ``person``, returned once; every session of theirs ends."""
    require(P.PEOPLE_MANAGE, of=actor)
    if not person.active:
        raise PersonError(_("账号已停用，请先恢复再重置密码。"))
    return give_one_time_password(person)


def hand_out_passwords(*, actor: Person, people: Iterable[Person]) -> list[tuple[Person, str]]:
    """One-time passwords for those of ``people`` who never had one. A second call finds nobody and returns []."""
    require(P.PEOPLE_MANAGE, of=actor)
    return [(person, give_one_time_password(person)) for person in people if person.active and not person.password_hash]


def _refuse(problem: str | None, where: str) -> None:
    if problem:
        raise PersonError(problem, where=where)


def _is_admin(person: Person) -> bool:
    return any(grant.role is Role.ADMIN for grant in person.grants)


def _keep_an_admin(actor: Person, person: Person, message: str) -> None:
    others = select(func.count()).select_from(RoleGrant).join(Person, RoleGrant.person_id == Person.id)
    if not db.session.scalar(others.where(RoleGrant.role == Role.ADMIN, Person.active, Person.id != person.id)):
        raise PersonError(message, where="roles")


def create_first_admin(*, at: datetime) -> tuple[Person, str] | None:
    """An administrator and the one-time password, when the installation has none; else None. For ``lms init``."""
    if db.session.scalar(select(RoleGrant.id).where(RoleGrant.role == Role.ADMIN).limit(1)) is not None:
        return None
    taken = set(db.session.scalars(select(Person.account).where(Person.account.startswith("admin"))))
    account = next(name for name in ("admin", *(f"admin{n}" for n in range(2, 10_000))) if name not in taken)
    person = Person(
        account=account, name=_("管理员"), active=True, created_at=at, grants=[RoleGrant(role=Role.ADMIN, team_id=None)]
    )
    db.session.add(person)
    db.session.flush()
    return person, give_one_time_password(person)
