"""The lesson type "quiz": a text that leads to a quiz; learnt once the quiz is passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select

from courses.lessons.enums import LessonState
from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import latest_task
from courses.lessons.rounds import counts_now
from courses.lessons.rules import can_read_lesson
from courses.lessons.services import complete_lesson
from courses.types import blocks
from courses.types.markdown import MarkdownLesson, bp
from courses.types.protocol import Panel, Place, Problem
from lms.kernel.db import db
from lms.learning.enums import AssignmentState, Verb
from lms.learning.labels import activity_url, kind_icon, kind_label
from lms.learning.locks import locks_of
from lms.learning.models import Activity, Assignment, Record
from lms.learning.queries import assignable_activities
from lms.people.guards import current_person
from lms.people.models import Person

SCORED = "quiz"
"""The kind of activity that is passed or failed."""
MOST_CHOICES = 300
RESULTS = (Verb.PASSED, Verb.FAILED)


class QuizLesson(MarkdownLesson):
    """Settings: ``activity_id`` of a quiz, and its ``slug`` where it has one, by which another home finds it."""

    name = "quiz"
    label: Any = _l("随堂测验")
    icon = "clipboard-check"
    hint: Any = _l("一段说明加一份测验，测验通过才算学完")
    editor_template: str | None = "courses/types/quiz_editor.html"
    by_reading = False

    def settings_from(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The choice comes as "12" or "12 quiz:week1-day1"."""
        number, _, slug = form.get("quiz", "").strip().partition(" ")
        settings: dict[str, Any] = {"activity_id": int(number) if _is_id(number) else 0}
        return settings | {"slug": slug.strip()[:80]} if slug.strip() else settings

    def problems(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> list[Problem]:
        missing = [] if settings.get("activity_id") else [Problem(0, _("请选择一份测验。"))]
        return missing + blocks.problems(body)

    def panel(
        self, *, person: Any, lesson: Any, version: Any, at: datetime, opening: Any, place: Place
    ) -> Panel | None:
        """The way to the quiz and the result that counts. Completes the lesson of whoever has passed it already."""
        quiz = quiz_of(place.settings, lesson.shop_id)
        result = latest_result(person, quiz, opening.task) if quiz else None
        completed = opening.completed
        if completed is None and result is not None and result.success:
            completed = _complete(person, lesson, version, opening.task, result, at)
        context = {
            "quiz": quiz,
            "quiz_url": activity_url(quiz.kind, quiz.id) if quiz else None,
            "kind_label": kind_label(SCORED),
            "kind_icon": kind_icon(SCORED),
            "result": result,
            "completed": completed,
        }
        return Panel("courses/types/quiz_panel.html", context, False, completed)


def quiz_choices() -> list[Activity]:
    """The quizzes that the author of this request may choose."""
    query = assignable_activities(current_person(), kind=SCORED).limit(MOST_CHOICES)
    return list(db.session.scalars(query))


bp.add_app_template_global(quiz_choices, "quiz_choices")


def quiz_of(settings: Mapping[str, Any], shop_id: int | None) -> Activity | None:
    """The quiz that a lesson of the shop leads to: of that shop or of all shops, and there to be taken.

    A slug wins, since in a home that the lesson was brought to the number means another activity.
    """
    slug, number = settings.get("slug"), settings.get("activity_id")
    which = Activity.slug == slug if slug else Activity.id == (number if isinstance(number, int) else 0)
    quiz = db.session.scalars(select(Activity).where(which, Activity.kind == SCORED)).one_or_none()
    if quiz is None or quiz.archived_at is not None or quiz.shop_id not in (None, shop_id):
        return None
    return quiz


def latest_result(person: Person, quiz: Activity, task: Assignment | None) -> Record | None:
    """The result that counts; for whoever has the lesson to do again, only one since the last completion."""
    query = (
        select(Record)
        .where(
            Record.actor_id == person.id,
            Record.activity_id == quiz.id,
            Record.verb.in_(RESULTS),
            counts_now(Record.at, person.id, task),
        )
        .order_by(Record.at.desc(), Record.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def leads_to(lesson: Lesson, settings: Mapping[str, Any], quiz: Activity) -> bool:
    """Whether a lesson with these settings leads to the quiz; the other side of :func:`quiz_of`."""
    slug = settings.get("slug")
    named = slug == quiz.slug if slug else settings.get("activity_id") == quiz.id
    return named and quiz.kind == SCORED and quiz.shop_id in (None, lesson.shop_id)


def quiz_passed(record: Record) -> None:
    """Complete the lessons that lead to this quiz, of the person who passed it and has them open or to do."""
    if not record.success or record.verb is not Verb.PASSED or record.activity.kind != SCORED:
        return
    person, at = record.actor, record.at
    published = and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.number == Lesson.published_number)
    query = (
        select(Lesson, LessonVersion)
        .join(LessonVersion, published)
        .where(Lesson.type == QuizLesson.name, Lesson.state == LessonState.PUBLISHED)
    )
    for lesson, version in db.session.execute(query).all():
        if not leads_to(lesson, version.settings or {}, record.activity) or not can_read_lesson(person, lesson):
            continue
        task = latest_task(person, lesson.activity_id)
        given = task is not None and task.state is AssignmentState.OPEN
        if (given or _has_opened(person, lesson)) and not locks_of(person, [lesson.activity_id], at):
            _complete(person, lesson, version, task, record, at)


def _has_opened(person: Person, lesson: Lesson) -> bool:
    query = select(Record.id).where(
        Record.actor_id == person.id, Record.activity_id == lesson.activity_id, Record.verb == Verb.OPENED
    )
    return db.session.scalars(query.limit(1)).first() is not None


def _complete(
    person: Person, lesson: Lesson, version: LessonVersion, task: Assignment | None, result: Record, at: datetime
) -> Record:
    context = {"quiz_activity": result.activity_id, "quiz_record": result.id}
    return complete_lesson(
        person=person, lesson=lesson, version=version, at=at, task=task, score=result.score, context=context
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
