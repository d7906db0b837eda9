"""What each role gets on the routes of courses."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from courses.lessons.models import Course, CourseModule, Lesson
from courses.lessons.publishing import publish, submit
from courses.lessons.services import Draft, complete_lesson, edit_lesson
from courses.outline.services import add_module, create_course, take_lesson
from tests.conftest import Cast
from tests.courses.conftest import AT, BODY, newest, switch_reviews_on, write_lesson


def _row(anonymous: int, agent: int, lead: int, supervisor: int, evaluator: int, trainer: int, admin: int) -> dict:
    names = ("anonymous", "agent", "lead", "supervisor", "evaluator", "trainer", "admin")
    return dict(zip(names, (anonymous, agent, lead, supervisor, evaluator, trainer, admin), strict=True))


EVERYBODY = _row(302, 200, 200, 200, 200, 200, 200)
TRAINERS = _row(302, 403, 403, 403, 403, 200, 200)
TRAINERS_SENT_ON = _row(302, 403, 403, 403, 403, 302, 302)
DECIDERS = _row(302, 403, 403, 200, 403, 403, 200)
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
    "lesson_reviews.index": TRAINERS,
    "lesson_reviews.show": TRAINERS,
    "lesson_reviews.send": TRAINERS_DONE,
    "lesson_reviews.take_back": TRAINERS_DONE | {"admin": 403},
    "lesson_reviews.decide": TRAINERS_DONE | {"trainer": 403},
    "lesson_reviews.compare": TRAINERS,
    "lesson_reviews.settings": DECIDERS,
    "lesson_reviews.change_settings": DECIDERS | {"supervisor": 303, "admin": 303},
    "lesson_finishers.index": TRAINERS,
    "lesson_finishers.again": TRAINERS_DONE,
    "lesson_finishers.export": TRAINERS,
    "lesson_changes.since_finished": _row(302, 302, 302, 302, 302, 302, 302),
    "courses.show": EVERYBODY,
    "course_outline.index": TRAINERS,
    "course_outline.new": TRAINERS,
    "course_outline.new [POST]": TRAINERS_DONE,
    "course_outline.edit": TRAINERS,
    "course_outline.facts": TRAINERS,
    "course_outline.facts [POST]": TRAINERS_DONE,
    "course_outline.order": TRAINERS_DONE,
    "course_outline.module_new": TRAINERS_DONE,
    "course_outline.module_edit": TRAINERS_DONE,
    "course_outline.lesson_in": TRAINERS_DONE,
    "course_outline.lesson_out": TRAINERS_DONE,
    "course_outline.state": TRAINERS_DONE,
    "course_packages.download": TRAINERS,
    "course_packages.upload": TRAINERS,
    "course_packages.apply": _row(302, 403, 403, 403, 403, 422, 422),
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
    waiting = write_lesson(cast.trainer, cast.shop, title="甲店送审的课时", published=False)
    submit(actor=cast.trainer, lesson=waiting, at=AT, note="甲店新写的一课")
    learnt = write_lesson(cast.trainer, cast.shop, title="甲店改过的课时", at=AT)
    _finish_and_renew(cast, learnt)
    switch_reviews_on(cast.shop.id)
    course, module = _course(cast, lesson)
    of_course, sent = {"course_id": course.id}, {"lesson_id": waiting.id}
    order = [f"m{module.id}", f"l{lesson.id}"]
    return {
        "lesson_reviews.show": {"args": sent},
        "lesson_reviews.send": {"args": sent},
        "lesson_reviews.take_back": {"args": sent},
        "lesson_reviews.decide": {"args": sent, "data": {"then": "publish", "number": "1"}},
        "lesson_reviews.compare": {"args": here},
        "lesson_reviews.change_settings": {"data": {"shop_id": str(cast.shop.id), "required": "1"}},
        "lesson_finishers.index": {"args": here},
        "lesson_finishers.again": {"args": {"lesson_id": learnt.id}},
        "lesson_finishers.export": {"args": here},
        "lesson_changes.since_finished": {"args": here},
        "courses.show": {"args": of_course},
        "course_outline.new [POST]": {"data": {"title": "甲店又一门课程", "shop_id": str(cast.shop.id)}},
        "course_outline.edit": {"args": of_course},
        "course_outline.facts": {"args": of_course},
        "course_outline.facts [POST]": {"args": of_course, "data": {"title": "甲店改名的课程"}},
        "course_outline.order": {"args": of_course, "data": {"order": order, "revision": str(course.revision)}},
        "course_outline.module_new": {"args": of_course, "data": {"title": "甲店新的一章"}},
        "course_outline.module_edit": {"args": {"module_id": module.id}, "data": {"title": "甲店改名的一章"}},
        "course_outline.lesson_in": {"args": of_course, "data": {"lesson_id": str(waiting.id)}},
        "course_outline.lesson_out": {"args": of_course | here},
        "course_outline.state": {"args": of_course},
        "course_packages.download": {"args": of_course},
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


def _finish_and_renew(cast: Cast, lesson: Lesson) -> None:
    """Somebody of 甲 finished version 1; readers see version 2."""
    version = newest(lesson)
    complete_lesson(person=cast.agent2, lesson=lesson, version=version, at=AT, task=None)
    edit_lesson(
        actor=cast.trainer,
        lesson=lesson,
        draft=Draft("甲店改过的课时", BODY + "\n甲店后来加的一句。"),
        competencies=lesson.activity.competencies,
        base=1,
        at=AT,
    )
    publish(actor=cast.admin, lesson=lesson, at=AT)


def _course(cast: Cast, lesson: Lesson) -> tuple[Course, CourseModule]:
    course = create_course(actor=cast.trainer, title="甲店新人课程", summary="甲店的路", shop_id=cast.shop.id, at=AT)
    module = add_module(actor=cast.trainer, course=course, title="甲店第一章", at=AT)
    take_lesson(actor=cast.trainer, course=course, lesson=lesson, at=AT)
    return course, module
