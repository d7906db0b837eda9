"""Who may do what with the loop."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.coaching.enums import Help
from lms.coaching.loop.services import open_by_hand
from tests.coaching.making import finding_of, make_taught
from tests.conftest import Cast
from tests.qa.making import MONDAY, make_evaluation

_ALL = {"anonymous": 302, "agent": 200, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}
_TEAM = _ALL | {"agent": 403, "evaluator": 403, "trainer": 403}
_NOBODY = dict.fromkeys(_ALL, 403) | {"anonymous": 302}
_RULES = _NOBODY | {"supervisor": 200, "admin": 200}
# A case of the agent: the agent and whoever leads them; no evaluator and no trainer knows who is being trained.
_ONE = _ALL | {"evaluator": 404, "trainer": 404}
_STEER = _NOBODY | {"lead": 303, "supervisor": 303, "admin": 303}

EXPECTED = {
    "coaching_loop.board": _TEAM,
    "coaching_loop.export": _TEAM,
    "coaching_loop.decisions": _TEAM,
    "coaching_loop.case": _ONE,
    "coaching_loop.sign_off": _NOBODY | {"lead": 303, "supervisor": 303, "admin": 303},
    "coaching_loop.cancel": _STEER,
    "coaching_loop.assign": _TEAM,
    "coaching_loop.assign [POST]": _STEER,
    "coaching_loop.rules": _RULES,
    "coaching_loop.edit_rule": _RULES,
    "coaching_loop.edit_rule [POST]": _NOBODY | {"supervisor": 303, "admin": 303},
}
# The other trainer holds none of these permissions, which is said before anything is looked up.
for _route in EXPECTED:
    if _route != "coaching_loop.case":
        EXPECTED[_route] = EXPECTED[_route] | {"other": 403}

RULE = {
    "active": "y",
    "kind": "in_a_row",
    "fails": "2",
    "last": "2",
    "act_on": "confirmed",
    "lesson_id": "",
    "quiz_id": "",
    "due_days": "7",
    "cooldown_days": "14",
    "follow_up_checks": "5",
    "follow_up_days": "14",
    "delay_days": "0",
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    version, lesson, _quiz = make_taught(cast.shop)
    finding = finding_of(make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("right",)))
    again, _lesson, _quiz = make_taught(cast.shop)
    other = finding_of(make_evaluation(cast.evaluator, cast.agent, cast.shop, again, failed=("right",)))
    case = open_by_hand(
        actor=cast.lead,
        agent=cast.agent,
        criterion=other.criterion,
        shop_id=cast.shop.id,
        lesson=None,
        quiz=None,
        help_=Help.PRACTICE,
        findings=[other],
        note="",
        at=MONDAY,
    )
    one, found, shop = {"case_id": case.id}, {"finding_id": finding.id}, {"shop_id": cast.shop.id}
    return {
        "coaching_loop.case": {"args": one},
        "coaching_loop.sign_off": {"args": one, "data": {"note": "演练了三通"}},
        "coaching_loop.cancel": {"args": one, "data": {"note": "当面讲过了"}},
        "coaching_loop.assign": {"args": found},
        "coaching_loop.assign [POST]": {
            "args": found,
            "data": {"help_": "lesson", "lesson_id": str(lesson.id), "quiz_id": "", "note": "先看这一课"},
        },
        "coaching_loop.edit_rule": {"args": shop},
        "coaching_loop.edit_rule [POST]": {"args": shop, "data": RULE},
    }
