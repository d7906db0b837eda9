"""Pages of the gain between 前测 and 后测."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _

from lms.kernel.clock import now, to_local
from lms.kernel.db import get_or_404
from lms.kernel.errors import NotFound
from lms.people.guards import current_person, requires
from lms.people.rules import require_visible
from lms.web.sheets import xlsx_response
from quizzes.gains.core import LEAST_PEOPLE
from quizzes.gains.labels import interval_text, points
from quizzes.gains.queries import pairs_of
from quizzes.gains.services import gain_page
from quizzes.papers.labels import DIMENSIONS
from quizzes.papers.models import Quiz
from quizzes.papers.pairs import pair_of
from quizzes.papers.rules import can_see_quiz
from quizzes.permissions import Q

bp = Blueprint("gains", __name__, url_prefix="/gains", template_folder="templates", static_folder="static")
bp.add_app_template_filter(points, "points")
bp.add_app_template_filter(interval_text, "gain_interval")


def _pair(quiz_id: int) -> tuple[Quiz, Quiz]:
    quiz, viewer = get_or_404(Quiz, quiz_id), current_person()
    require_visible(can_see_quiz(viewer, quiz))
    pair = pair_of(quiz)
    if pair is None:
        raise NotFound(_("这个测验没有配对的前测或后测。"))
    require_visible(can_see_quiz(viewer, pair.pre) and can_see_quiz(viewer, pair.post))
    return pair.pre, pair.post


@bp.get("/<int:quiz_id>")
@requires(Q.RESULTS_READ)
def show(quiz_id: int) -> str:
    pre, post = _pair(quiz_id)
    return render_template(
        "quizzes/gains/show.html",
        pre=pre,
        post=post,
        page=gain_page(viewer=current_person(), pre=pre, post=post),
        least=LEAST_PEOPLE,
        dimensions=DIMENSIONS,
        here=url_for("gains.show", quiz_id=post.id),
        may_edit=Q.QUIZZES_EDIT in current_person().access.permissions,
    )


@bp.get("/<int:quiz_id>/export.xlsx")
@requires(Q.RESULTS_READ)
def export(quiz_id: int) -> Response:
    """The people of the page, one a row."""
    pre, post = _pair(quiz_id)
    headers = [
        _("姓名"),
        _("账号"),
        _("团队"),
        _("前测交卷"),
        _("前测得分率"),
        _("后测交卷"),
        _("后测得分率"),
        _("增益"),
    ]
    rows = [
        [one.name, one.account, one.team, one.pre_at, one.pre, one.post_at, one.post, round(one.gain, 4)]
        for one in pairs_of(current_person(), pre, post)
    ]
    return xlsx_response(f"{_('前后测增益')}-{to_local(now()):%Y%m%d}.xlsx", headers, rows)
