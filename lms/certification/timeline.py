"""Certificates that were issued, ended or revoked, as events of the line of time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select

from lms.certification.models import Certificate
from lms.certification.queries import can_see_any, of_visible_shops
from lms.kernel.db import db
from lms.kernel.hookspecs import TimelineEvent
from lms.people.models import Person


def events_of(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """One statement."""
    if not can_see_any(viewer, person):
        return []
    query: Select[Any] = select(
        Certificate.number, Certificate.title, Certificate.issued_at, Certificate.expires_at, Certificate.revoked_at
    ).where(Certificate.person_id == person.id)
    events = []
    for number, title, issued_at, expires_at, revoked_at in db.session.execute(of_visible_shops(query, person, viewer)):
        told = [(issued_at, _("获得证书：%(title)s", title=title), "good")]
        if revoked_at is not None:
            told.append((revoked_at, _("证书吊销：%(title)s", title=title), "bad"))
        elif expires_at is not None:
            told.append((expires_at, _("证书到期：%(title)s", title=title), "bad"))
        for at, words, tone in told:
            icon = "certificate" if tone == "good" else "certificate-off"
            if since <= at < until:
                events.append(TimelineEvent(at, "certificate", words, number, icon=icon, tone=tone))
    return events
