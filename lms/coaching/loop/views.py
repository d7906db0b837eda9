"""Pages of the loop: the board, one case, a case by hand, the rules, the log of decisions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lms.coaching.enums import OPEN_STATES, Help
from lms.coaching.loop.board_queries import (
    STAGES,
    BoardFilter,
    board_counts,
    cases_on_board,
    decisions_visible_to,
    findings_without_case,
    last_decisions,
)
from lms.coaching.loop.deciding import RuleSettings, propose
from lms.coaching.loop.exporters import case_headers, case_rows
from lms.coaching.loop.follow_services import sign_off as sign_off_case
from lms.coaching.loop.forms import CaseForm, NoteForm, RuleForm
from lms.coaching.loop.labels import TEMPLATE_HELPERS
from lms.coaching.loop.queries import (
    changes_of,
    criteria_of_shop,
    events_of,
    findings_of_case,
    follow_up_lines,
    help_given,
    rules_of,
    settings_for,
    teaching_choices,
    visible_case,
)
from lms.coaching.loop.rule_services import save_rule
from lms.coaching.loop.rules import can_steer_case
from lms.coaching.loop.services import LoopError, cancel_by_hand, open_by_hand
from lms.coaching.permissions import C
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.learning.labels import activity_url
from lms.learning.models import Activity
from lms.people.guards import current_person, requires
from lms.people.models import Person, Shop
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_person, can_see_shop, require_visible
from lms.qa.evaluations.models import Finding
from lms.qa.scorecards.models import Criterion
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response

bp = Blueprint(
    "coaching_loop", __name__, url_prefix="/coaching/loop", template_folder="templates", static_folder="static"
)
PER_PAGE = 30
TROUBLES = ("unfollowed", "overdue", "relapsed")


def _wanted() -> BoardFilter:
    stage, trouble = request.args.get("stage", "found"), request.args.get("trouble", "")
    return BoardFilter(
        stage=stage if stage == "found" or stage in STAGES else "found",
        trouble=trouble if trouble in TROUBLES else "",
        criterion_id=request.args.get("criterion", type=int),
        agent_id=request.args.get("agent", type=int),
    )


@bp.get("")
@requires(C.LOOP_READ)
def board() -> str:
    viewer, at, wanted = current_person(), now(), _wanted()
    finding_list = wanted.stage == "found" and not wanted.trouble
    query = findings_without_case(viewer, at, wanted) if finding_list else cases_on_board(viewer, at, wanted)
    page = paginate(query, page_number(), PER_PAGE)
    return render_template(
        "lms/coaching/loop/board.html",
        page=page,
        wanted=wanted,
        counts=board_counts(viewer, at),
        decisions=last_decisions([finding.id for finding in page.items]) if finding_list else {},
        at=at,
        may_steer=C.COACHING_EDIT in viewer.access.permissions,
        may_set=C.RULES_EDIT in viewer.access.permissions,
        kept={
            "stage": wanted.stage,
            "trouble": wanted.trouble,
            "criterion": wanted.criterion_id,
            "agent": wanted.agent_id,
        },
        **TEMPLATE_HELPERS,
    )


@bp.get("/cases.xlsx")
@requires(C.LOOP_READ)
def export() -> Response:
    wanted = _wanted()
    if wanted.stage == "found" and not wanted.trouble:
        wanted = BoardFilter("training", "", wanted.criterion_id, wanted.agent_id)
    rows = db.session.scalars(cases_on_board(current_person(), now(), wanted))
    return xlsx_response(_("补训闭环"), case_headers(), case_rows(rows))


@bp.get("/cases/<int:case_id>")
@requires(C.COACHING_READ_OWN)
def case(case_id: int) -> str:
    return _case_page(case_id, NoteForm(formdata=None))


def _case_page(case_id: int, form: NoteForm) -> str:
    viewer = current_person()
    found = visible_case(viewer, case_id)
    steers = can_steer_case(viewer, found)
    own = viewer.id == found.agent_id
    # The agent is never told which chats were follow-up checks before the case has ended.
    shows_checks = not own or found.state not in OPEN_STATES
    return render_template(
        "lms/coaching/loop/case.html",
        case=found,
        form=form,
        findings=findings_of_case(found.id),
        lines=follow_up_lines(found.id) if shows_checks else [],
        events=events_of(found.id) if not own else [],
        own=own,
        may_steer=steers and found.state in OPEN_STATES,
        may_sign=steers and found.state == "training" and found.help is not Help.LESSON,
        lesson_url=activity_url(found.lesson.kind, found.lesson.id) if found.lesson else None,
        quiz_url=activity_url(found.quiz.kind, found.quiz.id) if found.quiz else None,
        **TEMPLATE_HELPERS,
    )


@bp.post("/cases/<int:case_id>/sign-off")
@requires(C.COACHING_EDIT)
def sign_off(case_id: int) -> ResponseReturnValue:
    form = NoteForm()
    form.validate()
    sign_off_case(
        actor=current_person(), case=visible_case(current_person(), case_id), note=form.note.data or "", at=now()
    )
    flash(_("已登记，接下来进入复检。"), "success")
    return redirect(url_for(".case", case_id=case_id), 303)


@bp.post("/cases/<int:case_id>/cancel")
@requires(C.COACHING_EDIT)
def cancel(case_id: int) -> ResponseReturnValue:
    form = NoteForm()
    form.validate()
    cancel_by_hand(
        actor=current_person(), case=visible_case(current_person(), case_id), note=form.note.data or "", at=now()
    )
    flash(_("补训已取消，未完成的任务已收回。"), "success")
    return redirect(url_for(".case", case_id=case_id), 303)


@bp.route("/findings/<int:finding_id>/assign", methods=["GET", "POST"])
@requires(C.COACHING_EDIT)
def assign(finding_id: int) -> ResponseReturnValue:
    """Open a case by hand for a finding."""
    actor = current_person()
    finding = get_or_404(
        Finding, finding_id, joinedload(Finding.agent).lazyload(Person.grants), joinedload(Finding.criterion)
    )
    require_visible(
        can_see_shop(actor, finding.shop_id) and can_see_person(actor, finding.agent) and actor.id != finding.agent_id
    )
    lessons = teaching_choices(finding.competency_id, finding.shop_id, "lesson")
    quizzes = teaching_choices(finding.competency_id, finding.shop_id, "quiz")
    proposal = propose(help_given(finding.agent_id, finding.criterion_id), [ident for ident, _title in lessons])
    form = CaseForm(
        help_=proposal.help, lesson_id=str(proposal.lesson_id or ""), quiz_id=str(quizzes[0][0]) if quizzes else ""
    ).offer(lessons, quizzes)
    if form.validate_on_submit():
        try:
            opened = open_by_hand(
                actor=actor,
                agent=finding.agent,
                criterion=finding.criterion,
                shop_id=finding.shop_id,
                lesson=db.session.get(Activity, int(form.lesson_id.data)) if form.lesson_id.data else None,
                quiz=db.session.get(Activity, int(form.quiz_id.data)) if form.quiz_id.data else None,
                help_=form.help_.data,
                findings=[finding],
                note=form.note.data or "",
                at=now(),
            )
        except LoopError as error:
            flash(error.message + (f" {error.hint}" if error.hint else ""), "danger")
        else:
            flash(_("补训已布置。"), "success")
            return redirect(url_for(".case", case_id=opened.id), 303)
    page = render_template(
        "lms/coaching/loop/assign.html", form=form, finding=finding, proposal=proposal, **TEMPLATE_HELPERS
    )
    return page, 400 if form.is_submitted() else 200


# --- rules ---------------------------------------------------------------------------------------------------------


def _shop() -> Shop | None:
    shops = list(shops_visible_to(current_person()))
    wanted = request.args.get("shop", type=int)
    return next((shop for shop in shops if shop.id == wanted), shops[0] if shops else None)


@bp.get("/rules")
@requires(C.RULES_EDIT)
def rules() -> str:
    shop = _shop()
    found = list(rules_of(shop.id)) if shop else []
    own = {rule.criterion_id: rule for rule in found}
    default = own.pop(None, None)
    return render_template(
        "lms/coaching/loop/rules.html",
        shop=shop,
        shops=list(shops_visible_to(current_person())),
        default=RuleSettings.of(default) if default is not None else RuleSettings(),
        own={ident: RuleSettings.of(rule) for ident, rule in own.items()},
        criteria=criteria_of_shop(shop.id) if shop else [],
        **TEMPLATE_HELPERS,
    )


@bp.route("/rules/<int:shop_id>", methods=["GET", "POST"], defaults={"criterion_id": None})
@bp.route("/rules/<int:shop_id>/<int:criterion_id>", methods=["GET", "POST"])
@requires(C.RULES_EDIT)
def edit_rule(shop_id: int, criterion_id: int | None) -> ResponseReturnValue:
    """The rule of a criterion, or (none named) the one for all that have none of their own."""
    actor = current_person()
    require_visible(can_see_shop(actor, shop_id))
    criterion: Criterion | None = None
    if criterion_id is not None:
        criterion = next((one for one in criteria_of_shop(shop_id) if one.id == criterion_id), None)
        require_visible(criterion is not None)
    rule, settings = settings_for(shop_id, criterion_id or 0)
    own = rule if rule is not None and rule.criterion_id == criterion_id else None
    competency_id = criterion.competency_id if criterion else None
    form = RuleForm(MultiDict(request.form) if request.method == "POST" else None, data=_form_data(settings)).offer(
        teaching_choices(competency_id, shop_id, "lesson"), teaching_choices(competency_id, shop_id, "quiz")
    )
    if form.validate_on_submit():
        save_rule(actor=actor, shop_id=shop_id, criterion_id=criterion_id, settings=form.settings(), at=now())
        flash(_("规则已保存，从下一个质检问题起生效；进行中的补训不受影响。"), "success")
        return redirect(url_for(".rules", shop=shop_id), 303)
    page = render_template(
        "lms/coaching/loop/rule_form.html",
        form=form,
        criterion=criterion,
        shop_id=shop_id,
        settings=settings,
        changes=changes_of(own.id) if own is not None else [],
        of=RuleSettings.of,
        **TEMPLATE_HELPERS,
    )
    return page, 400 if form.is_submitted() else 200


def _form_data(settings: RuleSettings) -> dict[str, object]:
    data = settings.to_json()
    data["lesson_id"], data["quiz_id"] = str(settings.lesson_id or ""), str(settings.quiz_id or "")
    return data


@bp.get("/decisions")
@requires(C.LOOP_READ)
def decisions() -> str:
    page = paginate(decisions_visible_to(current_person()), page_number(), PER_PAGE)
    return render_template("lms/coaching/loop/decisions.html", page=page, **TEMPLATE_HELPERS)
