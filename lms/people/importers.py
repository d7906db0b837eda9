"""Import of people from a sheet: first the plan (what would change), then the change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.kernel.hookspecs import PeopleCell, PeopleColumn
from lms.people.columns import people_columns
from lms.people.enums import BRANCH_ROLES, SHOP_ROLES, Role
from lms.people.models import Person, RoleGrant, Team
from lms.people.partial_paths import paths_named, tails_of, with_whole_paths
from lms.people.permissions import P
from lms.people.queries import team_paths
from lms.people.rules import require
from lms.people.services import GrantWish, NewPerson, create_people, deactivate, reactivate, update_person
from lms.people.sheets import (
    ACTIVE_WORDS,
    NOTHING,
    PeopleSheet,
    PersonRow,
    RoleWish,
    RowError,
    TeamPath,
    role_word,
)
from lms.people.team_services import ensure_team


@dataclass(frozen=True)
class Change:
    """One field of one row: what it was ("" for a new account) and what it becomes."""

    label: Any
    old: str
    new: str


@dataclass(frozen=True)
class RowPlan:
    """What a good row would do: make the account, change it, or nothing."""

    row: PersonRow
    person_id: int | None
    name: str
    changes: tuple[Change, ...]
    wishes: dict[str, Any] = field(default_factory=dict)
    """{column of a plugin: the value to apply}, of the cells that change something."""

    @property
    def touches_account(self) -> bool:
        """Whether the account itself changes, not only what plugins keep about the person."""
        return self.person_id is None or len(self.changes) > len(self.wishes)

    @property
    def kind(self) -> str:
        return "new" if self.person_id is None else "changed" if self.changes else "same"


@dataclass
class PeoplePlan:
    """What an import would do; nothing is written yet."""

    rows: list[RowPlan] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    new_teams: list[str] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)


@dataclass
class PeopleImported:
    """What an import did; ``undone`` when a row could not be written and so nothing was. Passwords are handed out in a
    step of their own.
    """

    created: list[Person] = field(default_factory=list)
    updated: list[Person] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    new_teams: list[str] = field(default_factory=list)
    undone: bool = False

    @property
    def report(self) -> ImportReport:
        return ImportReport(len(self.created), len(self.updated), self.unchanged, tuple(self.errors), self.undone)


@dataclass(frozen=True)
class ImportReport:
    """The figures and errors of an import, as a job keeps them and its page shows them."""

    created: int
    updated: int
    unchanged: int
    errors: tuple[RowError, ...] = ()
    undone: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "errors": [[e.line, str(e.column), str(e.reason)] for e in self.errors]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ImportReport:
        return cls(**{**data, "errors": tuple(RowError(*error) for error in data["errors"])})


Told = Callable[[int, int], None]
"""``told(done, total)``: hears how far a long piece of work is."""


def _tell_nobody(_done: int, _total: int) -> None:
    """For those who do not ask."""


def plan_import(*, actor: Person, sheet: PeopleSheet) -> PeoplePlan:
    """Compare a sheet with the accounts there are: one statement for 500 rows, one for the teams, and those of the
    plugins' columns.
    """
    require(P.PEOPLE_MANAGE, of=actor)
    plan = PeoplePlan(errors=list(sheet.errors))
    known = _known_people([row.account for row in sheet.rows])
    names = team_paths()
    there = set(names.values())
    tails = tails_of(there)
    missing: dict[str, None] = {}
    further = _read_further(actor, sheet, known)
    for row in sheet.rows:
        person = known.get(row.account)
        if person is None and row.name is None:
            plan.errors.append(RowError(row.line, _("姓名"), _("新账号要填写姓名。")))
            continue
        named = with_whole_paths(row, there, tails)
        planned = named if isinstance(named, RowError) else _plan_row(named, person, names)
        if not isinstance(planned, RowError):
            planned = _plan_further(planned, further)
        if isinstance(planned, RowError):
            plan.errors.append(planned)
            continue
        plan.rows.append(planned)
        for path in paths_named(planned.row):
            for depth in range(1, len(path) + 1):
                if (shown := "/".join(path[:depth])) not in there:
                    missing[shown] = None
    plan.new_teams = list(missing)
    plan.errors.sort(key=lambda error: error.line)
    return plan


class _Undo(Exception):
    """Something could not be written: all of the file goes back."""


def apply_import(*, actor: Person, sheet: PeopleSheet, at: datetime, told: Told = _tell_nobody) -> PeopleImported:
    """Write the rows that the plan found good, all of them or none: what can't be written is named and undoes the file.

    A row that changes nothing writes nothing. New accounts have no password until one is handed out. The plugins'
    columns come after the accounts, all rows of a column together. ``told(done, total)`` hears how far it is, in rows.
    """
    plan = plan_import(actor=actor, sheet=sheet)
    done = PeopleImported(errors=list(plan.errors), new_teams=list(plan.new_teams), unchanged=plan.count("same"))
    rows = [planned for planned in plan.rows if planned.kind != "same"]
    failed: list[RowError] = []
    told(0, len(rows))
    try:
        with db.session.begin_nested():
            written = _write_accounts(actor, rows, at, failed)
            told(len(rows) // 2, len(rows))
            failed += _apply_further(actor, written, at)
            if failed:
                raise _Undo
    except _Undo:
        done.errors = sorted([*done.errors, *failed], key=lambda error: error.line)
        done.new_teams, done.undone = [], True
        return done
    done.created = [person for planned, person in written if planned.kind == "new"]
    done.updated = [person for planned, person in written if planned.kind != "new"]
    return done


def _write_accounts(
    actor: Person, rows: Sequence[RowPlan], at: datetime, failed: list[RowError]
) -> list[tuple[RowPlan, Person]]:
    """The accounts of the rows, in their order; new ones in a few statements. What fails is added to ``failed``."""
    teams: dict[TeamPath, Team] = {}
    written: dict[int, Person] = {}
    drafts: dict[int, NewPerson] = {}
    known = _known_people([planned.row.account for planned in rows if planned.person_id])
    for number, planned in enumerate(rows):
        try:
            if planned.person_id is None:
                drafts[number] = _draft(actor, planned.row, teams, at)
            else:
                written[number] = _update(actor, planned, known[planned.row.account], teams, at)
        except DomainError as error:
            failed.append(RowError(planned.row.line, "", error.message))
    try:
        made = create_people(actor=actor, drafts=list(drafts.values()), at=at)
    except DomainError as error:
        failed.append(RowError(rows[min(drafts)].row.line, "", error.message))
        return []
    for number, person in zip(drafts, made, strict=True):
        written[number] = person
        if rows[number].row.active is False:
            deactivate(actor=actor, person=person, at=at)
    return [(rows[number], written[number]) for number in sorted(written)]


@dataclass(frozen=True)
class _Further:
    """A plugin's column as this sheet has it: what its cells mean, and what people have now."""

    column: PeopleColumn
    cells: dict[str, PeopleCell]
    shown: dict[int, str]


def _read_further(actor: Person, sheet: PeopleSheet, known: dict[str, Person]) -> list[_Further]:
    found = []
    for column in people_columns():
        rows = [row for row in sheet.rows if column.name in row.further]
        if not rows:
            continue
        ids = [known[row.account].id for row in rows if row.account in known]
        shown: dict[int, str] = {}
        for start in range(0, len(ids), 500):
            shown |= column.shown(actor, ids[start : start + 500])
        texts = list(dict.fromkeys(row.further[column.name] for row in rows))
        found.append(_Further(column, column.read(actor, texts), shown))
    return found


def _plan_further(planned: RowPlan, further: Iterable[_Further]) -> RowPlan | RowError:
    """The plan of a row with what its cells in the plugins' columns change."""
    changes, wishes = list(planned.changes), {}
    for each in further:
        text = planned.row.further.get(each.column.name)
        if text is None:
            continue
        cell = each.cells[text]
        if cell.problem:
            return RowError(planned.row.line, each.column.names[0], cell.problem)
        old = each.shown.get(planned.person_id or 0, "").removesuffix(NOTHING)
        new = (each.column.after(old, cell) if each.column.after else cell.text).removesuffix(NOTHING)
        if new != old:
            changes.append(Change(each.column.label, old, new))
            wishes[each.column.name] = cell.value
    return replace(planned, changes=tuple(changes), wishes=wishes)


def _apply_further(actor: Person, written: Sequence[tuple[RowPlan, Person]], at: datetime) -> list[RowError]:
    """What each column could not apply. A column that refuses as a whole is told once, at its first row."""
    errors: list[RowError] = []
    for column in people_columns():
        rows = [(planned, person) for planned, person in written if column.name in planned.wishes]
        if not rows:
            continue
        try:
            with db.session.begin_nested():
                wishes = [(person, planned.wishes[column.name]) for planned, person in rows]
                problems = column.apply(actor, wishes, at)
        except DomainError as error:
            problems = {rows[0][1].id: str(error)}
        errors += [
            RowError(planned.row.line, column.names[0], problems[person.id])
            for planned, person in rows
            if person.id in problems
        ]
    return errors


def _known_people(accounts: list[str]) -> dict[str, Person]:
    known: dict[str, Person] = {}
    for start in range(0, len(accounts), 500):
        some = select(Person).where(Person.account.in_(accounts[start : start + 500]))
        known.update({person.account: person for person in db.session.scalars(some)})
    return known


def _plan_row(row: PersonRow, person: Person | None, names: dict[int, str]) -> RowPlan | RowError:
    changes: list[Change] = []
    old_team = names.get(person.team_id or 0, "") if person else ""
    new_team = old_team if row.team is None else "/".join(row.team)
    roles = _wishes_for(row, person)
    unscoped = {w.role for w in roles if not w.team} if roles is not None else _unscoped_roles(person)
    if not new_team and unscoped & BRANCH_ROLES:
        return RowError(row.line, _("团队"), _("组长和主管要有团队，请填写“团队”这一列。"))
    if person is None or (row.name and row.name != person.name):
        changes.append(Change(_("姓名"), person.name if person else "", row.name or ""))
    if new_team != old_team:
        changes.append(Change(_("团队"), old_team, new_team))
    if roles is not None:
        old_roles = grants_text(person.grants, names, old_team) if person else ""
        new_roles = _wishes_text(roles, new_team)
        if new_roles != old_roles:
            changes.append(Change(_("角色"), old_roles, new_roles))
    was_active = person.active if person else True
    if row.active is not None and row.active != was_active:
        changes.append(Change(_("状态"), ACTIVE_WORDS[was_active], ACTIVE_WORDS[row.active]))
    name = row.name or (person.name if person else "")
    return RowPlan(row, person.id if person else None, name, tuple(changes))


def _unscoped_roles(person: Person | None) -> set[Role]:
    return {grant.role for grant in person.grants if grant.team_id is None} if person else set()


def _wishes_for(row: PersonRow, person: Person | None) -> tuple[RoleWish, ...] | None:
    if row.roles is None and person is None:
        return (RoleWish(Role.AGENT),)
    return row.roles


def _draft(actor: Person, row: PersonRow, teams: dict[TeamPath, Team], at: datetime) -> NewPerson:
    team = _team(actor, row.team, teams, at) if row.team else None
    grants = tuple(_grant(actor, wish, team, teams, at) for wish in _wishes_for(row, None) or ())
    return NewPerson(row.account, row.name or "", team, grants)


def _update(actor: Person, planned: RowPlan, person: Person, teams: dict[TeamPath, Team], at: datetime) -> Person:
    row = planned.row
    if not planned.touches_account:
        return person
    team = person.team
    if row.team is not None:
        team = _team(actor, row.team, teams, at) if row.team else None
    wishes = _wishes_for(row, person)
    grants = None if wishes is None else [_grant(actor, wish, team, teams, at) for wish in wishes]
    update_person(actor=actor, person=person, name=row.name or person.name, team=team, grants=grants)
    if row.active is False and person.active:
        deactivate(actor=actor, person=person, at=at)
    elif row.active is True and not person.active:
        reactivate(actor=actor, person=person)
    return person


def _team(actor: Person, path: TeamPath, teams: dict[TeamPath, Team], at: datetime) -> Team:
    if path not in teams:
        teams[path] = ensure_team(actor=actor, names=path, at=at)
    return teams[path]


def _grant(actor: Person, wish: RoleWish, team: Team | None, teams: dict[TeamPath, Team], at: datetime) -> GrantWish:
    branch = _team(actor, wish.team, teams, at) if wish.team else None
    return GrantWish(wish.role, branch.id if branch and (team is None or branch.id != team.id) else None)


def grants_text(grants: Iterable[RoleGrant], names: dict[int, str], own_team: str) -> str:
    """Roles as the column 角色 has them: "客服、组长@售后部/A组"; a role in one's own team has no branch."""
    return _shown(((grant.role, names.get(grant.team_id or 0, "")) for grant in grants), own_team)


def _wishes_text(wishes: Iterable[RoleWish], own_team: str) -> str:
    return _shown(((wish.role, "/".join(wish.team or ())) for wish in wishes), own_team)


def _shown(pairs: Iterable[tuple[Role, str]], own_team: str) -> str:
    scoped = BRANCH_ROLES | SHOP_ROLES
    named = {(role, "" if team == own_team or role not in scoped else team) for role, team in pairs}
    order = list(Role)
    words = sorted(named, key=lambda pair: (order.index(pair[0]), pair[1]))
    return "、".join(f"{role_word(role)}@{team}" if team else role_word(role) for role, team in words)
