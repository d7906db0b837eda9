"""The first card of the start page: today's tasks of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from courses.programmes.definition import from_json
from courses.programmes.models import Enrolment
from courses.programmes.permissions import PP
from courses.programmes.queries import latest_run
from lms.kernel.db import db
from lms.kernel.hookspecs import DashboardCard
from lms.learning.enums import AssignmentState
from lms.learning.labels import TEMPLATE_HELPERS
from lms.learning.models import Assignment
from lms.people.models import Person
from lms.people.rules import has_permission

SHOWN = 5


@dataclass(frozen=True)
class Today:
    """The open day of a programme, as the card shows it."""

    enrolment: Enrolment
    programme: str
    title: str
    days: int
    tasks: tuple[Assignment, ...]
    is_late: bool


def cards_for(person: Person, at: datetime) -> list[DashboardCard]:
    """One statement for who is in no programme, two for the others, so that it can stand before the tasks at once."""
    run = latest_run(person.id) if has_permission(person, PP.READ_OWN) else None
    if run is None:
        return []
    enrolment, version = run
    definition = from_json(version.definition)
    day = definition.days[enrolment.current_day - 1]
    waiting = (
        select(Assignment)
        .where(
            Assignment.person_id == person.id,
            Assignment.activity_id.in_(day.activity_ids()),
            Assignment.state == AssignmentState.OPEN,
        )
        .options(joinedload(Assignment.activity))
    )
    order = {ident: place for place, ident in enumerate(day.activity_ids())}
    tasks = sorted(db.session.scalars(waiting), key=lambda task: order[task.activity_id])
    late = enrolment.day_due_at is not None and enrolment.day_due_at < at
    today = Today(enrolment, version.title, day.title, len(definition.days), tuple(tasks), late)
    context = {"today": today, "shown": SHOWN, "at": at, **TEMPLATE_HELPERS}
    return [DashboardCard(5, "courses/programmes/card.html", context)]
