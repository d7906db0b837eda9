"""Pages of probation: who is live, one person to sign for, one's own standing, the gates, and two exports."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms.certification.blueprint import live_bp
from lms.certification.enums import Level, Verdict
from lms.certification.exporters import missing_headers, missing_rows, roster_headers, roster_rows
from lms.certification.forms import activity_words
from lms.certification.labels import TEMPLATE_HELPERS
from lms.certification.live_forms import GateForm
from lms.certification.live_models import LiveGate
from lms.certification.live_queries import (
    LiveFilter,
    LiveList,
    bar_of,
    can_see_live,
    gates_visible_to,
    live_list,
    live_row,
    post_choices,
    sign_offs_of,
)
from lms.certification.live_services import (
    LiveError,
    archive_gate,
    may_set_level,
    may_write_gate,
    save_gate,
    set_level,
    sign_off,
    signs_as,
)
from lms.certification.permissions import P
from lms.certification.queries import choosable_activities, types_visible_to
from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.web.paging import Page, page_number
from lms.web.sheets import xlsx_response

PER_PAGE = 50


def _wanted() -> LiveFilter:
    args = request.args
    state = args.get("state", "")
    return LiveFilter(
        text=args.get("q", "").strip()[:60],
        team_id=args.get("team", type=int),
        post_id=args.get("post", type=int),
        state=state if state in ("live", "probation") else "",
    )


@live_bp.get("")
@requires(P.LIVE_READ)
def index() -> str:
    viewer, wanted = current_person(), _wanted()
    found = live_list(viewer, wanted, now())
    return render_template(
        "lms/certification/live.html",
        page=_page_of(found),
        found=found,
        wanted=wanted,
        may_edit=P.GATES_EDIT in viewer.access.permissions,
        **TEMPLATE_HELPERS,
    )


def _page_of(found: LiveList) -> Page:
    rows = found.rows
    number = min(page_number(), max(1, -(-len(rows) // PER_PAGE)))
    return Page(rows[(number - 1) * PER_PAGE : number * PER_PAGE], number, PER_PAGE, len(rows))


@live_bp.get("/roster.xlsx")
@requires(P.LIVE_READ)
def roster() -> Response:
    wanted, at = _wanted(), now()
    found = live_list(current_person(), LiveFilter(wanted.text, wanted.team_id, wanted.post_id, "live"), at)
    return xlsx_response(_day_name(_("上岗名单")), roster_headers(), roster_rows(found.rows))


@live_bp.get("/missing.xlsx")
@requires(P.LIVE_READ)
def missing() -> Response:
    found = live_list(current_person(), _wanted(), now())
    return xlsx_response(_day_name(_("上岗条件")), missing_headers(), missing_rows(found.rows))


def _day_name(word: str) -> str:
    return f"{word}_{to_local(now()):%Y%m%d}"


@live_bp.get("/me")
@requires(P.CERTIFICATES_READ_OWN)
def me() -> str:
    row = live_row(current_person(), now())
    return render_template("lms/certification/live_me.html", row=row, **TEMPLATE_HELPERS)


@live_bp.get("/people/<int:person_id>")
@requires(P.LIVE_READ)
def person(person_id: int) -> str:
    return _person_page(_seen(person_id))


def _seen(person_id: int) -> Person:
    shown = get_or_404(Person, person_id, joinedload(Person.team), joinedload(Person.grants))
    require_visible(can_see_live(current_person(), shown))
    return shown


def _person_page(shown: Person, problem: str = "") -> str:
    viewer, row = current_person(), live_row(shown, now())
    signers = {line.requirement.signer for line in row.status.lines if line.requirement.signer}
    return render_template(
        "lms/certification/live_person.html",
        row=row,
        history=sign_offs_of(shown.id),
        may_sign={signer for signer in signers if signs_as(viewer, shown, signer)},
        may_level=may_set_level(viewer, shown),
        problem=problem,
        **TEMPLATE_HELPERS,
    )


@live_bp.post("/people/<int:person_id>/sign")
@requires(P.SIGN_OFFS_EDIT)
def sign(person_id: int) -> Response:
    shown, sent = _seen(person_id), request.form
    verdict = Verdict.REFUSED if sent.get("verdict") == Verdict.REFUSED else Verdict.PASSED
    try:
        sign_off(
            actor=current_person(),
            person=shown,
            key=sent.get("key", ""),
            verdict=verdict,
            note=sent.get("note", ""),
            at=now(),
        )
    except LiveError as error:
        return make_response(_person_page(shown, error.message), 422)
    flash(_("已签字。") if verdict is Verdict.PASSED else _("已记下，对方会看到原因。"), "success")
    return redirect(url_for(".person", person_id=person_id))


@live_bp.post("/people/<int:person_id>/level")
@requires(P.SIGN_OFFS_EDIT)
def level(person_id: int) -> Response:
    shown = _seen(person_id)
    wanted = Level.SENIOR if request.form.get("level") == Level.SENIOR else Level.NEW
    if set_level(actor=current_person(), person=shown, level=wanted, at=now()):
        flash(_("已改为按%(level)s的条件。", level=TEMPLATE_HELPERS["level_labels"][wanted]), "success")
    return redirect(url_for(".person", person_id=person_id))


# --- gates ---------------------------------------------------------------------------------------------------------


@live_bp.get("/gates")
@requires(P.GATES_EDIT)
def gates() -> str:
    viewer = current_person()
    found = db.session.scalars(gates_visible_to(viewer)).unique().all()
    return render_template(
        "lms/certification/gates.html",
        gates=[(gate, bar_of(gate)) for gate in found],
        may_write=may_write_gate,
        viewer=viewer,
        **TEMPLATE_HELPERS,
    )


@live_bp.route("/gates/new", methods=["GET", "POST"])
@requires(P.GATES_EDIT)
def new_gate() -> Response:
    form = _offer(GateForm())
    if request.method == "POST" and form.validate() and _save(form, None):
        flash(_("已添加上岗条件。"), "success")
        return redirect(url_for(".gates"))
    return _editor(form, None)


@live_bp.route("/gates/<int:gate_id>/edit", methods=["GET", "POST"])
@requires(P.GATES_EDIT)
def edit_gate(gate_id: int) -> Response:
    gate = _writable(gate_id)
    form = GateForm()
    if request.method == "GET":
        form.show(gate)
    _offer(form, gate)
    for name in ("shop_id", "post_id", "level"):  # for whom a gate is stays
        del form[name]
    if request.method == "POST" and form.validate() and _save(form, gate):
        flash(_("已保存，所有人的上岗状态按新条件计算。"), "success")
        return redirect(url_for(".gates"))
    return _editor(form, gate)


@live_bp.post("/gates/<int:gate_id>/archive")
@requires(P.GATES_EDIT)
def archive(gate_id: int) -> Response:
    archive_gate(actor=current_person(), gate=_writable(gate_id), at=now())
    flash(_("已删除，相关的人改用上一层的条件。"), "success")
    return redirect(url_for(".gates"))


def _writable(gate_id: int) -> LiveGate:
    gate, viewer = get_or_404(LiveGate, gate_id), current_person()
    require_visible(can_see_shop(viewer, gate.shop_id) and may_write_gate(viewer, gate.shop_id))
    return gate


def _offer(form: GateForm, gate: LiveGate | None = None) -> GateForm:
    viewer = current_person()
    keep = [kept["ref"] for kept in gate.requirements if kept["kind"] == "activity"] if gate else []
    return form.offer(
        shops=shops_visible_to(viewer),
        posts=post_choices(viewer),
        everywhere=may_write_gate(viewer, None),
        types=db.session.scalars(types_visible_to(viewer)).unique().all(),
        activities=choosable_activities(viewer, keep),
    )


def _save(form: GateForm, gate: LiveGate | None) -> LiveGate | None:
    try:
        return save_gate(
            actor=current_person(),
            gate=gate,
            shop_id=None if gate else form.chosen_shop_id,
            post_id=None if gate else form.chosen_post_id,
            level=gate.level if gate else form.chosen_level,
            requirements=form.requirements,
            at=now(),
        )
    except LiveError as error:
        form.form_errors.append(error.message)
        return None


def _editor(form: GateForm, gate: LiveGate | None) -> Response:
    context = {"form": form, "gate": gate, "activity_words": activity_words, **TEMPLATE_HELPERS}
    page = render_template("lms/certification/gate_form.html", **context)
    return make_response(page, 422 if form.errors or form.form_errors else 200)
