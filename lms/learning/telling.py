"""Tells people of new tasks, in their notifications."""

from __future__ import annotations

from collections.abc import Sequence

from flask import has_request_context
from flask_babel import gettext as _

from lms.inbox.services import Told, notify_each
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.learning.labels import activity_url
from lms.learning.models import Activity, Assignment

KIND = "assignment"
TASKS = "/learning/tasks"


def tell_assigned(assignments: Sequence[Assignment]) -> None:
    """One notification an assignment; all of them are of one activity. A statement or two for 500 people."""
    first = assignments[0]
    activity = db.session.get(Activity, first.activity_id)
    if activity is None:
        return
    # Jobs and commands have no address to build from; the list of tasks is always there.
    url = (activity_url(activity.kind, activity.id) if has_request_context() else None) or TASKS
    told = []
    for assignment in assignments:
        if assignment.due_at is None:
            title = _("新的培训任务：%(title)s", title=activity.title[:100])
        else:
            due = to_local(assignment.due_at).strftime("%m-%d %H:%M")
            title = _("新的培训任务：%(title)s，%(due)s 前完成", title=activity.title[:100], due=due)
        told.append(Told(assignment.person_id, f"assignment:{assignment.id}", title, assignment.note, url))
    notify_each(told=told, kind=KIND, at=first.created_at)
