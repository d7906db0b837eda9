"""Announces this part of quality checks to the host."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import NavItem, hookimpl
from lms.qa.checks import models as models
from lms.qa.checks.builtin import BUILT_IN
from lms.qa.checks.protocol import ChatCheck
from lms.qa.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.checks.views import bp  # the job process and commands never need the views

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("qa_checks.index", _l("质检设置"), "adjustments-horizontal", 90, Q.SCORECARDS_EDIT, "qa")]


@hookimpl
def qa_checks() -> list[ChatCheck]:
    return list(BUILT_IN)
