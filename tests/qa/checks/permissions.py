"""Who may change a shop's settings of quality checks."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from tests.conftest import Cast

_HEADS = {
    "anonymous": 302,
    "agent": 403,
    "lead": 403,
    "supervisor": 200,
    "evaluator": 200,
    "trainer": 403,
    "admin": 200,
}

EXPECTED = {
    "qa_checks.index": _HEADS | {"other": 403},
    "qa_checks.index [POST]": _HEADS | {"supervisor": 302, "evaluator": 302, "admin": 302, "other": 403},
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    form = {"on": ["taboo"], "band_low": 5, "band_high": 20, "own_words": "甲店禁语", "answer_hours": 72}
    of_shop = {"args": {"shop": cast.shop.id}}
    more = {"decide_hours": 48, "claim_hours": 24, "agreement_bar": 60}
    return {"qa_checks.index": of_shop, "qa_checks.index [POST]": of_shop | {"data": form | more}}
