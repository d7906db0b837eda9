"""The way to the line of time from a transcript."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.coaching.timeline.rules import can_see_timeline
from lms.kernel.hookspecs import TranscriptSection
from lms.people.models import Person


def link_for(person: Person, viewer: Person) -> list[TranscriptSection]:
    """A link, where the viewer may follow it."""
    if not can_see_timeline(viewer, person):
        return []
    context = {"person_id": person.id, "own": person.id == viewer.id}
    return [TranscriptSection(5, _("时间线"), "lms/coaching/timeline/transcript.html", context)]
