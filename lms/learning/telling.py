"""Tells people of new tasks, in their notifications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from flask import has_request_context
from flask_babel import gettext as _
from sqlalchemy import select

from lms.inbox.services import Told, notify_each
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.learning.labels import activity_url
from lms.learning.models import Activity, Assignment

KIND = "assignment"
TASKS = "/learning/tasks"
NAMED = 3
"""So many titles are named when several tasks are told of in one message."""

_gathered: ContextVar[list[Assignment] | None] = ContextVar("gathered", default=None)


@contextmanager
def told_together(at: datetime) -> Iterator[None]:
    """Whoever gets several tasks inside hears of them once, at the end; a single one is told of as always."""
    found: list[Assignment] = []
    token = _gathered.set(found)
    try:
        yield
    finally:
        _gathered.reset(token)
    by_person: dict[int, list[Assignment]] = {}
    for assignment in found:
        by_person.setdefault(assignment.person_id, []).append(assignment)
    by_activity: dict[int, list[Assignment]] = {}
    for tasks in by_person.values():
        if len(tasks) == 1:
            by_activity.setdefault(tasks[0].activity_id, []).append(tasks[0])
    for tasks in by_activity.values():
        tell_assigned(tasks)
    several = [tasks for tasks in by_person.values() if len(tasks) > 1]
    if several:
        _tell_several(several, at)


def _tell_several(groups: Sequence[Sequence[Assignment]], at: datetime) -> None:
    ids = {task.activity_id for tasks in groups for task in tasks[:NAMED]}
    titles = {row.id: row.title for row in db.session.scalars(select(Activity).where(Activity.id.in_(ids)))}
    told = []
    for tasks in groups:
        names = "、".join(titles[task.activity_id][:60] for task in tasks[:NAMED])
        body = names if len(tasks) <= NAMED else _("%(titles)s等，见“我的任务”。", titles=names)
        title = _("新的培训任务：%(n)s 项", n=len(tasks))
        told.append(Told(tasks[0].person_id, f"assignments:{tasks[0].id}", title, body, TASKS))
    notify_each(told=told, kind=KIND, at=at)


def tell_assigned(assignments: Sequence[Assignment]) -> None:
    """One notification an assignment; all of them are of one activity. A statement or two for 500 people.

    What a rule handed out (``services.hand_out``) is left out: the rule tells of all its tasks in one message. Inside
    :func:`told_together` they wait for its end.
    """
    first = assignments[0]
    if first.assigned_by_id is None:
        return
    waiting = _gathered.get()
    if waiting is not None:
        waiting += assignments
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
