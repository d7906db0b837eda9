"""Who may do what in the question factory."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from tests.conftest import Cast
from tests.quizzes.mining.making import make_group

_READ = {"anonymous": 302, "agent": 403, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}
_SAVED = {
    "anonymous": 302,
    "agent": 403,
    "lead": 403,
    "supervisor": 403,
    "evaluator": 403,
    "trainer": 302,
    "admin": 302,
}

EXPECTED = {
    "mining.index": _READ,
    "mining.show": _READ,
    "mining.mine": _SAVED,
    "mining.edit": _SAVED,
    "mining.choose": _SAVED,
    "mining.hide": _SAVED,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    group, answers = make_group(cast.shop, "什么时候发货？", "四点前付款当天发出")
    args = {"group_id": group.id}
    data = {"question": "多久发货？", "answer": "当天发", "stage": "insale", "dimension": "skill", "product_label": ""}
    return {
        "mining.show": {"args": args},
        "mining.mine": {"data": {"shop": cast.shop.id}},
        "mining.edit": {"args": args, "data": data},
        "mining.choose": {"args": args | {"answer_id": answers[0].id}, "data": {"use": "1"}},
        "mining.hide": {"args": args, "data": {"hidden": "1"}},
    }
