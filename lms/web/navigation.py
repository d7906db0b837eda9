"""What the shell shows around a page: navigation by permission, the person's menu, theme and language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from werkzeug.routing import BuildError

from lms.kernel.hookspecs import NavItem
from lms.kernel.plugins import plugins
from lms.web.access import Viewer, viewer
from lms.web.i18n import html_lang

THEMES = ("auto", "light", "dark")
TABS = 4  # on the phone's bar, besides 更多
GROUPS = ("learn", "chats", "qa", "team", "system")


@dataclass(frozen=True)
class Line:
    """A link of the navigation."""

    url: str
    label: str
    icon: str
    current: bool = False
    tab: bool = False


@dataclass(frozen=True)
class Group:
    """Lines under one heading."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ViewerShown:
    """The signed-in person as the menu names them."""

    name: str
    roles: str


@dataclass(frozen=True)
class Shell:
    """Everything around the content of a page."""

    lang: str
    theme: str
    home_url: str
    viewer: ViewerShown | None
    groups: tuple[Group, ...]
    tabs: tuple[Line, ...]
    personal: tuple[Line, ...]
    sign_out_url: str | None

    @property
    def theme_shown(self) -> str:
        """What to draw before the script has asked the system: light, unless dark was chosen."""
        return "dark" if self.theme == "dark" else "light"


def group_label(group: str) -> str:
    labels = {
        "learn": _("我的学习"),
        "chats": _("会话与题库"),
        "qa": _("质检与辅导"),
        "team": _("团队"),
        "system": _("系统"),
    }
    return labels.get(group) or _("其他")


def role_label(role: Any) -> str:
    """A role as the team says it."""
    labels = {
        "agent": _("客服"),
        "lead": _("组长"),
        "supervisor": _("主管"),
        "trainer": _("培训师"),
        "evaluator": _("质检员"),
        "admin": _("管理员"),
    }
    return labels.get(str(role), str(role))


def url_if(endpoint: str, **values: Any) -> str | None:
    """The address of an endpoint, or None when no plugin offers it."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def nav_items() -> list[NavItem]:
    """Every plugin's lines, in order. Kept for the life of the app: what plugins offer doesn't change."""
    kept: list[NavItem] | None = current_app.extensions["lms.web"].get("navigation")
    if kept is None:
        kept = sorted(plugins().all("navigation"), key=lambda item: item.order)
        current_app.extensions["lms.web"]["navigation"] = kept
    return kept


def lines_for(person: Viewer, endpoint: str | None, path: str) -> dict[str, list[Line]]:
    """The lines that ``person`` may follow, by group. The one nearest to the page is current."""
    items = [item for item in nav_items() if not item.permission or item.permission in person.access.permissions]
    linked = [(item, url) for item in items if (url := url_if(item.endpoint)) is not None]
    current = current_item(linked, endpoint, path)
    lines: dict[str, list[Line]] = {}
    for item, url in linked:
        line = Line(url, str(item.label), item.icon, item is current, item.tab)
        lines.setdefault(item.group if item.group in GROUPS else "other", []).append(line)
    return lines


def current_item(linked: list[tuple[NavItem, str]], endpoint: str | None, path: str) -> NavItem | None:
    """Where a page belongs: to its own line, else to the line with the longest address above it (/teams for /teams/3),
    else to the only line of its blueprint."""
    if not endpoint:
        return None
    for item, _url in linked:
        if item.endpoint == endpoint:
            return item
    above = [
        (len(url), n) for n, (_item, url) in enumerate(linked) if path.startswith(url.rstrip("/") + "/") and url != "/"
    ]
    if above:
        return linked[max(above)[1]][0]
    blueprint = endpoint.rpartition(".")[0]
    siblings = [item for item, _url in linked if item.endpoint.rpartition(".")[0] == blueprint]
    return siblings[0] if len(siblings) == 1 else None


def shell() -> Shell:
    """The shell of this request."""
    person = viewer()
    theme = request.cookies.get("theme", "auto")
    theme = theme if theme in THEMES else "auto"
    home = url_for("web.dashboard")
    if person is None:
        return Shell(html_lang(), theme, home, None, (), (), (), None)
    start = Line(home, _("首页"), "home", request.endpoint == "web.dashboard", True)
    by_group = lines_for(person, request.endpoint, request.path)
    groups = [Group("", (start,))]
    groups += [Group(group_label(name), tuple(by_group[name])) for name in (*GROUPS, "other") if name in by_group]
    everything = [line for group in groups for line in group.lines]
    tabs = [line for line in everything if line.tab]
    tabs += [line for line in everything if not line.tab][: max(0, TABS - len(tabs))]
    roles = "、".join(role_label(role) for role in sorted(person.access.roles, key=_role_order))
    return Shell(
        html_lang(),
        theme,
        home,
        ViewerShown(person.name, roles or _("未分配角色")),
        tuple(groups),
        tuple(tabs[:TABS]),
        tuple(_personal()),
        url_if(current_app.config["SIGN_OUT_ENDPOINT"]),
    )


def _role_order(role: Any) -> int:
    order = ("admin", "supervisor", "trainer", "evaluator", "lead", "agent")
    return order.index(str(role)) if str(role) in order else len(order)


def _personal() -> list[Line]:
    lines = (
        (current_app.config["PASSWORD_ENDPOINT"], _("修改密码"), "key"),
        ("help.index", _("使用手册"), "help-circle"),
    )
    return [Line(url, label, icon) for endpoint, label, icon in lines if (url := url_if(endpoint)) is not None]


def init_navigation(app: Flask) -> None:
    """Names of the endpoints that the person's menu leads to; a host may point them elsewhere."""
    app.extensions.setdefault("lms.web", {})
    app.config.setdefault("SIGN_OUT_ENDPOINT", "people.sign_out")
    app.config.setdefault("PASSWORD_ENDPOINT", "people.password")
    app.jinja_env.globals.update(shell=shell, role_label=role_label, url_if=url_if)
