"""When learning a lesson again begins: a task that was given after a completion asks for everything anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from lms.kernel.db import db
from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Assignment, Record


def round_start(person_id: int, activity_id: int, task: Assignment | None) -> datetime | None:
    """When the person completed the activity before the open ``task`` was given: what is older counts no more.

    None where no task is open or nothing was completed before it: then everything counts. One statement at most.
    """
    if task is None or task.state is not AssignmentState.OPEN:
        return None
    query = select(func.max(Record.at)).where(
        Record.actor_id == person_id,
        Record.activity_id == activity_id,
        Record.verb == Verb.COMPLETED,
        Record.at < task.created_at,
    )
    found: datetime | None = db.session.scalar(query)
    return found
