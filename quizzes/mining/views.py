"""Pages of the question factory: the list by heat, and one group."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import NotFound
from lms.kernel.jobs import Job, enqueue
from lms.kernel.plugins import plugins
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.web.navigation import url_if
from lms.web.paging import page_number, paginate
from quizzes.mining.enums import GroupState, Stage
from quizzes.mining.forms import GroupForm
from quizzes.mining.labels import STAGES, STATES
from quizzes.mining.models import GroupAnswer, QuestionGroup
from quizzes.mining.queries import (
    GroupFilter,
    all_answers,
    coverage_of,
    groups_visible_to,
    hottest_count,
    last_run,
    products_asked_about,
    questions_of,
    shop_ids_with_chats,
    variants_of,
)
from quizzes.mining.rules import can_edit_group, can_see_group
from quizzes.mining.services import edit_group, hide_group, refuse_answer
from quizzes.permissions import Q

bp = Blueprint("mining", __name__, url_prefix="/questions", template_folder="templates", static_folder="static")
LIST_SIZE = 25
WORDINGS_SIZE = 40


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _wanted() -> GroupFilter:
    stage, state = request.args.get("stage", ""), request.args.get("state", "")
    return GroupFilter(
        text=request.args.get("q", "").strip()[:100],
        stage=Stage(stage) if stage in list(Stage) else None,
        product=request.args.get("product", "").strip()[:200],
        shop_id=_number("shop"),
        state=GroupState(state) if state in list(GroupState) else GroupState.ACTIVE,
        answered={"yes": True, "no": False}.get(request.args.get("answered", "")),
    )


@bp.get("")
@requires(Q.QUESTIONS_READ)
def index() -> str:
    viewer = current_person()
    wanted = _wanted()
    page = paginate(groups_visible_to(viewer, wanted), page_number(), LIST_SIZE)
    ids = [group.id for group in page.items]
    kept = {
        "q": wanted.text,
        "stage": wanted.stage.value if wanted.stage else "",
        "product": wanted.product,
        "shop": wanted.shop_id,
        "state": wanted.state.value if wanted.state != GroupState.ACTIVE else "",
        "answered": request.args.get("answered", "") if wanted.answered is not None else "",
    }
    hottest = page.items[0].count if page.items and page.number == 1 else 0
    job = db.session.get(Job, number) if (number := _number("job")) else None
    return render_template(
        "quizzes/mining/list.html",
        page=page,
        wanted=wanted,
        kept=kept,
        narrowed=any(kept.values()),
        hottest=hottest or hottest_count(viewer, wanted),
        variants=variants_of(ids),
        coverage=coverage_of(ids),
        products=products_asked_about(viewer),
        shops=shops_visible_to(viewer),
        stages=STAGES,
        states=STATES,
        run=last_run(viewer, wanted.shop_id),
        job=job if job is not None and job.created_by_id == viewer.id and job.name == "quizzes.mine" else None,
        types=plugins().all("question_types") if Q.ITEMS_DRAFT in viewer.access.permissions else [],
        draft_url=url_if("drafting.create"),
        may_mine=Q.QUESTIONS_MINE in viewer.access.permissions,
        may_draft=Q.ITEMS_DRAFT in viewer.access.permissions,
    )


@bp.post("/mine")
@requires(Q.QUESTIONS_MINE)
def mine() -> Response:
    """Mine anew in the background: one shop, or each shop of the person that has chats."""
    viewer = current_person()
    shop_id = _number("shop")
    require_visible(can_see_shop(viewer, shop_id))
    shop_ids = [shop_id] if shop_id is not None else [s for s in shop_ids_with_chats() if _may_mine(viewer, s)]
    if not shop_ids:
        flash(_("还没有会话可挖掘，请先导入聊天记录。"), "warning")
        return redirect(url_for("mining.index"))
    job = enqueue("quizzes.mine", actor_id=viewer.id, shop_ids=shop_ids)
    return redirect(url_for("mining.index", shop=shop_id, job=job.id))


def _may_mine(viewer: Person, shop_id: int | None) -> bool:
    return can_see_shop(viewer, shop_id)


def _group(group_id: int) -> QuestionGroup:
    group = get_or_404(QuestionGroup, group_id)
    require_visible(can_see_group(current_person(), group))
    return group


@bp.get("/<int:group_id>")
@requires(Q.QUESTIONS_READ)
def show(group_id: int) -> str:
    return _page(_group(group_id))


def _page(group: QuestionGroup, form: GroupForm | None = None) -> str:
    viewer = current_person()
    editable = can_edit_group(viewer, group)
    if form is None and editable:
        form = GroupForm(obj=group, data={"stage": group.stage.value, "dimension": group.dimension.value})
    return render_template(
        "quizzes/mining/group.html",
        group=group,
        form=form if editable else None,
        page=paginate(questions_of(group), page_number(), WORDINGS_SIZE),
        answers=all_answers(group),
        covered=coverage_of([group.id]).get(group.id),
        items_url=url_if("bank.index"),
        draft_url=url_if("drafting.create"),
        chats_open="shop:chats:read" in viewer.access.permissions,
        may_draft=Q.ITEMS_DRAFT in viewer.access.permissions,
        stages=STAGES,
        states=STATES,
    )


@bp.post("/<int:group_id>")
@requires(Q.QUESTIONS_EDIT)
def edit(group_id: int) -> Response | tuple[str, int]:
    group = _group(group_id)
    form = GroupForm()
    if not form.validate_on_submit():
        return _page(group, form), 400
    values = {name: str(value or "") for name, value in form.data.items()}
    edit_group(actor=current_person(), group=group, values=values, at=now())
    flash(_("已保存。再次挖掘时会保留您的修改。"), "success")
    return redirect(url_for("mining.show", group_id=group.id))


@bp.post("/<int:group_id>/answers/<int:answer_id>")
@requires(Q.QUESTIONS_EDIT)
def choose(group_id: int, answer_id: int) -> Response:
    """Use this answer (use=1), or refuse it; refusing a second time takes it back."""
    group = _group(group_id)
    answer = db.session.scalar(select(GroupAnswer).where(GroupAnswer.id == answer_id, GroupAnswer.group_id == group.id))
    if answer is None:
        raise NotFound(_("这条回答已不在了，请刷新页面。"))
    if request.form.get("use"):
        edit_group(actor=current_person(), group=group, values={"answer": answer.text}, at=now())
        flash(_("已改用这条回答。"), "success")
    else:
        refuse_answer(actor=current_person(), group=group, answer=answer, at=now())
        flash(_("这条回答可以使用了。") if answer.general else _("以后不会用这条回答出题。"), "success")
    return redirect(url_for("mining.show", group_id=group.id))


@bp.post("/<int:group_id>/state")
@requires(Q.QUESTIONS_EDIT)
def hide(group_id: int) -> Response:
    """hidden=1: not a question, out of the list; else back into it."""
    group = _group(group_id)
    hidden = request.form.get("hidden") == "1"
    hide_group(actor=current_person(), group=group, hidden=hidden, at=now())
    flash(_("已隐藏“%(q)s”。", q=group.question) if hidden else _("已放回列表。"), "success")
    if hidden:
        return redirect(url_for("mining.index"))
    return redirect(url_for("mining.show", group_id=group.id))
