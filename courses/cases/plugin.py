"""Announces the case library to the host."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l

from courses.cases import models as models
from courses.cases import views
from courses.cases.demo import DEMO_STEPS
from courses.cases.permissions import SPECS, K
from courses.cases.queries import KIND
from lms.kernel.hookspecs import ActivityKind, DemoStep, NavItem, PermissionSpec, hookimpl


@hookimpl
def blueprints() -> list[Blueprint]:
    return [views.bp]


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("cases.index", _l("案例库"), "notebook", 28, K.CASES_READ, "learn")]


@hookimpl
def activity_kinds() -> list[ActivityKind]:
    return [
        ActivityKind(
            KIND, _l("案例"), "notebook", url=lambda activity_id: url_for("cases.of_activity", activity_id=activity_id)
        )
    ]


@hookimpl
def demo_steps() -> list[DemoStep]:
    return list(DEMO_STEPS)
