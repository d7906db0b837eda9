"""Pages for readers: the list of lessons, a lesson, and its completion."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from courses.lessons.enums import ReachedBy
from courses.lessons.labels import dimension_hint, dimension_label, reading_label
from courses.lessons.places import place_for_reader
from courses.lessons.queries import (
    lesson_for_reading,
    lesson_of_activity,
    neighbours,
    shelves_of,
)
from courses.lessons.rules import can_manage_lesson, can_read_lesson
from courses.lessons.services import ReadingTooShort, open_lesson, record_reading, version_in_hand
from courses.permissions import C
from courses.types import lesson_type
from lms.kernel.clock import now, to_local
from lms.learning.locks import locks_of, require_unlocked
from lms.people.guards import current_person, requires
from lms.people.rules import require_visible

bp = Blueprint("lessons", __name__, url_prefix="/lessons", template_folder="templates", static_folder="static")


@bp.app_template_global("reading_label")
def _reading_label(state: Any) -> tuple[str, str]:
    return reading_label(state)


@bp.get("/")
@requires(C.LESSONS_READ)
def index() -> str:
    person, at = current_person(), now()
    shelves = shelves_of(person)
    return render_template(
        "courses/lessons/index.html",
        shelves=shelves,
        locks=locks_of(person, [reading.lesson.activity_id for shelf in shelves for reading in shelf.readings], at),
        total=sum(len(shelf.readings) for shelf in shelves),
        done=sum(shelf.done for shelf in shelves),
        dimension_label=dimension_label,
        dimension_hint=dimension_hint,
        at=at,
    )


@bp.get("/<int:lesson_id>")
@requires(C.LESSONS_READ)
def lesson(lesson_id: int) -> str:
    person, at = current_person(), now()
    shown, version = lesson_for_reading(person, lesson_id)
    require_unlocked(person, shown.activity_id, at)
    opening = open_lesson(actor=person, lesson=shown, version=version, at=at)
    kind, place = lesson_type(shown.type), replace(place_for_reader(shown, version), with_panel=True)
    panel = kind.panel(person=person, lesson=shown, version=version, at=at, opening=opening, place=place)
    completed = opening.completed or (panel.completed if panel else None)
    before, after = neighbours(person, shown)
    return render_template(
        "courses/lessons/lesson.html",
        lesson=shown,
        version=version,
        rendered=kind.render(version.body, today=to_local(at).date(), place=place),
        panel=panel,
        by_reading=kind.by_reading,
        panel_html=Markup(render_template(panel.template, **panel.context)) if panel else None,  # noqa: S704  a template
        completed=completed,
        seconds_left=opening.seconds_left,
        early="early" in request.args,
        task=opening.task,
        before=before,
        after=after,
        may_edit=can_manage_lesson(person, shown),
        older=opening.finished if completed is None and 0 < opening.finished < version.number else None,
    )


@bp.post("/<int:lesson_id>/finish")
@requires(C.LESSONS_READ)
def finish(lesson_id: int) -> ResponseReturnValue:
    """Note that the end was reached. Comes from the page's script when the last line is seen, or from the button."""
    person, at = current_person(), now()
    shown, published = lesson_for_reading(person, lesson_id)
    require_unlocked(person, shown.activity_id, at)
    version = version_in_hand(actor=person, lesson=shown, published=published, number=_number("version"))
    reached_by = ReachedBy.SENTINEL if request.form.get("reached_by") == "sentinel" else ReachedBy.BUTTON
    completed, seconds_left = None, 0
    try:
        completed = record_reading(actor=person, lesson=shown, version=version, reached_by=reached_by, at=at)
    except ReadingTooShort as error:
        seconds_left = error.seconds_left
    if "HX-Request" not in request.headers:
        early = 1 if seconds_left else None
        return redirect(url_for("lessons.lesson", lesson_id=lesson_id, early=early, _anchor="finish"), 303)
    return render_template(
        "courses/lessons/finish.html",
        lesson=shown,
        version=version,
        completed=completed,
        seconds_left=seconds_left,
        early=seconds_left > 0,
    )


@bp.get("/of-activity/<int:activity_id>")
@requires(C.LESSONS_READ)
def of_activity(activity_id: int) -> ResponseReturnValue:
    """Where a task leads to."""
    shown = lesson_of_activity(activity_id)
    require_visible(can_read_lesson(current_person(), shown))
    return redirect(url_for("lessons.lesson", lesson_id=shown.id))


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
