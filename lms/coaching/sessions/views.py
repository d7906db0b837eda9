"""Pages of coaching sessions: the list, one's own, one session with its draft, signatures and rating."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.coaching.enums import SessionState
from lms.coaching.permissions import C
from lms.coaching.sessions import rules
from lms.coaching.sessions.blueprint import bp
from lms.coaching.sessions.exporters import session_headers, session_rows
from lms.coaching.sessions.forms import read_notes
from lms.coaching.sessions.labels import TABS, TEMPLATE_HELPERS
from lms.coaching.sessions.models import CoachingSession
from lms.coaching.sessions.queries import (
    SHOWN,
    coach_figures,
    counts,
    sessions_of,
    sessions_visible_to,
    visible_session,
)
from lms.coaching.sessions.services import (
    PLAN_MOST,
    PlanLine,
    agreed_of,
    cancel_session,
    hold_session,
    intact,
    rate_session,
    save_draft,
    sign_session,
    tick_item,
)
from lms.coaching.sessions.signing import digest
from lms.kernel.clock import now, to_local
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.guards import current_person, requires
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response

PER_PAGE = 25
FIGURES_DAYS = 90


@bp.get("")
@requires(C.COACHING_EDIT)
def index() -> str:
    viewer, at = current_person(), now()
    show = request.args.get("show", "all")
    show = show if show in SHOWN else "all"
    agent_id = request.args.get("agent", type=int)
    return render_template(
        "lms/coaching/sessions/list.html",
        page=paginate(sessions_visible_to(viewer, show, at, agent_id), page_number(), PER_PAGE),
        show=show,
        agent_id=agent_id,
        tabs=TABS,
        counts=counts(viewer, at),
        figures=coach_figures(viewer, at - timedelta(days=FIGURES_DAYS)),
        days=FIGURES_DAYS,
        may_set=C.RULES_EDIT in viewer.access.permissions,
        viewer=viewer,
        at=at,
        **TEMPLATE_HELPERS,
    )


@bp.get("/sessions.xlsx")
@requires(C.COACHING_EDIT)
def export() -> BaseResponse:
    rows = db.session.scalars(sessions_visible_to(current_person(), "all", now()))
    return xlsx_response(_("辅导面谈.xlsx"), session_headers(), session_rows(rows))


@bp.get("/mine")
@requires(C.COACHING_READ_OWN)
def mine() -> str:
    viewer = current_person()
    return render_template(
        "lms/coaching/sessions/mine.html",
        page=paginate(sessions_of(viewer.id), page_number(), PER_PAGE),
        viewer=viewer,
        at=now(),
        **TEMPLATE_HELPERS,
    )


@bp.get("/<int:session_id>")
@requires(C.COACHING_READ_OWN)
def show(session_id: int) -> str:
    return _page(visible_session(current_person(), session_id))


def _page(
    session: CoachingSession,
    *,
    trouble: DomainError | None = None,
    notes: list[str] | None = None,
    plan: list[PlanLine] | None = None,
) -> str:
    """The page of a session; with what was typed where it could not be saved, so that nothing is lost."""
    viewer, at = current_person(), now()
    return render_template(
        "lms/coaching/sessions/show.html",
        session=session,
        texts=notes if notes is not None else [note["text"] for note in session.notes],
        plan=plan if plan is not None else session.plan,
        plan_most=PLAN_MOST,
        trouble=trouble,
        may_write=rules.can_write(viewer, session),
        may_read=rules.can_read_notes(viewer, session),
        may_sign=rules.can_sign(viewer, session),
        may_rate=rules.can_rate(viewer, session),
        may_tick=rules.is_one_of_two(viewer, session) and rules.is_frozen(session),
        sees_rating=rules.can_see_rating(viewer, session),
        seal=digest(agreed_of(session)),
        intact=intact(session),
        coaches=C.COACHING_EDIT in viewer.access.permissions,
        viewer=viewer,
        at=at,
        today=to_local(at).date(),
        **TEMPLATE_HELPERS,
    )


@bp.post("/<int:session_id>/draft")
@requires(C.COACHING_READ_OWN)
def draft(session_id: int) -> tuple[Response, int]:
    """Keep the draft while one writes. Answers {saved, rev, seal, at} or {saved: false, message}."""
    session = visible_session(current_person(), session_id)
    try:
        rev, notes, plan = read_notes(request.form, len(session.notes))
        session = save_draft(actor=current_person(), session=session, rev=rev, notes=notes, plan=plan)
    except DomainError as error:
        db.session.rollback()
        return jsonify(saved=False, message=str(error)), error.status
    seal, at = digest(agreed_of(session)), to_local(now()).strftime("%H:%M:%S")
    return jsonify(saved=True, rev=session.rev, seal=seal, at=at), 200


@bp.post("/<int:session_id>/save")
@requires(C.COACHING_READ_OWN)
def save(session_id: int) -> BaseResponse | tuple[str, int]:
    """Save by button; ``go=hold`` says that the session took place."""
    actor, session = current_person(), visible_session(current_person(), session_id)
    notes, plan = None, None
    try:
        rev, notes, plan = read_notes(request.form, len(session.notes))
        save_draft(actor=actor, session=session, rev=rev, notes=notes, plan=plan)
        if request.form.get("go") == "hold":
            hold_session(actor=actor, session=session, at=now())
    except DomainError as error:
        db.session.rollback()
        if error.status == 404:
            raise
        return _page(visible_session(actor, session_id), trouble=error, notes=notes, plan=plan), error.status
    held = session.state is SessionState.HELD
    flash(_("已保存，请双方签字。") if held else _("已保存。"), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


@bp.post("/<int:session_id>/sign")
@requires(C.COACHING_READ_OWN)
def sign(session_id: int) -> BaseResponse:
    session = visible_session(current_person(), session_id)
    signed = sign_session(actor=current_person(), session=session, seen=request.form.get("seal", ""), at=now())
    flash(_("双方都已签字。") if signed.state is SessionState.SIGNED else _("已签字，等对方签字。"), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


@bp.post("/<int:session_id>/rate")
@requires(C.COACHING_READ_OWN)
def rate(session_id: int) -> BaseResponse:
    session = visible_session(current_person(), session_id)
    rate_session(
        actor=current_person(),
        session=session,
        rating=request.form.get("rating", 0, type=int),
        note=request.form.get("note", ""),
    )
    flash(_("谢谢您的反馈。"), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


@bp.post("/<int:session_id>/plan/<int:item_id>")
@requires(C.COACHING_READ_OWN)
def tick(session_id: int, item_id: int) -> BaseResponse:
    session = visible_session(current_person(), session_id)
    done = request.form.get("done") == "1"
    tick_item(actor=current_person(), session=session, item_id=item_id, done=done, at=now())
    return redirect(url_for(".show", session_id=session_id, _anchor="plan"), 303)


@bp.post("/<int:session_id>/cancel")
@requires(C.COACHING_EDIT)
def cancel(session_id: int) -> BaseResponse:
    cancel_session(actor=current_person(), session=visible_session(current_person(), session_id), at=now())
    flash(_("面谈已取消，已通知对方。"), "success")
    return redirect(url_for(".index"), 303)
