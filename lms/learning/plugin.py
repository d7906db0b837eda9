"""Announces competencies, activities, assignments and the ledger to the host."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DashboardCard, NavItem, PeopleColumn, TimelineEvent, hookimpl
from lms.learning import assign_views as assign_views
from lms.learning import competency_views as competency_views
from lms.learning import team_views as team_views
from lms.learning import transcript_views as transcript_views
from lms.learning import views as views
from lms.learning.blueprint import bp
from lms.learning.cards import cards_for
from lms.learning.columns import PROGRAMMES_COLUMN
from lms.learning.models import Assignment
from lms.learning.telling import tell_assigned
from lms.learning.timeline import events_of
from lms.people.models import Person
from lms.people.permissions import P


@hookimpl
def blueprints() -> list[Blueprint]:
    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("learning.tasks", _l("我的任务"), "clipboard-list", 10, P.RECORDS_READ_OWN, "learn", tab=True),
        NavItem("learning.transcript", _l("学习档案"), "school", 38, P.RECORDS_READ_OWN, "learn"),
        NavItem("learning.records", _l("学习记录"), "history", 40, P.RECORDS_READ_OWN, "learn"),
        NavItem("learning.matrix", _l("团队任务"), "table", 200, P.PROGRESS_READ, "team", tab=True),
        NavItem("learning.assign", _l("布置任务"), "send", 210, P.ASSIGNMENTS_EDIT, "team"),
        NavItem("learning.competency_list", _l("能力项"), "target", 220, P.COMPETENCIES_EDIT, "team"),
    ]


@hookimpl
def people_columns() -> list[PeopleColumn]:
    return [PROGRAMMES_COLUMN]


@hookimpl
def assignments_made(assignments: Sequence[Assignment]) -> None:
    """Everybody hears of a new task."""
    tell_assigned(assignments)


@hookimpl
def dashboard_cards(person: Person, at: datetime) -> list[DashboardCard]:
    return cards_for(person, at)


@hookimpl
def timeline_events(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    return events_of(person, viewer, since, until)
