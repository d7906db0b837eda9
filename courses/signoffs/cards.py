"""The card of the start page for leads: whose checklists have waited longest for a signature."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func

from courses.signoffs.permissions import S
from courses.signoffs.queries import LATE, waiting_for
from lms.kernel.db import db
from lms.kernel.hookspecs import DashboardCard
from lms.people.models import Person
from lms.people.rules import has_permission

SHOWN = 4


def cards_for(person: Person, at: datetime) -> list[DashboardCard]:
    """None where nothing waits. One statement, which also counts the lines that the card doesn't show."""
    if not has_permission(person, S.CHECKLISTS_SIGN):
        return []
    query = waiting_for(person).add_columns(func.count().over().label("total")).limit(SHOWN)
    found = db.session.execute(query).all()
    if not found:
        return []
    context = {"rows": [row[:4] for row in found], "total": found[0].total, "at": at, "late": LATE}
    return [DashboardCard(25, "courses/signoffs/card.html", context)]
