"""Who sees the gain between 前测 and 后测."""

from __future__ import annotations

from typing import Any

from lms.kernel.clock import now
from quizzes.papers.services import create_post_test
from tests.conftest import Cast
from tests.quizzes.papers.factories import make_items, make_quiz

_RESULTS = {
    "anonymous": 302,
    "agent": 403,
    "lead": 200,
    "supervisor": 200,
    "evaluator": 403,
    "trainer": 200,
    "admin": 200,
}

EXPECTED = {"gains.show": _RESULTS, "gains.export": _RESULTS}


def build(cast: Cast, session: Any) -> dict[str, dict[str, Any]]:
    pre = make_quiz(cast.trainer, make_items(4, shop=cast.shop), shop=cast.shop, title="甲店前测", draw_count=2)
    post = create_post_test(actor=cast.trainer, pre=pre, at=now())
    return {"gains.show": {"args": {"quiz_id": pre.id}}, "gains.export": {"args": {"quiz_id": post.id}}}
