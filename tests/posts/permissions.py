"""Who gets what from the routes of posts."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.posts.services import create_post
from tests.factories import make_activity, make_competency

EVERYBODY = {"anonymous": 302, **dict.fromkeys(("agent", "lead", "supervisor", "evaluator", "trainer", "admin"), 200)}
TRAINERS = {**EVERYBODY, "agent": 403, "lead": 403, "supervisor": 403, "evaluator": 403}
TRAINERS_POST = {**TRAINERS, "trainer": 302, "admin": 302}
ASSIGN = {**EVERYBODY, "agent": 403, "lead": 403, "evaluator": 403}
ASSIGN_POST = {**ASSIGN, "supervisor": 302, "trainer": 302, "admin": 302}
TEAM = {**EVERYBODY, "agent": 403, "evaluator": 403}

EXPECTED: dict[str, dict[str, int]] = {
    "posts.index": TRAINERS,
    "posts.create": TRAINERS,
    "posts.create [POST]": TRAINERS_POST,
    "posts.edit": TRAINERS,
    "posts.edit [POST]": TRAINERS_POST,
    "posts.archive": TRAINERS_POST,
    "posts.restore": TRAINERS_POST,
    "posts.people": ASSIGN,
    "posts.person": TEAM,
    "posts.change": ASSIGN,
    "posts.change [POST]": ASSIGN_POST,
}


def build(cast: Any, session: scoped_session) -> dict[str, dict[str, Any]]:
    competency = make_competency("甲店夜班接待", shop=cast.shop)
    activity = make_activity("甲店夜班接待课", shop=cast.shop)
    activity.competencies.append(competency)
    post = create_post(
        actor=cast.admin,
        name=f"甲店夜班{competency.id}",
        description="",
        shop_id=cast.shop.id,
        competencies=[competency],
        at=now(),
    )
    one, person = {"post_id": post.id}, {"person_id": cast.agent.id}
    filled = {"name": f"甲店白班{post.id}", "description": "", "competencies": [str(competency.id)]}
    return {
        "posts.create [POST]": {"data": {**filled, "name": f"甲店早班{post.id}", "shop_id": str(cast.shop.id)}},
        "posts.edit": {"args": one},
        "posts.edit [POST]": {"args": one, "data": filled},
        "posts.archive": {"args": one},
        "posts.restore": {"args": one},
        "posts.person": {"args": person},
        "posts.change": {"args": {**person, "chosen": "1", "post": post.id}},
        "posts.change [POST]": {"args": person, "data": {"chosen": "1", "post": str(post.id)}},
    }
