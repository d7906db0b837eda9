"""Pages of the examinee: own quizzes, the rules before the start, the paper, saves, handing in, the result."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from lms.kernel.clock import now, to_local
from lms.kernel.db import get_or_404
from lms.learning.locks import locks_of
from lms.people.guards import current_person, requires, signed_in
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate
from quizzes.attempts.clocks import remaining_seconds
from quizzes.attempts.closing import close_by_clock
from quizzes.attempts.labels import CLOSED_BY, OUTCOME_COLOURS, OUTCOMES, outcome_of, refusal_text, score_text, squeeze
from quizzes.attempts.models import Attempt
from quizzes.attempts.pages import paper_page, result_page, start_page
from quizzes.attempts.queries import attempt_with_people, history, is_assigned, last_sequence, slot_view, takeable
from quizzes.attempts.rules import can_answer, can_see_result, can_take
from quizzes.attempts.services import AttemptClosed, Saved, save_answer, set_flag, start_attempt, submit_attempt
from quizzes.bank.queries import question_type
from quizzes.papers.labels import KEEPS, KINDS, SHOWS
from quizzes.papers.models import Quiz
from quizzes.papers.queries import quiz_of_activity
from quizzes.permissions import Q

bp = Blueprint("attempts", __name__, url_prefix="/attempts", template_folder="templates", static_folder="static")
bp.add_app_template_filter(score_text, "score")
bp.add_app_template_filter(squeeze, "squeeze")


def _quiz(quiz_id: int) -> Quiz:
    quiz, person = get_or_404(Quiz, quiz_id), current_person()
    require_visible(can_take(person, quiz, is_assigned=is_assigned(person, quiz)))
    return quiz


def _own(attempt_id: int) -> Attempt:
    """The person's own attempt, handed in first if its time ran out while nobody looked."""
    attempt = attempt_with_people(attempt_id)
    require_visible(attempt is not None and can_answer(current_person(), attempt))
    assert attempt is not None
    return close_by_clock(attempt=attempt, at=now())


@bp.get("/")
@requires(Q.QUIZZES_TAKE)
def mine() -> str:
    person, at = current_person(), now()
    page = paginate(history(person), page_number(), 20)
    offered = paginate(takeable(person), 1, 50)
    return render_template(
        "quizzes/attempts/mine.html",
        offered=offered,
        kinds=KINDS,
        locks=locks_of(person, [row[0].activity_id for row in offered.items], at),
        page=page,
        outcomes=OUTCOMES,
        colours=OUTCOME_COLOURS,
        outcome_of=outcome_of,
        at=at,
    )


@bp.get("/activity/<int:activity_id>")
@requires(Q.QUIZZES_TAKE)
def activity(activity_id: int) -> AnyResponse:
    """Where a training task of the kind "quiz" leads."""
    quiz = quiz_of_activity(activity_id)
    person = current_person()
    require_visible(quiz is not None and can_take(person, quiz, is_assigned=is_assigned(person, quiz)))
    assert quiz is not None
    return redirect(url_for("attempts.intro", quiz_id=quiz.id))


@bp.get("/quiz/<int:quiz_id>")
@requires(Q.QUIZZES_TAKE)
def intro(quiz_id: int) -> str:
    quiz = _quiz(quiz_id)
    page = start_page(current_person(), quiz, at=now())
    return render_template(
        "quizzes/attempts/intro.html",
        quiz=quiz,
        page=page,
        refusal=refusal_text(page.standing),
        keeps=KEEPS,
        shows=SHOWS,
        kinds=KINDS,
        outcomes=OUTCOMES,
        colours=OUTCOME_COLOURS,
    )


@bp.post("/quiz/<int:quiz_id>/start")
@requires(Q.QUIZZES_TAKE)
def start(quiz_id: int) -> AnyResponse:
    attempt = start_attempt(actor=current_person(), quiz=get_or_404(Quiz, quiz_id), at=now())
    return redirect(url_for("attempts.take", attempt_id=attempt.id))


@bp.get("/<int:attempt_id>")
@requires(Q.QUIZZES_TAKE)
def take(attempt_id: int) -> str | AnyResponse:
    attempt = _own(attempt_id)
    if not attempt.is_open:
        return redirect(url_for("attempts.result", attempt_id=attempt.id))
    return render_template(
        "quizzes/attempts/take.html",
        attempt=attempt,
        quiz=attempt.quiz,
        page=paper_page(attempt, at=now()),
        client=secrets.token_urlsafe(9),
    )


@bp.post("/<int:attempt_id>/slots/<int:position>/answer")
@requires(Q.QUIZZES_TAKE)
def answer(attempt_id: int, position: int) -> Response | AnyResponse:
    """Save one answer. The receipt is sent after the commit: what it acknowledges survives a crash."""
    attempt = get_or_404(Attempt, attempt_id)
    require_visible(can_answer(current_person(), attempt))
    view = slot_view(attempt, position)
    require_visible(view is not None)
    assert view is not None
    try:
        saved = save_answer(
            actor=current_person(),
            attempt=attempt,
            position=position,
            answer=question_type(view.slot.type).parse(request.form, view.version.definition),
            sequence=_sequence(attempt),
            client=request.form.get("client", "")[:40] or "form",
            at=now(),
        )
    except AttemptClosed as error:
        return _closed(attempt, error)
    if _wants_json():
        return jsonify(_receipt(saved))
    return redirect(url_for("attempts.take", attempt_id=attempt.id) + f"#q{position}")


def _sequence(attempt: Attempt) -> int:
    """The number of the save; a browser without script sends none, and goes on from the last."""
    given = request.form.get("sequence", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 12 else last_sequence(attempt) + 1


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _receipt(saved: Saved) -> dict[str, Any]:
    return {
        "saved": not saved.stale,
        "stale": saved.stale,
        "answered": saved.answered,
        "sequence": saved.sequence,
        "at": to_local(saved.saved_at).strftime("%H:%M:%S"),
        "remaining": saved.remaining,
    }


def _closed(attempt: Attempt, error: AttemptClosed) -> Response | AnyResponse:
    target = url_for("attempts.take", attempt_id=attempt.id)  # hands in what is overdue, then leads to the result
    if not _wants_json():
        return redirect(target)
    response = jsonify({"saved": False, "closed": True, "message": error.message, "next": target})
    response.status_code = error.status
    return response


@bp.post("/<int:attempt_id>/slots/<int:position>/flag")
@requires(Q.QUIZZES_TAKE)
def flag(attempt_id: int, position: int) -> Response | AnyResponse:
    attempt = get_or_404(Attempt, attempt_id)
    flagged = request.form.get("flagged") == "1"
    try:
        set_flag(actor=current_person(), attempt=attempt, position=position, flagged=flagged, at=now())
    except AttemptClosed as error:
        return _closed(attempt, error)
    if _wants_json():
        return jsonify({"flagged": flagged})
    return redirect(url_for("attempts.take", attempt_id=attempt.id) + f"#q{position}")


@bp.get("/<int:attempt_id>/clock")
@requires(Q.QUIZZES_TAKE)
def clock(attempt_id: int) -> Response:
    """What the server's clock says; a page that slept asks for it."""
    attempt = _own(attempt_id)
    return jsonify(
        {
            "open": attempt.is_open,
            "remaining": remaining_seconds(attempt.deadline_at, now()),
            "next": url_for("attempts.result", attempt_id=attempt.id),
        }
    )


@bp.get("/<int:attempt_id>/hand-in")
@requires(Q.QUIZZES_TAKE)
def hand_in(attempt_id: int) -> str | AnyResponse:
    """What is still unanswered, before the paper is handed in."""
    attempt = _own(attempt_id)
    if not attempt.is_open:
        return redirect(url_for("attempts.result", attempt_id=attempt.id))
    return render_template(
        "quizzes/attempts/hand_in.html", attempt=attempt, quiz=attempt.quiz, page=paper_page(attempt, at=now())
    )


@bp.post("/<int:attempt_id>/submit")
@requires(Q.QUIZZES_TAKE)
def submit(attempt_id: int) -> AnyResponse:
    attempt = submit_attempt(actor=current_person(), attempt=get_or_404(Attempt, attempt_id), at=now())
    return redirect(url_for("attempts.result", attempt_id=attempt.id))


@bp.get("/<int:attempt_id>/result")
@signed_in
def result(attempt_id: int) -> str | AnyResponse:
    attempt, viewer = attempt_with_people(attempt_id), current_person()
    require_visible(attempt is not None and can_see_result(viewer, attempt))
    assert attempt is not None
    attempt = close_by_clock(attempt=attempt, at=now())
    if attempt.is_open and can_answer(viewer, attempt):
        return redirect(url_for("attempts.take", attempt_id=attempt.id))
    return render_template(
        "quizzes/attempts/result.html",
        attempt=attempt,
        quiz=attempt.quiz,
        page=result_page(viewer, attempt, at=now()),
        own=attempt.person_id == viewer.id,
        outcome=outcome_of(attempt),
        outcomes=OUTCOMES,
        colours=OUTCOME_COLOURS,
        closed_by=CLOSED_BY,
        keeps=KEEPS,
        title=_("%(title)s · 第 %(n)s 次", title=attempt.quiz.title, n=attempt.number),
    )
