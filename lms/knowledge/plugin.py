"""Announces products to the host."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import NavItem, PermissionSpec, hookimpl
from lms.knowledge import models as models
from lms.knowledge.permissions import SPECS, P


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("knowledge.index", _l("商品"), "package", 40, P.PRODUCTS_READ, "chats")]


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.knowledge.views import bp  # the job process and commands never need the views

    return [bp]
