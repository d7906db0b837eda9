"""Who manages sampling plans, and who works on the queue."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.qa.sampling.services import PlanData, add_reviewer, save_plan
from tests.conftest import Cast
from tests.qa.making import make_chat, make_entry, make_scorecard

_HEADS = {
    "anonymous": 302,
    "agent": 403,
    "lead": 403,
    "supervisor": 200,
    "evaluator": 200,
    "trainer": 403,
    "admin": 200,
}
_DONE = _HEADS | {"supervisor": 302, "evaluator": 302, "admin": 302}
_NOT_THEIRS = {"other": 403}
_ALL = dict.fromkeys(_HEADS, 200) | {"anonymous": 302}

EXPECTED = {
    "qa_plans.index": _HEADS,
    "qa_plans.new": _HEADS,
    "qa_plans.new [POST]": _DONE | _NOT_THEIRS,
    "qa_plans.show": _HEADS | _NOT_THEIRS,
    "qa_plans.edit": _HEADS | _NOT_THEIRS,
    "qa_plans.edit [POST]": _DONE | _NOT_THEIRS,
    "qa_plans.draw": _DONE | _NOT_THEIRS,
    "qa_plans.reviewers": _HEADS,
    "qa_plans.add": _DONE,
    "qa_plans.change": _DONE | _NOT_THEIRS,
    "qa_queue.index": _ALL,
    "qa_queue.take": dict.fromkeys(_HEADS, 404) | {"anonymous": 302, "evaluator": 302, "admin": 302},
    "qa_queue.give_back": dict.fromkeys(_HEADS, 404) | {"anonymous": 302, "evaluator": 302},
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    version = make_scorecard(cast.shop)
    plan = save_plan(
        actor=cast.supervisor, shop=cast.shop, data=PlanData("甲店每周抽检", version.scorecard), at=now(), seed=1
    )
    line = add_reviewer(actor=cast.supervisor, shop=cast.shop, person=cast.agent2, weekly_quota=5, at=now())
    line.removed_at = now()
    make_entry(make_chat(cast.shop, cast.agent, at=now()), cast.agent, version.scorecard, at=now())
    claimed = make_entry(
        make_chat(cast.shop, cast.agent, at=now()), cast.agent, version.scorecard, reviewer=cast.evaluator, at=now()
    )
    of_plan = {"plan_id": plan.id}
    form = {"title": "甲店抽检", "scorecard_id": version.scorecard_id, "team_id": 0, "per_agent": 5, "random_share": 60}
    form |= {"new_hire_days": 30, "new_hire_extra": 2, "active": "y"}
    return {
        "qa_plans.new [POST]": {"args": {"shop": cast.shop.id}, "data": form},
        "qa_plans.show": {"args": of_plan},
        "qa_plans.edit": {"args": of_plan},
        "qa_plans.edit [POST]": {"args": of_plan, "data": form},
        "qa_plans.draw": {"args": of_plan},
        "qa_plans.add": {"data": {"shop_id": cast.shop.id, "person": cast.agent2.id, "weekly_quota": "5"}},
        "qa_plans.change": {"args": {"reviewer_id": line.id}, "data": {"weekly_quota": "3"}},
        "qa_queue.take": {"data": {"shop_id": cast.shop.id}},
        "qa_queue.give_back": {"args": {"entry_id": claimed.id}},
    }
