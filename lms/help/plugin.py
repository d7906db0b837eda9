"""Announces the manual, the plugin guide and the changelog to the host."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.help.queries import is_alone
from lms.help.views import bp
from lms.kernel.hookspecs import DashboardCard, HelpPage, NavItem, hookimpl
from lms.people.models import Person
from lms.people.permissions import P

HERE = Path(__file__).parent
MANUAL = (
    ("start", "从这里开始"),
    ("agent", "客服：学习与考试"),
    ("lead", "组长与主管：布置任务、看进度"),
    ("trainer", "培训师：从会话到测验"),
    ("import-formats", "能导入的文件"),
    ("admin", "管理员：安装、账号、备份"),
)


@hookimpl
def blueprints() -> list[Blueprint]:
    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("help.index", _l("使用手册"), "help-circle", 900, "", "system")]


@hookimpl
def dashboard_cards(person: Person) -> list[DashboardCard]:
    """The first steps, for an administrator who is alone in a new installation."""
    if P.PEOPLE_MANAGE not in person.access.permissions or not is_alone():
        return []
    return [DashboardCard(0, "lms/help/card_first_steps.html")]


@hookimpl
def help_pages() -> list[HelpPage]:
    pages = [HelpPage(slug, title, HERE / "manual" / f"{slug}.md", n) for n, (slug, title) in enumerate(MANUAL)]
    pages.append(HelpPage("plugin-guide", "插件开发指南", HERE / "plugin-guide.md", 10, "plugins"))
    pages.append(HelpPage("changelog", "更新记录", HERE / "changelog.md", 10, "changes"))
    return pages
