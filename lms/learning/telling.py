"""Tells people of new tasks, in their notifications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
    """One notification an assignment; all of them are of one activity. A statement or two for 500 people.

    What a rule handed out (``services.hand_out``) is left out: the rule tells of all its tasks in one message.
    """
    first = assignments[0]
    if first.assigned_by_id is None:
        return
    activity = db.session.get(Activity, first.activity_id)
    if activity is None:
        return
    # Jobs and commands have no address to build from; the list of tasks is always there.
    url = (activity_url(activity.kind, activity.id) if has_request_context() else None) or TASKS
    titles = {due_at: _title(activity, due_at) for due_at in {assignment.due_at for assignment in assignments}}
    told = [Told(each.person_id, f"assignment:{each.id}", titles[each.due_at], each.note, url) for each in assignments]
    notify_each(told=told, kind=KIND, at=first.created_at)


def _title(activity: Activity, due_at: datetime | None) -> str:
    title = activity.title[:100]
    if due_at is None:
        return _("新的培训任务：%(title)s", title=title)
    due = to_local(due_at).strftime("%m-%d %H:%M")
    return _("新的培训任务：%(title)s，%(due)s 前完成", title=title, due=due)
