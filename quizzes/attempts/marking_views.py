"""阅卷: the queue, and one answer at a time. Names are hidden unless the marker asks for them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from lms.kernel.clock import now
from lms.kernel.errors import DomainError
from lms.people.guards import current_person, requires
from quizzes.attempts.key_points import given_points, key_points
from quizzes.attempts.marking import (
    count_waiting,
    mark_slot,
    marked_by_people,
    next_waiting,
    scaled_points,
    slot_to_mark,
    waiting_questions,
)
from quizzes.bank.queries import question_types
from quizzes.permissions import Q

bp = Blueprint("marking", __name__, url_prefix="/marking", template_folder="templates")


@bp.get("/")
@requires(Q.ATTEMPTS_MARK)
def index() -> str:
    marker = current_person()
    return render_template("quizzes/attempts/marking_list.html", rows=waiting_questions(marker), names=_names())


def _names() -> bool:
    """Whether the marker asked to see names (?names=1)."""
    return request.values.get("names") == "1"


@bp.get("/<int:slot_id>")
@requires(Q.ATTEMPTS_MARK)
def slot(slot_id: int) -> str:
    return _page(slot_id)


def _page(slot_id: int, error: DomainError | None = None) -> str:
    marker = current_person()
    found, version, response = slot_to_mark(marker, slot_id)
    kind = question_types().get(found.type)
    following = next_waiting(marker, after=found)
    return render_template(
        "quizzes/attempts/marking_slot.html",
        slot=found,
        version=version,
        response=response.answer,
        answer_text=kind.response_text(version.definition, response.answer) if kind else "",
        key_text=kind.key_text(version.definition) if kind else "",
        points=key_points(kind, version.definition, response.answer),
        by_people=marked_by_people(found),
        newest=found.marks[-1] if found.marks else None,
        waiting=count_waiting(marker),
        following=following,
        names=_names(),
        error=error,
    )


@bp.post("/<int:slot_id>")
@requires(Q.ATTEMPTS_MARK)
def mark(slot_id: int) -> str | AnyResponse | tuple[str, int]:
    marker = current_person()
    found, version, response = slot_to_mark(marker, slot_id)
    kind = question_types().get(found.type)
    points = key_points(kind, version.definition, response.answer)
    given = given_points(request.form, points)
    try:
        total = _number(request.form.get("mark", ""))
        if total is None:
            total = scaled_points({point.id: point.mark for point in points}, given, found.max_mark)
        following = next_waiting(marker, after=found)
        mark_slot(actor=marker, slot=found, mark=total, points=given, comment=request.form.get("comment", ""), at=now())
    except (ValueError, DomainError) as error:
        shown = error if isinstance(error, DomainError) else DomainError(_("得分请填数字。"))
        return _page(slot_id, shown), 400
    flash(_("已保存评分。"), "success")
    names = 1 if _names() else None
    if following is None:
        return redirect(url_for("marking.index", names=names))
    return redirect(url_for("marking.slot", slot_id=following.id, names=names))


def _number(text: str) -> float | None:
    """The mark typed by hand; blank means: from the key points."""
    value = float(text) if text.strip() else None
    if value is not None and not value == value:  # NaN
        raise ValueError("not a number")
    return value
