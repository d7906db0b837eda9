"""Announces this part of quality checks to the host."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DemoStep, NavItem, hookimpl
from lms.qa.improvements import models as models
from lms.qa.improvements.services import drop_finding, gather
from lms.qa.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.improvements.views import bp  # jobs and commands never need it

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("qa_improvements.index", _l("改进事项"), "bulb", 65, Q.IMPROVEMENTS_EDIT, "qa")]


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.qa.improvements.demo import DEMO_STEPS  # commands only

    return list(DEMO_STEPS)


@hookimpl
def finding_confirmed(finding: Any, at: datetime) -> None:
    """What the process or the product is to blame for goes to the list of improvements."""
    gather(finding=finding, at=at)


@hookimpl
def dispute_decided(decision: Any) -> None:
    """An overturned finding leaves the list."""
    if decision.upheld:
        drop_finding(finding=decision.dispute.finding)
