"""Writes down what happened."""

from __future__ import annotations

from typing import Any

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.system.models import SystemEvent


def note_event(kind: str, person_id: int | None, **facts: Any) -> SystemEvent:
    """Append an event in the transaction that did the thing: what is rolled back was never noted."""
    event = SystemEvent(at=now(), kind=kind, person_id=person_id, facts=facts)
    db.session.add(event)
    return event
