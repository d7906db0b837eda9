"""Who may follow up improvements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.qa.enums import RootCause
from lms.qa.evaluations.services import settle_due
from lms.qa.improvements.models import Improvement
from tests.conftest import Cast
from tests.qa.making import MONDAY, make_evaluation, make_scorecard

_ALL = {"anonymous": 302, "agent": 403, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}

EXPECTED = {
    "qa_improvements.index": _ALL,
    "qa_improvements.export": _ALL,
    "qa_improvements.show": _ALL,
    "qa_improvements.show [POST]": _ALL | dict.fromkeys(("lead", "supervisor", "evaluator", "trainer", "admin"), 302),
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    make_evaluation(
        cast.evaluator, cast.agent, cast.shop, make_scorecard(cast.shop), failed=("fast",), cause=RootCause.PROCESS
    )
    settle_due(at=MONDAY.replace(year=2027))
    one = {"args": {"improvement_id": session.scalars(select(Improvement.id)).all()[-1]}}
    return {
        "qa_improvements.show": one,
        "qa_improvements.show [POST]": one | {"data": {"title": "甲店：改流程", "state": "doing"}},
    }
