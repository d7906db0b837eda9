"""Cards of the start page: one's own open tasks; for whoever leads a team, who is overdue."""

from __future__ import annotations

from datetime import datetime

from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.kernel.hookspecs import DashboardCard
from lms.learning.enums import AssignmentState
from lms.learning.labels import TEMPLATE_HELPERS
from lms.learning.locks import locks_of
from lms.learning.queries import overdue_in_team, tasks_of
from lms.people.enums import Role
from lms.people.models import Person
from lms.people.permissions import P
from lms.people.rules import has_permission

SHOWN = 5
# The statement asks for one more than a card can name, so that it can say "more than".
MOST = 99


def cards_for(person: Person, at: datetime) -> list[DashboardCard]:
    """The cards of ``person``; one statement each, and what the locks of the shown tasks take."""
    cards = []
    waiting = list(db.session.scalars(tasks_of(person.id, AssignmentState.OPEN).limit(MOST + 1)))
    if waiting or Role.AGENT in person.access.roles:
        context = {"tasks": waiting[:SHOWN], "total": len(waiting), "most": MOST, "at": at, **TEMPLATE_HELPERS}
        context["locks"] = locks_of(person, [task.activity_id for task in waiting[:SHOWN]], at)
        context["late"] = sum(task.is_overdue(at) for task in waiting)
        context["today"] = sum(_due_today(task.due_at, at) for task in waiting)
        cards.append(DashboardCard(10, "lms/learning/card_tasks.html", context))
    if has_permission(person, P.PROGRESS_READ):
        late = list(db.session.scalars(overdue_in_team(person, at).limit(MOST + 1)))
        context = {"late": late[:SHOWN], "total": len(late), "most": MOST, "at": at, **TEMPLATE_HELPERS}
        cards.append(DashboardCard(20, "lms/learning/card_overdue.html", context))
    return cards


def _due_today(due_at: datetime | None, at: datetime) -> bool:
    """Due later on the same day in Shanghai."""
    return due_at is not None and due_at >= at and to_local(due_at).date() == to_local(at).date()
