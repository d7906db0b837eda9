"""Announces calibration to the host."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DemoStep, NavItem, hookimpl
from lms.qa.calibration import models as models
from lms.qa.calibration.services import RESULTS_JOB
from lms.qa.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.calibration import making_views, reviewer_views, views  # noqa: F401  jobs never need them
    from lms.qa.calibration.blueprint import bp

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("qa_calibration.index", _l("校准"), "scale", 78, Q.CALIBRATION_MANAGE, "qa")]


@hookimpl
def jobs() -> dict[str, str]:
    return {RESULTS_JOB: "lms.qa.calibration.tasks:run_results"}


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.qa.calibration.demo import DEMO_STEPS  # commands only

    return list(DEMO_STEPS)
