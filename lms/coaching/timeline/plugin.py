"""Announces the line of time to the host."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint

from lms.kernel.hookspecs import TimelineEvent, TranscriptSection, hookimpl
from lms.people.models import Person


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.coaching.timeline import views  # jobs never need them

    return [views.bp]


@hookimpl
def timeline_events(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    """What the loop did, and disputes."""
    from lms.coaching.timeline.gathering import case_events, dispute_events

    return [*case_events(person, viewer, since, until), *dispute_events(person, viewer, since, until)]


@hookimpl
def transcript_sections(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    from lms.coaching.timeline.cards import link_for

    return link_for(person, viewer)
