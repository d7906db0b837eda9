"""Announces rule-change notices to the host."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l

from courses.notices import models as models
from courses.notices import views
from courses.notices.demo import DEMO_STEPS
from courses.notices.permissions import SPECS, N
from courses.notices.queries import KIND
from lms.kernel.hookspecs import ActivityKind, DemoStep, NavItem, PermissionSpec, hookimpl


@hookimpl
def blueprints() -> list[Blueprint]:
    return [views.bp]


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("notices.index", _l("规则变更"), "speakerphone", 26, N.NOTICES_READ, "learn"),
        NavItem("notices.manage", _l("通知管理"), "speakerphone", 352, N.NOTICES_FOLLOW, "team"),
    ]


@hookimpl
def activity_kinds() -> list[ActivityKind]:
    return [
        ActivityKind(
            KIND,
            _l("规则变更通知"),
            "speakerphone",
            url=lambda activity_id: url_for("notices.of_activity", activity_id=activity_id),
        )
    ]


@hookimpl
def demo_steps() -> list[DemoStep]:
    return list(DEMO_STEPS)
