"""Announces notifications to the host."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.inbox import models as models
from lms.inbox.queries import unread_of
from lms.inbox.views import bp
from lms.kernel.db import db
from lms.kernel.hookspecs import DashboardCard, DemoStep, NavItem, hookimpl
from lms.people.models import Person

SHOWN = 4
MOST = 99


@hookimpl
def blueprints() -> list[Blueprint]:
    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("inbox.index", _l("通知"), "bell", 30, "", "learn")]


@hookimpl
def dashboard_cards(person: Person, at: datetime) -> list[DashboardCard]:
    """What the person has not read yet; left out when that is nothing. One statement."""
    unread = list(db.session.scalars(unread_of(person.id).limit(MOST + 1)))
    if not unread:
        return []
    context = {"unread": unread[:SHOWN], "total": len(unread), "most": MOST}
    return [DashboardCard(15, "lms/inbox/card.html", context)]


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.inbox.demo import read_old_ones  # the demo only

    return [DemoStep(900, "通知", read_old_ones)]
