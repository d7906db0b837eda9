"""Certificates that were issued, ended or revoked, as events of the line of time."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.certification.models import Certificate
from lms.certification.queries import can_see_any, of_visible_shops
from lms.kernel.db import db
from lms.kernel.hookspecs import TimelineEvent
from lms.people.models import Person


def events_of(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """One statement."""
    if not can_see_any(viewer, person):
        return []
    query = select(Certificate).where(Certificate.person_id == person.id)
    events = []
    for certificate in db.session.scalars(of_visible_shops(query, person, viewer)):
        title = certificate.title
        told = [(certificate.issued_at, _("获得证书：%(title)s", title=title), "good")]
        if certificate.revoked_at is not None:
            told.append((certificate.revoked_at, _("证书吊销：%(title)s", title=title), "bad"))
        elif certificate.expires_at is not None:
            told.append((certificate.expires_at, _("证书到期：%(title)s", title=title), "bad"))
        for at, words, tone in told:
            icon = "certificate" if tone == "good" else "certificate-off"
            if since <= at < until:
                events.append(TimelineEvent(at, "certificate", words, certificate.number, icon=icon, tone=tone))
    return events
