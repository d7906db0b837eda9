"""Reading a sheet of people into rows, without looking at the database. Pure: rows of cells in, dataclasses out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.people.accounts import (
    TEAM_DEPTH_MAX,
    account_problem,
    name_problem,
    normalise_account,
    normalise_name,
    team_name_problem,
)
from lms.people.enums import Role
from lms.web.i18n import in_every_language

MAX_ROWS = 5_000
HEADERS = (_l("账号"), _l("姓名"), _l("团队"), _l("角色"), _l("状态"))
"""In the reader's language; a sheet is read back in any."""
NOTHING = "无"
NOTHING_WORDS = frozenset({NOTHING, "無", "none"})
"""What leaves a cell empty on purpose, as the hints of each language say it."""

_COLUMNS = {
    "account": ("账号", "帐号", "賬號", "帳號", "登录名", "登录账号", "工号", "account", "username", "login"),
    "name": ("姓名", "名字", "员工姓名", "name", "fullname"),
    "team": ("团队", "團隊", "部门", "小组", "组别", "班组", "team", "group", "department"),
    "roles": ("角色", "岗位", "职位", "roles", "role"),
    "active": ("状态", "狀態", "在职状态", "status", "state", "active"),
}
_ROLE_WORDS = {
    Role.AGENT: ("客服", "专员", "客服专员", "專員", "客服專員", "agent"),
    Role.LEAD: ("组长", "队长", "組長", "隊長", "lead", "teamlead", "teamleader", "leader"),
    Role.SUPERVISOR: ("主管", "supervisor"),
    Role.TRAINER: ("培训师", "培訓師", "训练师", "讲师", "訓練師", "講師", "trainer"),
    Role.EVALUATOR: ("质检员", "质检", "質檢員", "質檢", "evaluator", "qa"),
    Role.ADMIN: ("管理员", "管理員", "admin", "administrator"),
}
_ROLE_OF = {word: role for role, words in _ROLE_WORDS.items() for word in words}
ACTIVE_WORDS = {True: "在职", False: "停用"}
_ACTIVE_OF = {
    **dict.fromkeys(("在职", "启用", "正常", "在職", "啟用", "active", "1", "true", "yes", "是"), True),
    **dict.fromkeys(("停用", "离职", "禁用", "離職", "inactive", "disabled", "0", "false", "no", "否"), False),
}
_PATH_SEPARATOR = re.compile(r"[/\\>＞／]")
_ROLE_SEPARATOR = re.compile(r"[、,，;；|｜\n]+")

TeamPath = tuple[str, ...]


@dataclass(frozen=True)
class RoleWish:
    """A role as the sheet asks for it. ``team`` is the branch it holds in; None means the person's own team."""

    role: Role
    team: TeamPath | None = None


@dataclass(frozen=True)
class PersonRow:
    """One good row. None in ``name``, ``team``, ``roles`` or ``active`` means "leave as it is"; () means "none".

    ``further`` has the texts of the plugins' columns, {column: text}, without the empty ones.
    """

    line: int
    account: str
    name: str | None
    team: TeamPath | None
    roles: tuple[RoleWish, ...] | None
    active: bool | None
    further: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell: the line as the spreadsheet numbers it, the column, and what to do."""

    line: int
    column: str
    reason: str


@dataclass
class PeopleSheet:
    """A sheet as read: its good rows, and an error for every bad one."""

    rows: list[PersonRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read_people(lines: Iterable[Sequence[Any]], further: Mapping[str, Sequence[str]] | None = None) -> PeopleSheet:
    """Sort the lines of a sheet into rows and errors. The first line that isn't blank is the header.

    A row with any error is left out as a whole; the other rows stand. ``further`` are the plugins' columns:
    {column: the headers it is known by}.
    """
    sheet = PeopleSheet()
    columns: dict[str, int] | None = None
    seen: dict[str, int] = {}
    rows = [[cell_text(cell) for cell in cells] for cells in lines]
    for line, texts in enumerate(rows, start=1):
        if not any(texts):
            continue
        if columns is None:
            columns = _find_columns(texts, further or {})
            _take_roles(columns, texts, rows[line : line + MAX_ROWS], further or {})
            if "account" not in columns or "name" not in columns:
                sheet.errors.append(RowError(line, "", _header_hint(texts)))
                return sheet
            continue
        if len(sheet.rows) + len(sheet.errors) >= MAX_ROWS:
            reason = _("一次最多导入 %(n)s 行，请把文件拆开。", n=MAX_ROWS)
            sheet.errors.append(RowError(line, "", reason))
            break
        _read_row(sheet, line, texts, columns, seen, further or {})
    if columns is None:
        sheet.errors.append(RowError(1, "", _("文件是空的，请先下载模板，填好再上传。")))
    elif not sheet.rows and not sheet.errors:
        sheet.errors.append(RowError(2, "", _("表头下面没有人员，请从第二行开始填写。")))
    return sheet


def cell_text(cell: Any) -> str:
    """A cell as text: numbers without ".0", dates as ISO, blanks around it removed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip().strip("\ufeff\u200b").strip()


def team_path(text: str) -> TeamPath:
    """ "售后部/A组" as names from the root down; blank parts are dropped."""
    parts = (normalise_name(part) for part in _PATH_SEPARATOR.split(text))
    return tuple(part for part in parts if part)


def role_named(text: str) -> Role | None:
    """The role that a Chinese or English word means."""
    return _ROLE_OF.get(re.sub(r"[\s_-]+", "", text).casefold())


def role_word(role: Role) -> str:
    """The word for a role in sheets: always the same, so that an export can be read back in any language."""
    return _ROLE_WORDS[role][0]


def _find_columns(texts: Sequence[str], further: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where each column stands. A header that a plugin's column is known by is that column's."""
    words = {word: column for column, words in _COLUMNS.items() for word in words}
    own = {word: words[known] for known in tuple(words) for word in map(_header_word, in_every_language(known))}
    words = own | words
    for plugins_column, names in further.items():
        words |= {_header_word(word): plugins_column for name in names for word in in_every_language(name)}
    found: dict[str, int] = {}
    for index, text in enumerate(texts):
        column = words.get(_header_word(text))
        if column and column not in found:
            found[column] = index
    return found


def _header_word(text: str) -> str:
    """ "账号（必填）" and "account *" are headers too."""
    return re.sub(r"[(（\[【*].*$", "", text).strip().casefold().replace(" ", "").replace("_", "")


def _take_roles(
    columns: dict[str, int], header: Sequence[str], rows: Sequence[Sequence[str]], further: Mapping[str, Sequence[str]]
) -> None:
    """Sheets from before there were posts have roles under 岗位: so it is when no column is called 角色 and every
    cell names nothing but roles. 质检 alone may be a post, and is one.
    """
    if "roles" in columns:
        return
    for column in further:
        index = columns.get(column)
        if index is None or _header_word(header[index]) not in _COLUMNS["roles"]:
            continue
        given = {row[index] for row in rows if index < len(row) and row[index]}
        cells = {cell for cell in given if cell.casefold() not in NOTHING_WORDS}
        named = {
            part.partition("@")[0].strip() for cell in cells for part in _ROLE_SEPARATOR.split(cell) if part.strip()
        }
        if named - {"质检"} and all(role_named(word) for word in named):
            columns["roles"] = columns.pop(column)
            return


def _header_hint(texts: Sequence[str]) -> str:
    shown = "、".join(text[:20] for text in texts[:8] if text)
    return _("第一行应是表头，至少要有“账号”和“姓名”两列；现在是：%(shown)s。可以下载模板对照。", shown=shown)


def _read_row(
    sheet: PeopleSheet,
    line: int,
    texts: list[str],
    columns: dict[str, int],
    seen: dict[str, int],
    further: Mapping[str, Sequence[str]],
) -> None:
    def text(column: str) -> str:
        index = columns.get(column, len(texts))
        return texts[index] if index < len(texts) else ""

    problems: list[RowError] = []

    def bad(column: str, reason: str | None) -> None:
        if reason:
            problems.append(RowError(line, column, reason))

    account = normalise_account(text("account"))
    bad(_("账号"), account_problem(account))
    if account and account in seen:
        reason = _("账号“%(account)s”和第 %(line)s 行重复，请只留一行。", account=account[:40], line=seen[account])
        bad(_("账号"), reason)
    seen.setdefault(account, line)
    name: str | None = normalise_name(text("name")) or None
    if name:
        bad(_("姓名"), name_problem(name))
    team, reason = _read_team(text("team"))
    bad(_("团队"), reason)
    roles, reason = _read_roles(text("roles"))
    bad(_("角色"), reason)
    active: bool | None = None
    if word := text("active"):
        active = _ACTIVE_OF.get(word.casefold())
        if active is None:
            bad(_("状态"), _("不认识状态“%(word)s”，请填“在职”或“停用”。", word=word[:20]))
    if problems:
        sheet.errors.extend(problems)
    else:
        more = {column: cell for column in further if (cell := text(column))}
        sheet.rows.append(PersonRow(line, account, name, team, roles, active, more))


def _read_team(text: str) -> tuple[TeamPath | None, str | None]:
    if not text:
        return None, None
    if text.casefold() in NOTHING_WORDS:
        return (), None
    path = team_path(text)
    if not path:
        return None, _("团队要写成“售后部/A组”这样的路径。")
    if len(path) > TEAM_DEPTH_MAX:
        return None, _("团队最多 %(n)s 级。", n=TEAM_DEPTH_MAX)
    for part in path:
        if reason := team_name_problem(part):
            return None, reason
    return path, None


def _read_roles(text: str) -> tuple[tuple[RoleWish, ...] | None, str | None]:
    """Several roles, divided by 、 or a comma; "组长@售后部/A组" holds a role in another branch than one's own."""
    if not text:
        return None, None
    if text.casefold() in NOTHING_WORDS:
        return (), None
    wishes: list[RoleWish] = []
    for part in _ROLE_SEPARATOR.split(text):
        if not part.strip():
            continue
        for wish in _wishes(part):
            word, _at, branch = wish.partition("@")
            role = role_named(word)
            if role is None:
                known = "、".join(words[0] for words in _ROLE_WORDS.values())
                return None, _("不认识角色“%(word)s”，请从这些里选：%(known)s。", word=word.strip()[:20], known=known)
            path, reason = _read_team(branch.strip())
            if reason:
                return None, reason
            entry = RoleWish(role, path or None)
            if entry not in wishes:
                wishes.append(entry)
    return tuple(wishes), None


def _wishes(part: str) -> list[str]:
    """A blank divides roles as well, unless it stands inside "team lead" or a team's name."""
    if "@" in part or role_named(part):
        return [part]
    return part.split()
