"""Pages of improvements: the list, its sheet, one of them."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now, to_local
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.qa.enums import ImprovementState, RootCause
from lms.qa.improvements.labels import CAUSE_COLOURS, CAUSES, STATE_COLOURS, STATES
from lms.qa.improvements.queries import (
    ImprovementFilter,
    askings_of,
    days_open,
    improvement_list,
    owner_choices,
    visible_improvement,
)
from lms.qa.improvements.services import follow_up
from lms.qa.permissions import Q
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response

bp = Blueprint("qa_improvements", __name__, url_prefix="/qa/improvements", template_folder="templates")


def _wanted() -> ImprovementFilter:
    state, cause, shop = (request.args.get(name, "") for name in ("state", "cause", "shop"))
    return ImprovementFilter(
        state=state if state == "all" or state in list(ImprovementState) else "",
        cause=cause if cause in CAUSES else "",
        shop_id=int(shop) if shop.isascii() and shop.isdigit() and len(shop) < 10 else None,
    )


@bp.get("")
@requires(Q.IMPROVEMENTS_EDIT)
def index() -> str:
    at, wanted = now(), _wanted()
    page = paginate(improvement_list(current_person(), wanted, at=at), page_number())
    return render_template(
        "lms/qa/improvements/index.html",
        page=page,
        wanted=wanted,
        days={row[0].id: days_open(row[0], at) for row in page.items},
        today=to_local(at).date(),
        causes=CAUSES,
        cause_colours=CAUSE_COLOURS,
        states=STATES,
        state_colours=STATE_COLOURS,
        shops=shops_visible_to(current_person()),
    )


@bp.get("/export.xlsx")
@requires(Q.IMPROVEMENTS_EDIT)
def export() -> Response:
    at = now()
    headers = [
        _("店铺"), _("改进事项"), _("评分项"), _("原因"), _("状态"), _("问题数"), _("近 30 天"), _("天数"),
        _("负责人"), _("期限"), _("改进办法"), _("结果"),
    ]  # fmt: skip
    rows = (
        [
            one.shop.name,
            one.title,
            one.criterion.name,
            str(CAUSES[RootCause(one.cause)]),
            str(STATES[one.state]),
            count,
            recent,
            days_open(one, at),
            one.owner.name if one.owner else "",
            one.due_on,
            one.proposal,
            one.outcome,
        ]
        for one, count, recent in db.session.execute(improvement_list(current_person(), _wanted(), at=at))
    )
    return xlsx_response(_("改进事项.xlsx"), headers, rows)


@bp.route("/<int:improvement_id>", methods=["GET", "POST"])
@requires(Q.IMPROVEMENTS_EDIT)
def show(improvement_id: int) -> BaseResponse:
    viewer, at = current_person(), now()
    improvement = visible_improvement(viewer, improvement_id)
    problem: DomainError | None = None
    if request.method == "POST":
        form = request.form
        try:
            with db.session.begin_nested():
                follow_up(
                    actor=viewer,
                    improvement=improvement,
                    state=_state(form.get("state", ""), improvement.state),
                    title=form.get("title", ""),
                    proposal=form.get("proposal", ""),
                    outcome=form.get("outcome", ""),
                    owner_id=int(form["owner_id"]) if form.get("owner_id", "").isdigit() else None,
                    due_on=_day(form.get("due_on", "")),
                    at=at,
                    known=_time(form.get("known", "")),
                )
        except DomainError as error:
            problem = error
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for(".show", improvement_id=improvement.id))
    html = render_template(
        "lms/qa/improvements/show.html",
        improvement=improvement,
        askings=askings_of(viewer, improvement),
        days=days_open(improvement, at),
        owners=owner_choices(improvement.shop_id),
        causes=CAUSES,
        cause_colours=CAUSE_COLOURS,
        states=STATES,
        state_colours=STATE_COLOURS,
        given=request.form if problem else None,
        problem=problem,
    )
    return Response(html, problem.status if problem else 200)


def _state(text: str, otherwise: ImprovementState) -> ImprovementState:
    return ImprovementState(text) if text in list(ImprovementState) else otherwise


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
