"""Who may see whose line of time: oneself and those who lead the branch; no peer, no evaluator, no trainer."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from tests.conftest import Cast

_OWN = {"anonymous": 302, "agent": 200, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}

EXPECTED = {
    "coaching_timeline.me": _OWN,
    "coaching_timeline.person": _OWN | {"agent": 404, "lead": 404, "evaluator": 404, "trainer": 404},
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    return {"coaching_timeline.person": {"args": {"person_id": cast.agent2.id}}}
