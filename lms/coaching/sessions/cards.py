"""Sessions on the start page and on the line of time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.coaching.enums import SessionState
from lms.coaching.sessions.labels import TEMPLATE_HELPERS
from lms.coaching.sessions.models import CoachingSession
from lms.coaching.sessions.queries import lacking_signature_of, session_filter
from lms.kernel.db import db
from lms.kernel.hookspecs import DashboardCard, TimelineEvent
from lms.people.models import Person

SHOWN = 5


def unsigned_card(person: Person, at: datetime) -> list[DashboardCard]:
    """What one has to sign, and what one's branch has left unsigned for 48 hours."""
    found = lacking_signature_of(person, at, SHOWN + 1)
    if not found:
        return []
    context: dict[str, Any] = {"sessions": found[:SHOWN], "more": len(found) > SHOWN, "viewer": person, "at": at}
    return [DashboardCard(18, "lms/coaching/sessions/card.html", context | TEMPLATE_HELPERS)]


def events_of(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """The sessions in which the person was coached, those that were not held yet left out. One statement."""
    row = CoachingSession
    query = (
        select(row)
        .where(
            row.agent_id == person.id,
            row.held_at >= since,
            row.held_at < until,
            session_filter(viewer),
        )
        .options(joinedload(row.coach).lazyload(Person.grants))
        .order_by(row.held_at)
    )
    return [
        TimelineEvent(
            at=session.held_at,
            lane="coaching",
            title=_("辅导面谈：%(title)s", title=session.title),
            detail=_("主持人 %(name)s", name=session.coach.name)
            + ("" if session.state is SessionState.SIGNED else " · " + _("待签字")),
            url=f"/coaching/sessions/{session.id}",
            icon="messages",
        )
        for session in db.session.scalars(query)
        if session.held_at is not None
    ]
