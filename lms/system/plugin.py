"""Announces the status page to the host."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import NavItem, hookimpl
from lms.people.permissions import P
from lms.system.views import bp


@hookimpl
def blueprints() -> list[Blueprint]:
    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("system.index", _l("系统状态"), "server", 900, P.PLUGINS_READ, "system")]
