"""Who may do what with evaluations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from tests.conftest import Cast
from tests.qa.making import make_chat, make_entry, make_scorecard

_SCORE = {"anonymous": 302, "evaluator": 200, "admin": 200}

EXPECTED = {
    "qa_evaluations.score": _SCORE | dict.fromkeys(("agent", "lead", "supervisor", "trainer"), 404),
    "qa_evaluations.draft": _SCORE | dict.fromkeys(("agent", "lead", "supervisor", "trainer"), 404),
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    version = make_scorecard(cast.shop)
    entry = make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    one = {"args": {"entry_id": entry.id}}
    return {"qa_evaluations.score": one, "qa_evaluations.draft": one}
