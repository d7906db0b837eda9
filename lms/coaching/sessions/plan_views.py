"""Pages for making an appointment, and for moving one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import lazyload
from werkzeug.wrappers import Response

from lms.coaching.loop.labels import HELPS
from lms.coaching.loop.models import RemedialCase
from lms.coaching.loop.queries import visible_case
from lms.coaching.permissions import C
from lms.coaching.sessions.blueprint import bp
from lms.coaching.sessions.forms import AppointmentForm, PlanForm
from lms.coaching.sessions.queries import (
    coachable,
    evidence_choices,
    finding_ids_of_case,
    open_case_choices,
    templates_visible_to,
    visible_session,
)
from lms.coaching.sessions.rules import can_coach, can_write
from lms.coaching.sessions.services import change_session, plan_session
from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import Conflict, DomainError
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.rules import can_see_person, can_see_shop, require_visible
from lms.qa.evaluations.models import Finding


@bp.route("/new", methods=["GET", "POST"])
@requires(C.COACHING_EDIT)
def new() -> Response | str | tuple[str, int]:
    """Plan a session. ``?agent=``, ``?case=`` or ``?finding=`` say with whom; without, one chooses first."""
    actor, at = current_person(), now()
    agent_id, case, picked = _subject(actor)
    if agent_id is None:
        return render_template("lms/coaching/sessions/choose.html", people=coachable(actor))
    agent = get_or_404(Person, agent_id, lazyload(Person.grants))
    require_visible(can_coach(actor, agent))
    findings = evidence_choices(actor, agent.id, at, picked)
    templates, cases = templates_visible_to(actor), open_case_choices(actor, agent.id)
    form = PlanForm(
        evidence=picked,
        case_id=case.id if case is not None and case in cases else 0,
        planned_at=(to_local(at) + timedelta(days=1)).replace(minute=0, second=0, microsecond=0, tzinfo=None),
    )
    form.offer(findings)
    form.offer_templates(templates, [(each.id, f"{each.criterion.name} · {HELPS[each.help]}") for each in cases])
    if form.validate_on_submit():
        try:
            made = plan_session(
                actor=actor,
                agent=agent,
                template=next(each for each in templates if each.id == form.template_id.data),
                title=form.title.data or "",
                planned_at=form.moment(),
                confidential=bool(form.confidential.data),
                evidence=_chosen(form, findings),
                case=next((each for each in cases if each.id == form.case_id.data), None),
                at=at,
            )
        except DomainError as error:
            _tell(error)
        else:
            flash(_("已约好面谈，并通知了%(name)s。", name=agent.name), "success")
            return redirect(url_for(".show", session_id=made.id), 303)
    page = render_template("lms/coaching/sessions/plan.html", form=form, agent=agent, session=None)
    return page, 400 if form.is_submitted() else 200


def _subject(actor: Person) -> tuple[int | None, RemedialCase | None, list[int]]:
    """Who is to be coached, the case and the findings that the address names; 404 for what the actor may not see."""
    case_id, finding_id = request.args.get("case", type=int), request.args.get("finding", type=int)
    if case_id is not None:
        case = visible_case(actor, case_id)
        return case.agent_id, case, finding_ids_of_case(case.id)
    if finding_id is not None:
        finding = get_or_404(Finding, finding_id)
        require_visible(can_see_shop(actor, finding.shop_id) and can_see_person(actor, finding.agent))
        return finding.agent_id, None, [finding.id]
    return request.args.get("agent", type=int), None, []


def _chosen(form: AppointmentForm, findings: Sequence[Finding]) -> list[Finding]:
    wanted = set(form.evidence.data or ())
    return [finding for finding in findings if finding.id in wanted]


def _tell(error: DomainError) -> None:
    """The form is shown again with what was filled in; what can't be seen or was signed has a page of its own."""
    db.session.rollback()
    if error.status == 404 or isinstance(error, Conflict):
        raise error
    flash(str(error), "danger")


@bp.route("/<int:session_id>/edit", methods=["GET", "POST"])
@requires(C.COACHING_EDIT)
def edit(session_id: int) -> Response | tuple[str, int]:
    """Move a session, rename it, choose other evidence, make it confidential."""
    actor, at = current_person(), now()
    session = visible_session(actor, session_id)
    require_visible(can_write(actor, session))
    picked = [finding.id for finding in session.evidence]
    findings = evidence_choices(actor, session.agent_id, at, picked)
    form = AppointmentForm(
        title=session.title,
        planned_at=to_local(session.planned_at).replace(tzinfo=None),
        confidential=session.confidential,
        evidence=picked,
    )
    form.offer(findings)
    if form.validate_on_submit():
        try:
            change_session(
                actor=actor,
                session=session,
                title=form.title.data or session.title,
                planned_at=form.moment(),
                confidential=bool(form.confidential.data),
                evidence=_chosen(form, findings),
                at=at,
            )
        except DomainError as error:
            _tell(error)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for(".show", session_id=session_id), 303)
    page = render_template("lms/coaching/sessions/plan.html", form=form, agent=session.agent, session=session)
    return page, 400 if form.is_submitted() else 200
