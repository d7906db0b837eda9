"""Announces this part of coaching to the host."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.coaching.effects import models as models
from lms.coaching.permissions import C
from lms.kernel.hookspecs import DemoStep, NavItem, hookimpl


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.coaching.effects.views import bp  # the job process and commands never need the views

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("coaching_effects.index", _l("课程效果"), "test-pipe", 75, C.EFFECTS_READ, "qa")]


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"coaching.effects": (30, "lms.coaching.effects.tasks:turn")}


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.coaching.effects.demo import DEMO_STEPS  # commands only

    return list(DEMO_STEPS)
