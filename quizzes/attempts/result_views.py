"""测验成绩: attempts of one's people, the same as a sheet, and how hard each question was."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.people.guards import current_person, requires
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response
from quizzes.attempts.labels import CLOSED_BY, OUTCOME_COLOURS, OUTCOMES, outcome_of
from quizzes.attempts.models import Attempt
from quizzes.attempts.queries import (
    LEAST_ANSWERS,
    ResultFilter,
    attempts_for_export,
    item_facilities,
    quizzes_with_results,
    results,
    teams_with_results,
)
from quizzes.bank.queries import question_types
from quizzes.papers.models import Quiz
from quizzes.papers.pairs import pair_of
from quizzes.papers.rules import can_see_quiz
from quizzes.permissions import Q

bp = Blueprint("results", __name__, url_prefix="/results", template_folder="templates")
PAGE_SIZE = 30
EXPORT_LIMIT = 50_000


def _filter() -> ResultFilter:
    def number(name: str) -> int | None:
        given = request.args.get(name, "")
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None

    outcome = request.args.get("outcome", "")
    return ResultFilter(
        quiz_id=number("quiz"),
        team_id=number("team"),
        outcome=outcome if outcome in OUTCOMES else "",
        text=request.args.get("q", "").strip()[:64],
    )


@bp.get("/")
@requires(Q.RESULTS_READ)
def index() -> str:
    viewer, wanted = current_person(), _filter()
    return render_template(
        "quizzes/attempts/results.html",
        page=paginate(results(viewer, wanted), page_number(), PAGE_SIZE),
        wanted=wanted,
        quizzes=quizzes_with_results(viewer),
        teams=teams_with_results(viewer),
        outcomes=OUTCOMES,
        colours=OUTCOME_COLOURS,
        outcome_of=outcome_of,
        gains_url=_gains_url(wanted.quiz_id),
        args={"quiz": wanted.quiz_id, "team": wanted.team_id, "outcome": wanted.outcome, "q": wanted.text},
    )


def _gains_url(quiz_id: int | None) -> str | None:
    """The gain between 前测 and 后测, when the list shows one of such a pair."""
    quiz = db.session.get(Quiz, quiz_id) if quiz_id is not None else None
    if quiz is None or not can_see_quiz(current_person(), quiz) or pair_of(quiz) is None:
        return None
    return url_for("gains.show", quiz_id=quiz.id)


@bp.get("/export.xlsx")
@requires(Q.RESULTS_READ)
def export() -> Response:
    """The list as filtered on screen."""
    attempts = attempts_for_export(current_person(), _filter(), limit=EXPORT_LIMIT)
    headers = [
        _("姓名"),
        _("账号"),
        _("团队"),
        _("测验"),
        _("第几次"),
        _("开始时间"),
        _("交卷时间"),
        _("交卷方式"),
        _("用时（分钟）"),
        _("得分"),
        _("满分"),
        _("得分率"),
        _("合格线"),
        _("结果"),
    ]
    name = f"{_('测验成绩')}-{to_local(now()):%Y%m%d}.xlsx"
    return xlsx_response(name, headers, [_row(attempt) for attempt in attempts])


def _row(attempt: Attempt) -> list[object]:
    def shown(at: object) -> str:
        return to_local(at).strftime("%Y-%m-%d %H:%M") if at else ""  # type: ignore[arg-type]

    return [
        attempt.person.name,
        attempt.person.account,
        attempt.person.team.name if attempt.person.team else "",
        attempt.quiz.title,
        attempt.number,
        shown(attempt.started_at),
        shown(attempt.submitted_at),
        str(CLOSED_BY[attempt.closed_by]) if attempt.closed_by else "",
        round(attempt.duration_seconds / 60, 1) if attempt.duration_seconds is not None else None,
        attempt.mark,
        attempt.max_mark,
        attempt.score,
        attempt.cut_score,
        str(OUTCOMES[outcome_of(attempt)]),
    ]


@bp.get("/quiz/<int:quiz_id>/items")
@requires(Q.QUIZZES_EDIT)
def items(quiz_id: int) -> str:
    """难度 of each question; nothing is said under thirty answers."""
    quiz, viewer = get_or_404(Quiz, quiz_id), current_person()
    require_visible(can_see_quiz(viewer, quiz))
    return render_template(
        "quizzes/attempts/items.html",
        quiz=quiz,
        rows=item_facilities(viewer, quiz),
        least=LEAST_ANSWERS,
        types=question_types(),
    )
