"""Pages of the trainer: quizzes, their settings and their pool."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.people.rules import require_visible
from lms.web.navigation import url_if
from lms.web.paging import page_number, paginate
from quizzes.bank.queries import question_types
from quizzes.papers.enums import QuizKind, QuizState
from quizzes.papers.forms import AllowanceForm, AutoForm, QuizForm, form_values
from quizzes.papers.labels import DIMENSIONS, KINDS, STATE_COLOURS, STATES, problem_text
from quizzes.papers.models import Quiz
from quizzes.papers.pairs import may_be_pre_test, pair_of, pair_problems
from quizzes.papers.previews import preview_paper
from quizzes.papers.queries import (
    ItemFilter,
    allowances_of,
    candidates_of,
    person_with_account,
    pickable,
    pool_query,
    pool_rows,
    problems_of,
    products_for,
    quiz_list,
    quiz_of_activity,
)
from quizzes.papers.rules import can_see_quiz
from quizzes.papers.services import (
    add_items,
    choose_items,
    close_quiz,
    copy_quiz,
    create_post_test,
    create_quiz,
    delete_draft,
    grant_allowance,
    publish_quiz,
    remove_items,
    update_quiz,
)
from quizzes.permissions import Q

bp = Blueprint("papers", __name__, url_prefix="/quizzes", template_folder="templates", static_folder="static")
PAGE_SIZE = 25
POOL_PAGE = 40


def _load(quiz_id: int) -> Quiz:
    quiz = get_or_404(Quiz, quiz_id)
    require_visible(can_see_quiz(current_person(), quiz))
    return quiz


@bp.get("/")
@requires(Q.QUIZZES_EDIT)
def index() -> str:
    state = request.args.get("state", "")
    wanted = QuizState(state) if state in set(QuizState) else None
    text = request.args.get("q", "").strip()
    page = paginate(quiz_list(current_person(), state=wanted, text=text), page_number(), PAGE_SIZE)
    return render_template(
        "quizzes/papers/list.html", page=page, state=state, q=text, states=STATES, colours=STATE_COLOURS, kinds=KINDS
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Q.QUIZZES_EDIT)
def new() -> str | AnyResponse:
    actor = current_person()
    shops = shops_visible_to(actor)
    kind = QuizKind.EXAM if request.args.get("kind") == QuizKind.EXAM else QuizKind.QUIZ
    form = QuizForm(data=form_values(None, actor, shops, kind))
    form.offer_shops(shops)
    form.offer_pre_tests(may_be_pre_test(actor))
    if form.validate_on_submit():
        try:
            quiz = create_quiz(actor=actor, data=form.data_for_service(_type_marks()), at=now())
        except DomainError as error:
            form.form_errors = [str(error)]
        else:
            flash(_("测验已保存为草稿，接下来选题。"), "success")
            return redirect(url_for("papers.pick", quiz_id=quiz.id))
    return _form_page(form, quiz=None)


@bp.get("/<int:quiz_id>")
@requires(Q.QUIZZES_EDIT)
def show(quiz_id: int) -> str:
    quiz = _load(quiz_id)
    page = paginate(pool_query(quiz), page_number(), POOL_PAGE)
    candidates = candidates_of(quiz)
    problems, pair = problems_of(quiz, candidates, pool_size=page.total), pair_of(quiz)
    if not any(problem.stops for problem in problems):
        problems += pair_problems(quiz, pair, candidates)
    return render_template(
        "quizzes/papers/show.html",
        quiz=quiz,
        page=page,
        rows=pool_rows(page.items),
        usable=len(candidates),
        pair=pair,
        kinds=KINDS,
        problems=[(problem, problem_text(problem)) for problem in problems],
        ready=not any(problem.stops for problem in problems),
        types=question_types(),
        states=STATES,
        colours=STATE_COLOURS,
        dimensions=DIMENSIONS,
        allowances=allowances_of(quiz),
        allowance_form=AllowanceForm(),
        assign_url=_assign_url(quiz),
        results_url=url_if("results.index", quiz=quiz.id),
        gains_url=url_if("gains.show", quiz_id=quiz.id),
    )


def _assign_url(quiz: Quiz) -> str | None:
    """Where the learning core gives activities to teams; None until the quiz is an activity."""
    if quiz.activity_id is None or quiz.state is not QuizState.OPEN:
        return None
    return url_if("learning.assign", activity_id=quiz.activity_id)


@bp.route("/<int:quiz_id>/edit", methods=["GET", "POST"])
@requires(Q.QUIZZES_EDIT)
def edit(quiz_id: int) -> str | AnyResponse:
    quiz, actor = _load(quiz_id), current_person()
    shops = shops_visible_to(actor)
    form = QuizForm(data=form_values(quiz, actor, shops))
    form.offer_shops(shops)
    form.offer_pre_tests(may_be_pre_test(actor, of=quiz))
    if form.validate_on_submit():
        try:
            update_quiz(actor=actor, quiz=quiz, data=form.data_for_service(_type_marks()), at=now())
        except DomainError as error:
            db.session.rollback()
            form.form_errors = [str(error)]
            quiz = _load(quiz_id)
        else:
            flash(_("测验已保存。"), "success")
            return redirect(url_for("papers.show", quiz_id=quiz.id))
    return _form_page(form, quiz=quiz)


def _form_page(form: QuizForm, *, quiz: Quiz | None) -> str:
    marks = _type_marks() if request.method == "POST" else (quiz.type_marks if quiz else {})
    return render_template(
        "quizzes/papers/form.html", form=form, quiz=quiz, types=question_types(), type_marks=marks or {}
    )


def _type_marks() -> dict[str, float]:
    """Full marks by type from the form's fields mark_<type>; blank, nonsense and 1 are the default and left out."""
    marks: dict[str, float] = {}
    for name in question_types():
        try:
            value = float(request.form.get(f"mark_{name}", "") or 1)
        except ValueError:
            continue
        if 0 < value <= 100 and value != 1:
            marks[name] = value
    return marks


def _filter(values: Any) -> ItemFilter:
    names = ("text", "type", "dimension", "product")
    return ItemFilter(**{name: str(values.get(name, "")).strip()[:100] for name in names})


@bp.get("/<int:quiz_id>/pick")
@requires(Q.QUIZZES_EDIT)
def pick(quiz_id: int) -> str:
    quiz = _load(quiz_id)
    wanted = _filter(request.args)
    page = paginate(pickable(quiz, wanted), page_number(), PAGE_SIZE)
    candidates = candidates_of(quiz)
    return render_template(
        "quizzes/papers/pick.html",
        quiz=quiz,
        page=page,
        wanted=wanted,
        types=question_types(),
        dimensions=DIMENSIONS,
        products=products_for(quiz),
        usable=len(candidates),
        auto=AutoForm(data={"count": max(1, min(300, 2 * quiz.draw_count - len(candidates)))}),
    )


@bp.post("/<int:quiz_id>/items")
@requires(Q.QUIZZES_EDIT)
def add(quiz_id: int) -> AnyResponse:
    quiz = _load(quiz_id)
    ids = [int(value) for value in request.form.getlist("item") if value.isascii() and value.isdigit()]
    added = add_items(actor=current_person(), quiz=quiz, item_ids=ids, at=now())
    flash(_("加入了 %(n)s 道题。", n=added) if added else _("没有选中新的试题。"), "success" if added else "info")
    wanted = {name: request.form.get(name, "") for name in ("text", "type", "dimension", "product", "page")}
    kept: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    return redirect(url_for("papers.pick", quiz_id=quiz.id, **kept))


@bp.post("/<int:quiz_id>/auto")
@requires(Q.QUIZZES_EDIT)
def auto(quiz_id: int) -> AnyResponse:
    quiz = _load(quiz_id)
    form = AutoForm()
    if not form.validate_on_submit():
        flash(_("请填写 1 到 300 之间的题数。"), "warning")
        return redirect(url_for("papers.pick", quiz_id=quiz.id))
    wanted = _filter(request.form)
    chosen = choose_items(actor=current_person(), quiz=quiz, count=form.count.data, wanted=wanted, at=now())
    if chosen:
        flash(_("按题型、维度和商品均衡选了 %(n)s 道热门试题。", n=chosen), "success")
        return redirect(url_for("papers.show", quiz_id=quiz.id))
    flash(_("没有更多符合条件的试题。请先在题库中审核试题，或放宽筛选条件。"), "warning")
    return redirect(url_for("papers.pick", quiz_id=quiz.id))


@bp.post("/<int:quiz_id>/items/remove")
@requires(Q.QUIZZES_EDIT)
def remove(quiz_id: int) -> AnyResponse:
    quiz = _load(quiz_id)
    ids = [int(value) for value in request.form.getlist("item") if value.isascii() and value.isdigit()]
    removed = remove_items(actor=current_person(), quiz=quiz, item_ids=ids, at=now())
    flash(_("移出了 %(n)s 道题。", n=removed), "success")
    return redirect(url_for("papers.show", quiz_id=quiz.id) + "#pool")


@bp.post("/<int:quiz_id>/publish")
@requires(Q.QUIZZES_EDIT)
def publish(quiz_id: int) -> AnyResponse:
    quiz = publish_quiz(actor=current_person(), quiz=_load(quiz_id), at=now())
    target = _assign_url(quiz) if request.form.get("then") == "assign" else None
    flash(_("测验已开放。") if target else _("测验已开放，可以布置给团队了。"), "success")
    return redirect(target or url_for("papers.show", quiz_id=quiz.id))


@bp.post("/<int:quiz_id>/close")
@requires(Q.QUIZZES_EDIT)
def close(quiz_id: int) -> AnyResponse:
    quiz = close_quiz(actor=current_person(), quiz=_load(quiz_id), at=now())
    flash(_("测验已关闭，成绩保留。"), "success")
    return redirect(url_for("papers.show", quiz_id=quiz.id))


@bp.post("/<int:quiz_id>/copy")
@requires(Q.QUIZZES_EDIT)
def copy(quiz_id: int) -> AnyResponse:
    made = copy_quiz(actor=current_person(), quiz=_load(quiz_id), at=now())
    flash(_("已复制为新的草稿。"), "success")
    return redirect(url_for("papers.edit", quiz_id=made.id))


@bp.post("/<int:quiz_id>/post-test")
@requires(Q.QUIZZES_EDIT)
def post_test(quiz_id: int) -> AnyResponse:
    made = create_post_test(actor=current_person(), pre=_load(quiz_id), at=now())
    flash(_("配对的后测已建好：题数、蓝图和合格线与前测相同，每个人两次的题不重复。"), "success")
    return redirect(url_for("papers.show", quiz_id=made.id))


@bp.post("/<int:quiz_id>/delete")
@requires(Q.QUIZZES_EDIT)
def delete(quiz_id: int) -> AnyResponse:
    delete_draft(actor=current_person(), quiz=_load(quiz_id))
    flash(_("草稿已删除。"), "success")
    return redirect(url_for("papers.index"))


@bp.post("/<int:quiz_id>/allowances")
@requires(Q.QUIZZES_EDIT)
def allow(quiz_id: int) -> AnyResponse:
    quiz, form = _load(quiz_id), AllowanceForm()
    person = person_with_account(form.account.data or "") if form.validate_on_submit() else None
    if person is None:
        flash(_("没有保存：请填写您负责的人员的账号，延长时间 0–300%，增加次数 0–20。"), "warning")
    else:
        grant_allowance(
            actor=current_person(),
            quiz=quiz,
            person=person,
            extra_percent=form.extra_percent.data or 0,
            extra_attempts=form.extra_attempts.data or 0,
            reason=form.reason.data or "",
            at=now(),
        )
        flash(_("已为%(name)s单独安排，下次开始作答时生效。", name=person.name), "success")
    return redirect(url_for("papers.show", quiz_id=quiz.id) + "#allowances")


@bp.get("/<int:quiz_id>/preview")
@requires(Q.QUIZZES_EDIT)
def preview(quiz_id: int) -> str:
    quiz = _load(quiz_id)
    given = request.args.get("seed", "")
    seed = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else secrets.randbelow(10**6)
    paper = preview_paper(quiz, seed=seed)
    return render_template("quizzes/papers/preview.html", quiz=quiz, paper=paper, next_seed=secrets.randbelow(10**6))


@bp.get("/activity/<int:activity_id>")
@requires(Q.QUIZZES_EDIT)
def activity(activity_id: int) -> AnyResponse:
    """The editor of the quiz behind a learning activity."""
    quiz = quiz_of_activity(activity_id)
    require_visible(quiz is not None and can_see_quiz(current_person(), quiz))
    assert quiz is not None
    return redirect(url_for("papers.show", quiz_id=quiz.id))
