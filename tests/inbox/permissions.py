"""Who gets what from the routes of notifications: everybody their own, nobody somebody else's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.inbox.models import Notification
from lms.inbox.services import notify
from lms.kernel.clock import now
from lms.kernel.db import db

ROLES = ("agent", "lead", "supervisor", "evaluator", "trainer", "admin")
EVERYBODY = {"anonymous": 302, **dict.fromkeys(ROLES, 200)}
ONLY_THE_AGENT = {"anonymous": 302, **dict.fromkeys(ROLES, 404), "agent": 302}

EXPECTED: dict[str, dict[str, int]] = {
    "inbox.index": EVERYBODY,
    "inbox.follow": ONLY_THE_AGENT,
    "inbox.read": ONLY_THE_AGENT,
    "inbox.read_all": {"anonymous": 302, **dict.fromkeys(ROLES, 302)},
}


def build(cast: Any, session: scoped_session) -> dict[str, dict[str, Any]]:
    notify(people=[cast.agent.id], kind="test", key="甲", title="甲店的新规矩", url="/learning/tasks", at=now())
    one = db.session.scalars(select(Notification.id).where(Notification.person_id == cast.agent.id)).first()
    return {
        "inbox.follow": {"args": {"notification_id": one}},
        "inbox.read": {"args": {"notification_id": one}},
    }
