"""Who gets what from the routes of learning."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.learning.enums import Dimension
from tests.factories import make_activity, make_assignment, make_competency

EVERYBODY = {"anonymous": 302, **dict.fromkeys(("agent", "lead", "supervisor", "evaluator", "trainer", "admin"), 200)}
TEAM = {**EVERYBODY, "agent": 403, "evaluator": 403}
TEAM_POST = {
    "anonymous": 302,
    "agent": 403,
    "evaluator": 403,
    "lead": 302,
    "supervisor": 302,
    "trainer": 302,
    "admin": 302,
}
TRAINERS = {**EVERYBODY, "agent": 403, "lead": 403, "supervisor": 403, "evaluator": 403}
TRAINERS_POST = {**TRAINERS, "trainer": 302, "admin": 302}

EXPECTED: dict[str, dict[str, int]] = {
    "learning.tasks": EVERYBODY,
    "learning.records": EVERYBODY,
    "learning.transcript": EVERYBODY,
    "learning.transcript_sheet": EVERYBODY,
    "learning.person_transcript": TEAM,
    "learning.person_transcript_sheet": TEAM,
    "learning.matrix": TEAM,
    "learning.export": TEAM,
    "learning.person": TEAM,
    "learning.task": TEAM,
    "learning.cancel": TEAM_POST,
    "learning.assign": TEAM,
    "learning.assign [POST]": TEAM_POST,
    "learning.competency_list": TRAINERS,
    "learning.competency_create": TRAINERS,
    "learning.competency_create [POST]": TRAINERS_POST,
    "learning.competency_edit": TRAINERS,
    "learning.competency_edit [POST]": TRAINERS_POST,
    "learning.competency_archive": TRAINERS_POST,
    "learning.competency_restore": TRAINERS_POST,
}


def build(cast: Any, session: scoped_session) -> dict[str, dict[str, Any]]:
    activity = make_activity("甲店发货规则", shop=cast.shop)
    fresh = make_activity("甲店退换货流程", shop=cast.shop)
    assignment = make_assignment(cast.agent, activity)
    competency = make_competency("甲店安抚话术", dimension=Dimension.SKILL, shop=cast.shop)
    one = {"competency_id": competency.id}
    filled = {"code": f"S{competency.id}", "name": "甲店安抚客户", "dimension": "skill", "description": ""}
    return {
        "learning.person": {"args": {"person_id": cast.agent.id}},
        "learning.person_transcript": {"args": {"person_id": cast.agent.id}},
        "learning.person_transcript_sheet": {"args": {"person_id": cast.agent.id}},
        "learning.task": {"args": {"activity_id": activity.id}},
        "learning.cancel": {"args": {"assignment_id": assignment.id}},
        "learning.assign": {"args": {"activity_id": fresh.id}},
        "learning.assign [POST]": {
            "args": {"activity_id": fresh.id},
            "data": {"people": [str(cast.agent.id)], "reason": "by_hand"},
        },
        "learning.competency_create [POST]": {
            "data": {**filled, "code": f"N{competency.id}", "shop_id": str(cast.shop.id)}
        },
        "learning.competency_edit": {"args": one},
        "learning.competency_edit [POST]": {"args": one, "data": filled},
        "learning.competency_archive": {"args": one},
        "learning.competency_restore": {"args": one},
    }
