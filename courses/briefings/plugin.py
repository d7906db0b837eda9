"""Announces weekly briefings to the host."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from courses.briefings import models as models
from courses.briefings import views
from courses.briefings.demo import DEMO_STEPS
from courses.briefings.permissions import SPECS, B
from courses.briefings.services import sections_of_courses
from lms.kernel.hookspecs import BriefingSection, DemoStep, NavItem, PermissionSpec, hookimpl


@hookimpl
def blueprints() -> list[Blueprint]:
    return [views.bp]


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("briefings.index", _l("每周简报"), "notes", 27, B.BRIEFINGS_READ, "learn")]


@hookimpl
def briefing_sections(shop_id: int, since: datetime, until: datetime) -> list[BriefingSection]:
    return sections_of_courses(shop_id, since, until)


@hookimpl
def demo_steps() -> list[DemoStep]:
    return list(DEMO_STEPS)
