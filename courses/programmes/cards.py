"""The first card of the start page: today's tasks of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from courses.programmes.definition import from_json
from courses.programmes.models import Enrolment
from courses.programmes.permissions import PP
from courses.programmes.queries import latest_run
from lms.kernel.hookspecs import DashboardCard
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
    """One statement, so that it can be there at once, before the tasks."""
    run = latest_run(person.id) if has_permission(person, PP.READ_OWN) else None
    if run is None:
        return []
    enrolment, version, waiting = run
    definition = from_json(version.definition)
    day = definition.days[enrolment.current_day - 1]
    order = {ident: place for place, ident in enumerate(day.activity_ids())}
    tasks = sorted((t for t in waiting if t.activity_id in order), key=lambda task: order[task.activity_id])
    late = enrolment.day_due_at is not None and enrolment.day_due_at < at
    today = Today(enrolment, version.title, day.title, len(definition.days), tuple(tasks), late)
    context = {"today": today, "shown": SHOWN, "at": at, **TEMPLATE_HELPERS}
    return [DashboardCard(5, "courses/programmes/card.html", context)]
