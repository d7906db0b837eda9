"""What each role gets on the routes of courses."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from courses.lessons.models import Lesson
from tests.conftest import Cast
from tests.courses.conftest import BODY, write_lesson


def _row(anonymous: int, agent: int, lead: int, supervisor: int, evaluator: int, trainer: int, admin: int) -> dict:
    names = ("anonymous", "agent", "lead", "supervisor", "evaluator", "trainer", "admin")
    return dict(zip(names, (anonymous, agent, lead, supervisor, evaluator, trainer, admin), strict=True))


EVERYBODY = _row(302, 200, 200, 200, 200, 200, 200)
TRAINERS = _row(302, 403, 403, 403, 403, 200, 200)
TRAINERS_SENT_ON = _row(302, 403, 403, 403, 403, 302, 302)
TRAINERS_DONE = _row(302, 403, 403, 403, 403, 303, 303)

EXPECTED: dict[str, dict[str, int]] = {
    "lessons.index": EVERYBODY,
    "lessons.lesson": EVERYBODY,
    "lessons.finish": _row(302, 303, 303, 303, 303, 303, 303),
    "lessons.of_activity": _row(302, 302, 302, 302, 302, 302, 302),
    "lesson_authoring.index": TRAINERS,
    "lesson_authoring.new": TRAINERS,
    "lesson_authoring.new [POST]": TRAINERS_DONE,
    "lesson_authoring.edit": TRAINERS,
    "lesson_authoring.edit [POST]": TRAINERS_DONE,
    "lesson_authoring.preview": TRAINERS,
    "lesson_authoring.show": TRAINERS_DONE,
    "lesson_authoring.put_away": TRAINERS_DONE,
    "lesson_authoring.copy": TRAINERS_DONE,
    "lesson_authoring.versions": TRAINERS,
    "lesson_authoring.version": TRAINERS,
    "lesson_authoring.of_activity": TRAINERS_SENT_ON,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    lesson: Lesson = write_lesson(cast.trainer, cast.shop, title="甲店秘传接待课", body=BODY)
    competency = lesson.activity.competencies[0]
    here, activity = {"lesson_id": lesson.id}, {"activity_id": lesson.activity_id}
    written = {
        "title": "甲店新课时",
        "summary": "",
        "minutes": "5",
        "body": "## 甲店\n\n照着做。",
        "competency_ids": str(competency.id),
        "shop_id": str(cast.shop.id),
        "base": "1",
    }
    return {
        "lessons.lesson": {"args": here},
        "lessons.finish": {"args": here},
        "lessons.of_activity": {"args": activity},
        "lesson_authoring.new [POST]": {"data": written},
        "lesson_authoring.edit": {"args": here},
        "lesson_authoring.edit [POST]": {"args": here, "data": written},
        "lesson_authoring.preview": {"data": {"body": "**甲**"}},
        "lesson_authoring.show": {"args": here},
        "lesson_authoring.put_away": {"args": here},
        "lesson_authoring.copy": {"args": here, "data": {"shop_id": str(cast.shop.id)}},
        "lesson_authoring.versions": {"args": here},
        "lesson_authoring.version": {"args": here | {"number": 1}},
        "lesson_authoring.of_activity": {"args": activity},
    }
