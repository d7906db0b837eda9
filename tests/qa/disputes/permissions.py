"""Who may do what with disputes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.qa.disputes.services import file_dispute
from lms.qa.evaluations.services import findings_of
from tests.conftest import Cast
from tests.qa.making import make_evaluation, make_scorecard

_ROLES = ("agent", "lead", "supervisor", "evaluator", "trainer", "admin")
_HEADS = {"anonymous": 302, "agent": 403, "lead": 403, "trainer": 403} | dict.fromkeys(
    ("supervisor", "evaluator", "admin"), 200
)

EXPECTED = {
    "qa_disputes.index": _HEADS,
    "qa_disputes.figures": _HEADS,
    "qa_disputes.file": {"anonymous": 302, "agent": 302} | dict.fromkeys(_ROLES[1:], 404),
    "qa_disputes.of_evaluation": {"anonymous": 302, "trainer": 404}
    | dict.fromkeys(("agent", "lead", "supervisor", "evaluator", "admin"), 200),
    "qa_disputes.show": {"anonymous": 302, "lead": 404, "trainer": 404}
    | dict.fromkeys(("agent", "supervisor", "evaluator", "admin"), 200),
    # the agent and the evaluator are both refused with the reason
    "qa_disputes.show [POST]": {"anonymous": 302, "lead": 404, "trainer": 404, "agent": 403, "evaluator": 403}
    | dict.fromkeys(("supervisor", "admin"), 302),
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    at = now()
    made = make_evaluation(
        cast.evaluator, cast.agent, cast.shop, make_scorecard(cast.shop), failed=("fast", "right"), at=at
    )
    fast, right = findings_of(made.id)
    dispute = file_dispute(actor=cast.agent, finding=right, reason="客户问的是补发，我答的也是补发", at=at)
    one = {"args": {"dispute_id": dispute.id}}
    return {
        "qa_disputes.file": {"args": {"finding_id": fast.id}, "data": {"reason": "当时系统卡住了"}},
        "qa_disputes.of_evaluation": {"args": {"evaluation_id": made.id}},
        "qa_disputes.show": one,
        "qa_disputes.show [POST]": one | {"data": {"upheld": "1", "value": "1", "reason": "引用的消息不是这件事"}},
    }
