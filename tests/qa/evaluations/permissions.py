"""Who may do what with evaluations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from tests.conftest import Cast
from tests.qa.making import make_chat, make_entry, make_evaluation, make_scorecard

_ROLES = ("agent", "lead", "supervisor", "evaluator", "trainer", "admin")
_HEADS = {"anonymous": 302, "agent": 403, "trainer": 403} | dict.fromkeys(
    ("lead", "supervisor", "evaluator", "admin"), 200
)
_EDIT = {"anonymous": 302, "evaluator": 200, "admin": 200} | dict.fromkeys((*_ROLES[:3], "trainer"), 403)
_SCORE = {"anonymous": 302, "evaluator": 200, "admin": 200}

EXPECTED = {
    "qa_evaluations.score": _SCORE | dict.fromkeys(("agent", "lead", "supervisor", "trainer"), 404),
    "qa_evaluations.draft": _SCORE | dict.fromkeys(("agent", "lead", "supervisor", "trainer"), 404),
    "qa_evaluations.guide": _SCORE | dict.fromkeys(("agent", "lead", "supervisor", "trainer"), 404),
    "qa_evaluations.new": _EDIT,
    "qa_evaluations.new [POST]": _EDIT | {"evaluator": 400, "admin": 400},
    "qa_evaluations.index": _HEADS,
    "qa_evaluations.export": _HEADS,
    "qa_evaluations.show": {"anonymous": 302, "trainer": 404} | dict.fromkeys((*_ROLES[:4], "admin"), 200),
    "qa_evaluations.accept": {"anonymous": 302, "agent": 302} | dict.fromkeys(_ROLES[1:], 404),
    "qa_evaluations.reviewers": _HEADS | {"lead": 403},
    "qa_mine.index_own": {"anonymous": 302} | dict.fromkeys(_ROLES, 200),
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    version = make_scorecard(cast.shop)
    entry = make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    one = {"args": {"entry_id": entry.id}}
    made = make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("right",), at=now())
    shown = {"args": {"evaluation_id": made.id}}
    return {
        "qa_evaluations.score": one | {"anew": True},  # opening the form claims the chat
        "qa_evaluations.draft": one,
        "qa_evaluations.guide": one,
        "qa_evaluations.show": shown,
        "qa_evaluations.accept": shown,
    }
