"""Announces products, SOP entries and scripts to the host."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DemoStep, NavItem, PermissionSpec, hookimpl
from lms.knowledge import models as models
from lms.knowledge.permissions import SPECS, P
from lms.knowledge.sop import models as sop_models  # noqa: F401


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("knowledge.index", _l("商品"), "package", 40, P.PRODUCTS_READ, "chats"),
        NavItem("sop.index", _l("SOP 与话术"), "clipboard-text", 41, P.SOP_READ, "chats"),
    ]


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.knowledge.sop.views import bp as sop  # the job process and commands never need the views
    from lms.knowledge.views import bp

    return [bp, sop]


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.knowledge.demo import DEMO_STEPS  # commands only

    return list(DEMO_STEPS)


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {
        "knowledge.turn_seasons": (5, "lms.knowledge.sop.tasks:turn_seasons"),
        "knowledge.remind_owners": (60, "lms.knowledge.sop.tasks:remind_owners"),
    }
