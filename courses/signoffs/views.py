"""Pages for leads: whose checklists wait for a signature, and one checklist to sign on a phone in the corridor."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import latest_task, lesson_for_reading
from courses.signoffs.enums import SignVerdict
from courses.signoffs.permissions import S
from courses.signoffs.queries import sheet_of, waiting_for, with_sheets
from courses.signoffs.rules import can_sign
from courses.signoffs.services import LONGEST_NOTE, Mark, SignError, sign
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate

bp = Blueprint("checklists", __name__, url_prefix="/checklists", template_folder="templates")


@bp.get("/")
@requires(S.CHECKLISTS_SIGN)
def index() -> str:
    page = paginate(waiting_for(current_person()), page_number())
    return render_template("courses/signoffs/index.html", page=page, waiting=with_sheets(page.items), at=now())


@bp.get("/<int:lesson_id>/<int:person_id>")
@requires(S.CHECKLISTS_SIGN)
def sheet(lesson_id: int, person_id: int) -> str:
    lesson, version, person = _signed(lesson_id, person_id)
    return _page(lesson, version, person, {})


@bp.post("/<int:lesson_id>/<int:person_id>")
@requires(S.CHECKLISTS_SIGN)
def put(lesson_id: int, person_id: int) -> ResponseReturnValue:
    lesson, version, person = _signed(lesson_id, person_id)
    marks = _marks()
    try:
        added = sign(actor=current_person(), person=person, lesson=lesson, version=version, marks=marks, at=now())
    except SignError as error:
        flash(str(error), "danger")
        return _page(lesson, version, person, marks), 422
    if not added:
        flash(_("没有新的签字，请先选“合格”或“再练”。"), "info")
        return redirect(url_for("checklists.sheet", lesson_id=lesson_id, person_id=person_id), 303)
    flash(_("已给%(name)s签了 %(n)s 条。", name=person.name, n=len(added)), "success")
    return redirect(url_for("checklists.index"), 303)


def _signed(lesson_id: int, person_id: int) -> tuple[Lesson, LessonVersion, Person]:
    """The checklist and the person, where the one who asks signs it."""
    actor = current_person()
    lesson, version = lesson_for_reading(actor, lesson_id)
    person = db.session.get(Person, person_id)
    require_visible(person is not None and can_sign(actor, person, lesson))
    assert person is not None
    return lesson, version, person


def _page(lesson: Lesson, version: LessonVersion, person: Person, marks: dict[str, Mark]) -> str:
    shown = sheet_of(person, lesson, version, latest_task(person, lesson.activity_id))
    return render_template(
        "courses/signoffs/sheet.html",
        lesson=lesson,
        version=version,
        person=person,
        sheet=shown,
        marks=marks,
        longest_note=LONGEST_NOTE,
    )


def _marks() -> dict[str, Mark]:
    """The points that were marked: fields ``verdict-<key>`` and ``note-<key>``. Others are left as they are."""
    marks = {}
    for name, value in request.form.items():
        if name.startswith("verdict-") and value in set(SignVerdict):
            key = name.removeprefix("verdict-")
            marks[key] = Mark(SignVerdict(value), request.form.get(f"note-{key}", ""))
    return marks
