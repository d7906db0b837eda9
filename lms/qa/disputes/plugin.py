"""Announces disputes to the host."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DashboardCard, DemoStep, NavItem, hookimpl
from lms.people.models import Person
from lms.qa.disputes import models as models
from lms.qa.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.disputes.views import bp  # the job process and commands never need the views

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("qa_disputes.index", _l("申诉"), "gavel", 60, Q.DISPUTES_DECIDE, "qa")]


@hookimpl
def later_cards(person: Person, at: datetime) -> list[DashboardCard]:
    from lms.qa.disputes.queries import count_waiting

    count = count_waiting(person)
    return [DashboardCard(13, "lms/qa/disputes/card.html", {"count": count})] if count else []


@hookimpl
def dispute_filed(dispute: Any) -> None:
    from lms.qa.disputes.telling import tell_arbiters

    tell_arbiters(dispute)


@hookimpl
def dispute_decided(decision: Any) -> None:
    from lms.qa.disputes.telling import tell_of_decision

    tell_of_decision(decision)


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.qa.disputes.demo import DEMO_STEPS  # commands only

    return list(DEMO_STEPS)
