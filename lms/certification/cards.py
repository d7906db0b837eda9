"""Certificates on the start page and on a transcript."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from lms.certification.labels import TEMPLATE_HELPERS
from lms.certification.permissions import P
from lms.certification.queries import can_see_any, certificates_of, expiring_in_team, expiring_of, of_visible_shops
from lms.kernel.db import db
from lms.kernel.hookspecs import DashboardCard, TranscriptSection
from lms.people.models import Person
from lms.people.rules import has_permission

SHOWN = 5
MOST = 99


def cards_for(person: Person, at: datetime) -> list[DashboardCard]:
    """One's own certificates that need renewing; for whoever looks after people, theirs. Empty cards are left out."""
    cards = []
    own = list(db.session.scalars(expiring_of(person.id, at).limit(SHOWN)))
    if own:
        context = {"certificates": own, "at": at, **TEMPLATE_HELPERS}
        cards.append(DashboardCard(15, "lms/certification/card_own.html", context))
    if has_permission(person, P.CERTIFICATES_READ):
        team = list(db.session.scalars(expiring_in_team(person, at).limit(MOST + 1)))
        if team:
            context = {"certificates": team[:SHOWN], "total": len(team), "most": MOST, "at": at, **TEMPLATE_HELPERS}
            cards.append(DashboardCard(25, "lms/certification/card_team.html", context))
    return cards


def transcript_of(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    """The certificates of a person, as far as the viewer may see them."""
    if not can_see_any(viewer, person):
        return []
    found = list(db.session.scalars(of_visible_shops(certificates_of(person.id), person, viewer)))
    if not found:
        return []
    context = {"certificates": found, "at": at, **TEMPLATE_HELPERS}
    return [TranscriptSection(20, _("证书"), "lms/certification/transcript.html", context)]
