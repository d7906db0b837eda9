"""When learning a lesson again begins: a task that was given after a completion asks for everything anew."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Assignment, Record


def counts_now(column: InstrumentedAttribute[object], person_id: int, task: Assignment | None) -> ColumnElement[bool]:
    """Rows whose time counts for what the person has to do now: those after the last completion before the ``task``.

    Where no task is open, or its activity was never completed before it was given, every row counts.
    """
    if task is None or task.state is not AssignmentState.OPEN:
        return true()
    earlier = aliased(Record)
    return ~exists().where(
        earlier.actor_id == person_id,
        earlier.activity_id == task.activity_id,
        earlier.verb == Verb.COMPLETED,
        earlier.at < task.created_at,
        earlier.at >= column,
    )
