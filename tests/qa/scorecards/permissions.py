"""Who may see and write scorecards."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from tests.conftest import Cast
from tests.qa.making import make_scorecard

_READ = {
    "anonymous": 302,
    "agent": 200,
    "lead": 200,
    "supervisor": 200,
    "evaluator": 200,
    "trainer": 200,
    "admin": 200,
}
_EDIT = _READ | {"agent": 403, "lead": 403, "trainer": 403, "other": 403}
_DONE = _EDIT | {"supervisor": 302, "evaluator": 302, "admin": 302}

EXPECTED = {
    "qa_scorecards.index": _READ,
    "qa_scorecards.new": _EDIT,
    "qa_scorecards.new [POST]": _DONE,
    "qa_scorecards.show": _READ,
    "qa_scorecards.preview": _READ,
    "qa_scorecards.edit": _EDIT,
    "qa_scorecards.edit [POST]": _EDIT | {"supervisor": 409, "evaluator": 409, "admin": 409},
    "qa_scorecards.criterion": _EDIT,
    "qa_scorecards.draft": _EDIT | {"supervisor": 409, "evaluator": 409, "admin": 409},
    "qa_scorecards.publishing": _EDIT,
    "qa_scorecards.publishing [POST]": _EDIT | {"supervisor": 400, "evaluator": 400, "admin": 400},
    "qa_scorecards.discard": _DONE,
    "qa_scorecards.archive": _DONE,
    "qa_scorecards.copy": _DONE,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    version = make_scorecard(cast.shop)
    version.scorecard.title = "甲店评分表"
    one = {"args": {"scorecard_id": version.scorecard_id}}
    here = {"title": "甲店新表", "shop_id": str(cast.shop.id)}
    routes = (
        "show",
        "preview",
        "edit",
        "edit [POST]",
        "draft",
        "publishing",
        "publishing [POST]",
        "discard",
        "archive",
    )
    cases: dict[str, dict[str, Any]] = {f"qa_scorecards.{route}": one for route in routes}
    cases["qa_scorecards.criterion"] = {"args": one["args"] | {"code": "fast"}}
    cases["qa_scorecards.copy"] = one | {"data": here}
    cases["qa_scorecards.new [POST]"] = {"data": here}
    return cases
