"""What somebody learned, as events of the line of time."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.kernel.db import db
from lms.kernel.hookspecs import TimelineEvent
from lms.learning.enums import Verb
from lms.learning.labels import VERB_LABELS, activity_url, kind_icon, kind_label, record_url
from lms.learning.models import Activity, Record
from lms.learning.queries import activity_filter
from lms.learning.rules import can_see_progress
from lms.people.models import Person

SHOWN = (Verb.COMPLETED, Verb.PASSED, Verb.FAILED)


def events_of(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """What was completed, passed or failed; the score is the figure. One statement."""
    if not can_see_progress(viewer, person):
        return []
    query = (
        select(Record)
        .join(Activity, Activity.id == Record.activity_id)
        .where(Record.actor_id == person.id, Record.at >= since, Record.at < until, Record.verb.in_(SHOWN))
        .options(joinedload(Record.activity))
        .order_by(Record.at, Record.id)
    )
    if viewer.id != person.id:
        query = query.where(activity_filter(viewer))
    return [_event(record, own=viewer.id == person.id) for record in db.session.scalars(query)]


def _event(record: Record, *, own: bool) -> TimelineEvent:
    activity = record.activity
    failed = record.verb is Verb.FAILED or record.success is False
    score = None if record.score is None else round(100 * record.score, 1)
    detail = str(kind_label(activity.kind))
    if score is not None:
        detail += " · " + _("%(n)s 分", n=f"{score:g}")
    url = record_url(activity.kind, record.context) or (activity_url(activity.kind, activity.id) if own else None)
    return TimelineEvent(
        at=record.at,
        lane="learning",
        title=f"{VERB_LABELS[record.verb]}：{activity.title}",
        detail=detail,
        url=url or "",
        icon=kind_icon(activity.kind),
        figure=score,
        tone="bad" if failed else "good",
    )
