"""Announces programmes to the host."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from courses.programmes import building_views, views
from courses.programmes import team_views as team_views
from courses.programmes.cards import cards_for
from courses.programmes.cli import programmes
from courses.programmes.demo import DEMO_STEPS
from courses.programmes.enrolling import enrol, note_record, withdraw
from courses.programmes.enums import EnrolmentState
from courses.programmes.locking import locks_for
from courses.programmes.models import Enrolment, Programme
from courses.programmes.permissions import PP, SPECS
from courses.programmes.queries import KIND, programme_of_activity
from courses.programmes.starter.services import load_starter
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.hookspecs import (
    ActivityKind,
    DashboardCard,
    DemoStep,
    HelpPage,
    Lock,
    NavItem,
    PermissionSpec,
    hookimpl,
)
from lms.learning.models import Activity, Assignment, Record
from lms.people.models import Person

log = logging.getLogger(__name__)
HERE = Path(__file__).parent


@hookimpl
def blueprints() -> list[Blueprint]:
    return [views.bp, building_views.bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("programmes.index", _l("培训计划"), "road", 15, PP.READ_OWN, "learn"),
        NavItem("programmes.team", _l("培训计划进度"), "stairs", 205, PP.READ_TEAM, "team"),
        NavItem("programme_building.index", _l("计划管理"), "route", 347, PP.EDIT, "chats"),
    ]


@hookimpl
def activity_kinds() -> list[ActivityKind]:
    return [
        ActivityKind(
            KIND,
            _l("培训计划"),
            "road",
            url=lambda activity_id: url_for("programmes.of_activity", activity_id=activity_id),
            manage_url=lambda activity_id: url_for("programme_building.of_activity", activity_id=activity_id),
        )
    ]


@hookimpl
def dashboard_cards(person: Person, at: datetime) -> list[DashboardCard]:
    """今天的培训计划: left out for who is in none."""
    return cards_for(person, at)


@hookimpl
def commands() -> list[click.Command]:
    return [programmes]


@hookimpl
def setup_home(at: datetime) -> str | None:
    """The programmes that ship come after the lessons and quizzes that they are made of."""
    return load_starter(at=at).line()


@hookimpl
def demo_steps() -> list[DemoStep]:
    return list(DEMO_STEPS)


@hookimpl
def help_pages() -> list[HelpPage]:
    path = HERE / "help" / "building-programmes.md"
    return [HelpPage("building-programmes", "培训师：搭建培训计划", path, order=5)]


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def activity_locks(person: Person, activity_ids: Sequence[int], at: datetime) -> dict[int, Lock]:
    return locks_for(person, activity_ids, at)


@hookimpl
def assignments_made(assignments: Sequence[Assignment]) -> None:
    """Giving somebody a programme is enrolling them."""
    first = assignments[0]
    activity = db.session.get(Activity, first.activity_id)
    if activity is None or activity.kind != KIND:
        return
    enrol(
        programme=programme_of_activity(activity.id),
        person_ids=[assignment.person_id for assignment in assignments],
        actor_id=first.assigned_by_id,
        at=first.created_at,
    )


@hookimpl
def assignment_cancelled(assignment: Assignment) -> None:
    """Taking a programme back is withdrawing them."""
    query = (
        select(Enrolment)
        .join(Programme, Enrolment.programme_id == Programme.id)
        .where(
            Programme.activity_id == assignment.activity_id,
            Enrolment.person_id == assignment.person_id,
            Enrolment.state == EnrolmentState.ACTIVE,
        )
    )
    enrolment = db.session.scalars(query).one_or_none()
    if enrolment is not None:
        withdraw(enrolment=enrolment, at=now())


@hookimpl
def record_written(record: Record) -> None:
    """What the ledger tells may pass a day. A mistake in here must not cost anybody their exam: it is logged, and
    ``lms programmes rebuild`` makes up for it."""
    try:
        with db.session.begin_nested():
            note_record(record=record)
    except Exception:
        log.exception("record %s was not counted to a programme", record.id)
