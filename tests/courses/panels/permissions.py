"""What each role gets on the routes of players and signed checklists."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from courses.signoffs.points import points_of
from tests.conftest import Cast
from tests.courses.panels.making import CHECKLIST, make_lesson, make_video


def _row(anonymous: int, agent: int, lead: int, supervisor: int, evaluator: int, trainer: int, admin: int) -> dict:
    names = ("anonymous", "agent", "lead", "supervisor", "evaluator", "trainer", "admin")
    return dict(zip(names, (anonymous, agent, lead, supervisor, evaluator, trainer, admin), strict=True))


LEADS = _row(302, 403, 200, 200, 403, 403, 200) | {"other": 403}
LEADS_DONE = _row(302, 403, 303, 303, 403, 403, 303) | {"other": 403}

EXPECTED: dict[str, dict[str, int]] = {
    # Nobody gets further without the token of a page of their own; what it tells is tested in test_watching.py.
    "lessons.watch": _row(302, 400, 400, 400, 400, 400, 400) | {"other": 400},
    "checklists.index": LEADS,
    "checklists.sheet": LEADS,
    "checklists.put": LEADS_DONE,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    video = make_video(cast.trainer, cast.shop)
    checklist = make_lesson(cast.trainer, cast.shop, "checklist", CHECKLIST, title="甲店带教清单")
    here = {"lesson_id": checklist.id, "person_id": cast.agent.id}
    point = points_of(CHECKLIST)[0]
    return {
        "lessons.watch": {"args": {"lesson_id": video.id}},
        "checklists.sheet": {"args": here},
        "checklists.put": {"args": here, "data": {f"verdict-{point.key}": "ok"}},
    }
