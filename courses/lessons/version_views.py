"""Pages about versions and people: who finished which one, and what changed since a reader finished theirs."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.lessons.comparing import compare_versions
from courses.lessons.finishers import finished_version, finishers, give_again, sheet_rows
from courses.lessons.queries import lesson_for_authors, lesson_for_reading
from courses.permissions import C
from lms.kernel.clock import now, shift_date, shift_day_end
from lms.learning.locks import require_unlocked
from lms.people.guards import current_person, requires
from lms.people.permissions import P
from lms.people.rules import has_permission, require
from lms.web.paging import page_number
from lms.web.sheets import xlsx_response

bp = Blueprint("lesson_finishers", __name__, url_prefix="/lessons/manage/finishers", template_folder="templates")
changes_bp = Blueprint("lesson_changes", __name__, url_prefix="/lessons/changes", template_folder="templates")

SHOWN = 50
DAYS_TO_LEARN = 7


@bp.get("/<int:lesson_id>")
@requires(C.LESSONS_EDIT)
def index(lesson_id: int) -> str:
    person, outdated = current_person(), request.args.get("versions") == "old"
    lesson, newest = lesson_for_authors(person, lesson_id)
    everybody = finishers(person, lesson)
    found = [finisher for finisher in everybody if finisher.outdated or not outdated]
    pages = max(1, -(-len(found) // SHOWN))
    number = min(page_number(), pages)
    behind = [finisher for finisher in everybody if finisher.outdated and finisher.active]
    return render_template(
        "courses/lessons/finishers.html",
        lesson=lesson,
        newest=newest,
        found=found[(number - 1) * SHOWN : number * SHOWN],
        total=len(found),
        number=number,
        pages=pages,
        everybody=len(everybody),
        behind=len(behind),
        to_give=sum(not finisher.has_open for finisher in behind),
        outdated=outdated,
        may_give=has_permission(person, P.ASSIGNMENTS_EDIT) and lesson.activity.archived_at is None,
        days=DAYS_TO_LEARN,
    )


@bp.post("/<int:lesson_id>")
@requires(C.LESSONS_EDIT)
def again(lesson_id: int) -> ResponseReturnValue:
    """Give the lesson to everybody who knows an older version only, due in a week."""
    person, at = current_person(), now()
    require(P.ASSIGNMENTS_EDIT, of=person)
    lesson, _newest = lesson_for_authors(person, lesson_id)
    due_at = shift_day_end(shift_date(at) + timedelta(days=DAYS_TO_LEARN))
    made = give_again(actor=person, lesson=lesson, due_at=due_at, at=at)
    if made:
        flash(_("已重新布置给 %(n)s 人，%(days)s 天内学完。", n=made, days=DAYS_TO_LEARN), "success")
    else:
        flash(_("他们手上都已有这项任务，没有重复布置。"), "info")
    return redirect(url_for(".index", lesson_id=lesson.id, versions="old"), 303)


@bp.get("/<int:lesson_id>/export.xlsx")
@requires(C.LESSONS_EDIT)
def export(lesson_id: int) -> Response:
    person = current_person()
    lesson, newest = lesson_for_authors(person, lesson_id)
    found = finishers(person, lesson, outdated_only=request.args.get("versions") == "old")
    headers, rows = sheet_rows(found)
    return xlsx_response(_("学完名单-%(title)s", title=newest.title[:40]) + ".xlsx", headers, rows)


@changes_bp.get("/<int:lesson_id>")
@requires(C.LESSONS_READ)
def since_finished(lesson_id: int) -> ResponseReturnValue:
    """For a reader: what changed since the version that they finished."""
    person = current_person()
    lesson, version = lesson_for_reading(person, lesson_id)
    require_unlocked(person, lesson.activity_id, now())
    finished = finished_version(person, lesson)
    if finished is None:
        return redirect(url_for("lessons.lesson", lesson_id=lesson.id))
    return render_template(
        "courses/lessons/changes.html", lesson=lesson, comparison=compare_versions(finished, version)
    )
