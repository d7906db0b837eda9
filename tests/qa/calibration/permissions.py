"""Who organises and scores rounds."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.people.enums import Role
from lms.qa.calibration.services import close, create_shared
from tests.conftest import Cast
from tests.factories import make_person
from tests.qa.making import make_chat, make_evaluation, make_scorecard

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
_EVERYBODY = dict.fromkeys(_HEADS, 200) | {"anonymous": 302}
_ROUND = _HEADS | {"agent": 404, "lead": 404, "trainer": 404}
# Only the people of a round score; who may organise is sent to its page.
_SCORE = _ROUND | {"supervisor": 302, "admin": 302}

EXPECTED = {
    "qa_calibration.index": _EVERYBODY,
    "qa_calibration.new": _HEADS,
    "qa_calibration.new [POST]": _DONE | {"other": 403},
    "qa_calibration.regrade": _HEADS,
    "qa_calibration.regrade [POST]": _DONE | {"other": 403},
    "qa_calibration.show": _ROUND,
    "qa_calibration.score": _SCORE,
    "qa_calibration.score [POST]": _SCORE | {"evaluator": 302},
    "qa_calibration.compare": _HEADS | {"other": 403},
    "qa_calibration.finish": _DONE | {"other": 403},
    "qa_calibration.reviewers": _HEADS,
    "qa_calibration.suspend": _DONE | {"other": 403},
    "qa_calibration.restore": _DONE | {"other": 403},
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    at = now()
    version = make_scorecard(cast.shop)
    second = make_person("质检乙", Role.EVALUATOR, team=cast.team)
    rounds = [
        create_shared(
            actor=cast.admin,
            shop=cast.shop,
            title="甲店校准",
            version=version,
            conversation_ids=[make_chat(cast.shop, cast.agent).id],
            raters=[cast.evaluator, second],
            at=at,
        )
        for _ in range(2)
    ]
    opened, closed = rounds
    close(actor=cast.admin, calibration=closed, at=at)
    of_open = {"calibration_id": opened.id}
    of_chat = of_open | {"chat_id": opened.chats[0].id}
    criteria = [one["id"] for section in version.definition["sections"] for one in section["criteria"]]
    make_evaluation(cast.evaluator, cast.agent, cast.shop, version, at=at, served_at=at)
    person = {"shop": cast.shop.id, "person": second.id}
    new = {
        "shop": cast.shop.id,
        "title": "甲店校准",
        "version_id": version.id,
        "count": 5,
        "seed": 1,
        "chats": str(make_chat(cast.shop, cast.agent).id),
        "raters": [cast.evaluator.id, second.id],
    }
    return {
        "qa_calibration.new [POST]": {"data": new},
        "qa_calibration.regrade [POST]": {
            "data": {
                "shop": cast.shop.id,
                "title": "甲店复评",
                "evaluator_id": cast.evaluator.id,
                "count": 5,
                "seed": 1,
                "raters": [second.id],
            }
        },
        "qa_calibration.show": {"args": of_open},
        "qa_calibration.score": {"args": of_chat},
        "qa_calibration.score [POST]": {"args": of_chat, "data": {f"v-{ident}": "1" for ident in criteria}},
        "qa_calibration.compare": {"args": {"calibration_id": closed.id, "chat_id": closed.chats[0].id}},
        "qa_calibration.finish": {"args": of_open},
        "qa_calibration.suspend": {"data": person | {"reason": "评得太松"}},
        "qa_calibration.restore": {"data": person},
    }
