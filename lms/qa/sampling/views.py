"""Pages of sampling plans and of the reviewers, for those who manage them."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.kernel.jobs import Job, enqueue
from lms.people.guards import current_person, requires
from lms.people.models import Person, Shop
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.qa.chats.queries import people_serving
from lms.qa.permissions import Q
from lms.qa.sampling.forms import PlanForm
from lms.qa.sampling.labels import SIGNALS, SOURCES
from lms.qa.sampling.models import Reviewer, SamplingPlan
from lms.qa.sampling.queries import (
    done_by_reviewer,
    latest_week,
    plans_visible_to,
    reviewers_of,
    runs_of,
    scorecards_in_force,
    teams_to_sample,
    week_report,
)
from lms.qa.sampling.services import PlanError, add_reviewer, change_quota, new_hires, remove_reviewer, save_plan
from lms.qa.sampling.weeks import week_of

bp = Blueprint("qa_plans", __name__, url_prefix="/qa/plans", template_folder="templates")
WEEKS_BACK = 26


def _shop(text: str) -> Shop | None:
    """The viewer's shop that the address names; the first one when it names none. NotFound for any other."""
    shops = shops_visible_to(current_person())
    found = next((shop for shop in shops if not text or str(shop.id) == text), None)
    require_visible(found is not None or not text)
    return found


def _plan(plan_id: int) -> SamplingPlan:
    shown = (SamplingPlan.shop, SamplingPlan.team, SamplingPlan.scorecard)
    plan = get_or_404(SamplingPlan, plan_id, *(joinedload(one) for one in shown))
    require_visible(can_see_shop(current_person(), plan.shop_id))
    return plan


@bp.get("")
@requires(Q.SAMPLING_MANAGE)
def index() -> str:
    plans = plans_visible_to(current_person())
    return render_template("lms/qa/sampling/plans.html", plans=plans, several=len({plan.shop_id for plan in plans}) > 1)


@bp.route("/new", methods=["GET", "POST"])
@requires(Q.SAMPLING_MANAGE)
def new() -> str | BaseResponse:
    shop = _shop(request.args.get("shop", ""))
    if shop is None:
        return render_template("lms/qa/sampling/plan_form.html", form=None, shop=None)
    return _edit(shop, None)


@bp.route("/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(Q.SAMPLING_MANAGE)
def edit(plan_id: int) -> str | BaseResponse:
    plan = _plan(plan_id)
    return _edit(plan.shop, plan)


def _edit(shop: Shop, plan: SamplingPlan | None) -> str | BaseResponse:
    person = current_person()
    cards = [card for card in scorecards_in_force(person) if card.shop_id in (None, shop.id)]
    form = PlanForm(per_agent=5, random_share=60, new_hire_days=30, new_hire_extra=5)
    form.offer(cards, teams_to_sample(person, shop))
    if plan is not None and request.method == "GET":
        form.show(plan)
    if form.validate_on_submit():
        try:
            plan = save_plan(actor=person, shop=shop, data=form.data_for(cards), at=now(), plan=plan)
        except PlanError as error:
            form.scorecard_id.errors = [*form.scorecard_id.errors, error.message]
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for(".show", plan_id=plan.id))
    shops = shops_visible_to(person) if plan is None else [shop]
    return render_template("lms/qa/sampling/plan_form.html", form=form, shop=shop, shops=shops, plan=plan, cards=cards)


def _week(plan: SamplingPlan) -> date:
    """The week asked for, any of its days; the latest one with chats when none or nonsense is asked for."""
    this_week = week_of(now())
    try:
        day = date.fromisoformat(request.values.get("week", ""))
    except ValueError:
        return min(latest_week(plan) or this_week, this_week)
    week = day - timedelta(days=day.weekday())
    return week if this_week - timedelta(weeks=WEEKS_BACK * 4) <= week <= this_week else this_week


@bp.get("/<int:plan_id>")
@requires(Q.SAMPLING_MANAGE)
def show(plan_id: int) -> str:
    """A week of a plan: what was drawn of whom, and what a draw would add."""
    plan = _plan(plan_id)
    week = _week(plan)
    this_week = week_of(now())
    job_id = request.args.get("job", "")
    job = db.session.get(Job, int(job_id)) if job_id.isascii() and job_id.isdigit() and len(job_id) < 10 else None
    return render_template(
        "lms/qa/sampling/plan.html",
        plan=plan,
        week=week,
        until=week + timedelta(days=6),
        weeks=[this_week - timedelta(weeks=n) for n in range(WEEKS_BACK)],
        rows=week_report(current_person(), plan, week, new_hires(plan, week)),
        runs=runs_of(plan, week),
        sources=SOURCES,
        signals=SIGNALS,
        job=job if job and job.name == "qa_sampling.draw" and job.created_by_id == current_person().id else None,
    )


@bp.post("/<int:plan_id>/draw")
@requires(Q.SAMPLING_MANAGE)
def draw(plan_id: int) -> BaseResponse:
    plan = _plan(plan_id)
    week = _week(plan)
    job = enqueue("qa_sampling.draw", actor_id=current_person().id, plan_id=plan.id, week=week.isoformat())
    return redirect(url_for(".show", plan_id=plan.id, week=week.isoformat(), job=job.id))


# --- reviewers -----------------------------------------------------------------------------------------------------


@bp.get("/reviewers")
@requires(Q.SAMPLING_MANAGE)
def reviewers() -> str:
    shop = _shop(request.args.get("shop", ""))
    if shop is None:
        return render_template("lms/qa/sampling/reviewers.html", shop=None)
    return render_template(
        "lms/qa/sampling/reviewers.html",
        shop=shop,
        shops=shops_visible_to(current_person()),
        lines=reviewers_of(shop.id),
        done=done_by_reviewer(shop.id, now()),
        people=people_serving(shop.id),
    )


def _quota() -> int | None:
    text = request.form.get("weekly_quota", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 2000):
        raise DomainError(_("每周上限要填 1–2000 之间的整数，不填表示不限。"))
    return int(text)


@bp.post("/reviewers/add")
@requires(Q.SAMPLING_MANAGE)
def add() -> BaseResponse:
    shop = _shop(request.form.get("shop_id", ""))
    require_visible(shop is not None)
    assert shop is not None
    back = redirect(url_for(".reviewers", shop=shop.id))
    text = request.form.get("person", "")
    person = db.session.get(Person, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if person is None:
        flash(_("请选择一位客服。"), "warning")
        return back
    try:
        add_reviewer(actor=current_person(), shop=shop, person=person, weekly_quota=_quota(), at=now())
    except DomainError as error:
        if error.status != 400:
            raise
        flash(str(error), "warning")
    else:
        flash(_("已把%(name)s加入质检员名单。", name=person.name), "success")
    return back


@bp.post("/reviewers/<int:reviewer_id>")
@requires(Q.SAMPLING_MANAGE)
def change(reviewer_id: int) -> BaseResponse:
    """Change the quota, or take the person off the list (``remove``)."""
    line = get_or_404(Reviewer, reviewer_id)
    require_visible(can_see_shop(current_person(), line.shop_id))
    try:
        if request.form.get("remove") is not None:
            remove_reviewer(actor=current_person(), line=line, at=now())
            flash(_("已移出质检员名单。"), "success")
        else:
            change_quota(actor=current_person(), line=line, weekly_quota=_quota())
            flash(_("已保存。"), "success")
    except DomainError as error:
        if error.status != 400:
            raise
        flash(str(error), "warning")
    return redirect(url_for(".reviewers", shop=line.shop_id))
