"""One's own pages: my tasks and my learning records."""

from __future__ import annotations

from flask import render_template

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.learning.blueprint import bp
from lms.learning.enums import AssignmentState
from lms.learning.locks import locks_of
from lms.learning.queries import dimension_progress, ledger_totals, records_of, tasks_of
from lms.people.guards import current_person, requires
from lms.people.permissions import P
from lms.web.paging import page_number, paginate

# Somebody with more open tasks than this has another problem than a missing second page.
MOST_OPEN = 100


@bp.get("/tasks")
@requires(P.RECORDS_READ_OWN)
def tasks() -> str:
    person = current_person()
    at = now()
    waiting = db.session.scalars(tasks_of(person.id, AssignmentState.OPEN).limit(MOST_OPEN)).all()
    return render_template(
        "lms/learning/tasks.html",
        open_tasks=waiting,
        locks=locks_of(person, [task.activity_id for task in waiting], at),
        done=paginate(tasks_of(person.id, AssignmentState.DONE), page_number(), 10),
        dimensions=dimension_progress(person.id),
        at=at,
    )


@bp.get("/records")
@requires(P.RECORDS_READ_OWN)
def records() -> str:
    person = current_person()
    return render_template(
        "lms/learning/records.html",
        page=paginate(records_of(person.id), page_number()),
        totals=ledger_totals(person.id),
        dimensions=dimension_progress(person.id),
    )
