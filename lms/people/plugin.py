"""Announces accounts, teams, roles and sign-in to the host."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click
from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import NavItem, PermissionSpec, hookimpl
from lms.people import import_views as import_views
from lms.people import sign_in_views as sign_in_views
from lms.people import team_views as team_views
from lms.people import views as views
from lms.people.blueprint import bp
from lms.people.cli import people
from lms.people.enums import IMPORT_JOB
from lms.people.permissions import SPECS, P
from lms.people.services import create_first_admin
from lms.people.sessions import init_sessions


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def blueprints() -> list[Blueprint]:
    return [bp]


@hookimpl
def init_app(app: Flask) -> None:
    init_sessions(app)


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("people.index", _l("人员"), "users", 300, P.PEOPLE_READ, "team"),
        NavItem("people.teams", _l("团队与店铺"), "sitemap", 310, P.TEAMS_MANAGE, "team"),
    ]


@hookimpl
def commands() -> Iterable[click.Command]:
    return [people]


@hookimpl
def setup_home(at: datetime) -> str | None:
    """The first administrator, when nobody could administer yet."""
    made = create_first_admin(at=at)
    return f"已创建管理员账号 {made[0].account}，一次性密码 {made[1]}（只显示这一次，登录后请修改）" if made else None


@hookimpl
def jobs() -> dict[str, str]:
    return {IMPORT_JOB: "lms.people.tasks:import_people"}
