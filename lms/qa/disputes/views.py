"""Pages of disputes: the arbiters' list, one dispute, what an evaluation's disputes came to, and the figures."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from lms.conversations.labels import SIDES
from lms.conversations.services import log_view
from lms.conversations.transcript import lines_of
from lms.kernel.clock import now
from lms.kernel.db import get_or_404
from lms.people.guards import current_person, requires
from lms.people.rules import require_visible
from lms.qa.checks.settings import settings_of
from lms.qa.disputes.queries import disputes_of, disputes_visible_to, outcomes, visible_dispute
from lms.qa.disputes.rules import why_not_decide
from lms.qa.disputes.services import DecisionError, decide_dispute, file_dispute, passing_values, spec_of
from lms.qa.evaluations import labels
from lms.qa.evaluations.models import Finding
from lms.qa.evaluations.queries import chat_lines, visible_evaluation
from lms.qa.evaluations.rules import can_see_evaluation
from lms.qa.permissions import Q
from lms.web.paging import page_number, paginate

bp = Blueprint("qa_disputes", __name__, url_prefix="/qa/disputes", template_folder="templates")
LIST_SIZE = 30
DAYS = 90


@bp.get("")
@requires(Q.DISPUTES_DECIDE)
def index() -> str:
    """Disputes that wait, the oldest first; ``?state=decided`` those that are decided."""
    viewer, at = current_person(), now()
    decided = request.args.get("state") == "decided"
    page = paginate(disputes_visible_to(viewer, decided=decided), page_number(), LIST_SIZE)
    hours = {dispute.shop_id: settings_of(dispute.shop_id).decide_hours for dispute in page.items}
    return render_template(
        "lms/qa/disputes/list.html",
        page=page,
        decided=decided,
        due={dispute.id: dispute.filed_at + timedelta(hours=hours[dispute.shop_id]) for dispute in page.items},
        at=at,
        viewer=viewer,
        time_left=labels.time_left,
    )


@bp.get("/figures")
@requires(Q.DISPUTES_DECIDE)
def figures() -> str:
    viewer, since = current_person(), now() - timedelta(days=DAYS)
    return render_template(
        "lms/qa/disputes/figures.html",
        days=DAYS,
        by_criterion=outcomes(viewer, since, by="criterion"),
        by_evaluator=outcomes(viewer, since, by="evaluator"),
    )


@bp.post("/of/<int:finding_id>")
@requires(Q.EVALUATIONS_READ_OWN)
def file(finding_id: int) -> BaseResponse:
    """The agent disputes a finding."""
    actor = current_person()
    finding = get_or_404(Finding, finding_id, joinedload(Finding.standing), joinedload(Finding.criterion))
    require_visible(actor.id == finding.agent_id)
    file_dispute(actor=actor, finding=finding, reason=request.form.get("reason", ""), at=now())
    flash(_("申诉已提交，裁定后会通知您。在此之前，这一项不会安排补训。"), "success")
    return redirect(url_for("qa_evaluations.show", evaluation_id=finding.evaluation_id, _anchor=f"f{finding.id}"))


@bp.get("/evaluation/<int:evaluation_id>")
@requires(Q.EVALUATIONS_READ_OWN)
def of_evaluation(evaluation_id: int) -> str:
    """What was disputed of an evaluation and how it was decided; a part of the result's page, or a page of its own."""
    viewer = current_person()
    evaluation = visible_evaluation(viewer, evaluation_id)
    part = "HX-Request" in request.headers
    return render_template(
        "lms/qa/disputes/of_evaluation.html" if part else "lms/qa/disputes/of_evaluation_page.html",
        evaluation=evaluation,
        disputes=disputes_of(viewer, evaluation.id),
        own=viewer.id == evaluation.agent_id,
    )


@bp.route("/<int:dispute_id>", methods=["GET", "POST"])
@requires(Q.EVALUATIONS_READ_OWN)
def show(dispute_id: int) -> str | BaseResponse:
    """One dispute with its chat; whoever may decide does so here."""
    viewer, at = current_person(), now()
    dispute = visible_dispute(viewer, dispute_id)
    problem = ""
    if request.method == "POST":
        try:
            decide_dispute(
                actor=viewer,
                dispute=dispute,
                upheld=request.form.get("upheld") == "1",
                value=_value(request.form.get("value", "")),
                reason=request.form.get("reason", ""),
                at=at,
            )
        except DecisionError as error:
            problem = str(error)
        else:
            flash(_("已裁定，客服和质检员都会收到通知。"), "success")
            return redirect(url_for(".show", dispute_id=dispute.id))
    finding = dispute.finding
    evaluation = finding.evaluation
    said = []
    if evaluation.conversation is not None:
        log_view(actor=viewer, conversation=evaluation.conversation, at=at)
        said = lines_of(chat_lines(evaluation.conversation.id))
    html = render_template(
        "lms/qa/disputes/show.html",
        dispute=dispute,
        finding=finding,
        evaluation=evaluation,
        said=said,
        marks={quote["message_id"]: [(finding.criterion.name, "red")] for quote in finding.quotes},
        sides=SIDES,
        spec=spec_of(finding),
        values=passing_values(spec_of(finding)),
        refused=why_not_decide(viewer, dispute),
        own=viewer.id == dispute.agent_id,
        sees_evaluation=can_see_evaluation(viewer, evaluation),
        names=viewer.id != dispute.agent_id and can_see_evaluation(viewer, evaluation),
        due=dispute.filed_at + timedelta(hours=settings_of(dispute.shop_id).decide_hours),
        at=at,
        time_left=labels.time_left,
        causes=labels.CAUSES,
        problem=problem,
        filled=request.form,
    )
    return (html, 400) if problem else html  # type: ignore[return-value]


def _value(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None if text == "na" else -1
