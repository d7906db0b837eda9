"""Pages of results: the team's list, one result, one's own results, and how reviewers score."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.conversations.labels import SIDES
from lms.conversations.services import log_view
from lms.conversations.transcript import lines_of
from lms.kernel.clock import now, to_local
from lms.people.guards import current_person, requires
from lms.qa.enums import EvaluationState
from lms.qa.evaluations import labels
from lms.qa.evaluations.blueprint import bp
from lms.qa.evaluations.exporters import HEADERS, rows_of
from lms.qa.evaluations.listing import (
    EvaluationFilter,
    choices,
    evaluation_list,
    exported,
    faults_by_evaluation,
    figures,
    latest_praise,
    lines_shown,
    own_results,
    reviewer_figures,
)
from lms.qa.evaluations.queries import chat_lines, visible_evaluation
from lms.qa.evaluations.rules import can_answer
from lms.qa.evaluations.services import acknowledge, findings_of, mark_seen, standing_of
from lms.qa.permissions import Q
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response

mine_bp = Blueprint("qa_mine", __name__, url_prefix="/qa/mine", template_folder="templates")
LIST_SIZE = 30
PRAISE_DAYS = 30
PERIODS = (7, 30, 90)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _wanted() -> EvaluationFilter:
    state = request.args.get("state", "")
    return EvaluationFilter(
        agent_id=_number("agent"),
        team_id=_number("team"),
        criterion_id=_number("criterion"),
        state=EvaluationState(state) if state in list(EvaluationState) else None,
        first_day=_day("from"),
        last_day=_day("to"),
        critical=request.args.get("critical") == "1",
    )


def _kept(wanted: EvaluationFilter) -> dict[str, object]:
    return {
        "agent": wanted.agent_id,
        "team": wanted.team_id,
        "criterion": wanted.criterion_id,
        "state": wanted.state,
        "from": wanted.first_day,
        "to": wanted.last_day,
        "critical": "1" if wanted.critical else None,
    }


@bp.get("")
@requires(Q.EVALUATIONS_READ)
def index() -> str:
    viewer, wanted = current_person(), _wanted()
    page = paginate(evaluation_list(viewer, wanted), page_number(), LIST_SIZE)
    return render_template(
        "lms/qa/evaluations/list.html",
        page=page,
        faults=faults_by_evaluation([evaluation.id for evaluation, _standing in page.items]),
        figures=figures(viewer, wanted),
        choices=choices(viewer),
        kept={name: value for name, value in _kept(wanted).items() if value is not None},
        states=labels.STATES,
        state_colours=labels.STATE_COLOURS,
        may_score=Q.EVALUATIONS_EDIT in viewer.access.permissions,
        may_see_reviewers=Q.CALIBRATION_MANAGE in viewer.access.permissions,
    )


@bp.get("/export")
@requires(Q.EVALUATIONS_READ)
def export() -> BaseResponse:
    rows = rows_of(exported(current_person(), _wanted()))
    return xlsx_response(_("质检结果"), [str(header) for header in HEADERS], rows, formats={7: "0.0", 8: "0.0"})


@bp.get("/<int:evaluation_id>")
@requires(Q.EVALUATIONS_READ_OWN)
def show(evaluation_id: int) -> str:
    viewer, at = current_person(), now()
    evaluation = visible_evaluation(viewer, evaluation_id)
    standing = standing_of(evaluation.id)
    mark_seen(actor=viewer, standing=standing, at=at)
    lines = lines_shown(evaluation.id)
    said = []
    if evaluation.conversation is not None:
        log_view(actor=viewer, conversation=evaluation.conversation, at=at)
        said = lines_of(chat_lines(evaluation.conversation.id))
    marks: dict[int, list[tuple[str, str]]] = {}
    for praise in evaluation.praise:
        marks.setdefault(praise["message_id"], []).append((_("点赞"), "green"))
    for line in lines:
        if line.finding is not None:
            for quote in line.finding.quotes:
                marks.setdefault(quote["message_id"], []).append((line.name, "red"))
    return render_template(
        "lms/qa/evaluations/show.html",
        evaluation=evaluation,
        standing=standing,
        lines=lines,
        said=said,
        marks=marks,
        sides=SIDES,
        own=viewer.id == evaluation.agent_id,
        answerable=can_answer(viewer, standing, at),
        at=at,
        time_left=labels.time_left,
        states=labels.STATES,
        state_colours=labels.STATE_COLOURS,
        finding_states=labels.FINDING_STATES,
        finding_colours=labels.FINDING_COLOURS,
        causes=labels.CAUSES,
    )


@bp.post("/<int:evaluation_id>/acknowledge")
@requires(Q.EVALUATIONS_READ_OWN)
def accept(evaluation_id: int) -> BaseResponse:
    """Acknowledge the findings named in the form, all waiting ones when none is."""
    actor = current_person()
    evaluation = visible_evaluation(actor, evaluation_id)
    named = set(request.form.getlist("finding"))
    chosen = [finding for finding in findings_of(evaluation.id) if str(finding.id) in named] if named else []
    acknowledge(actor=actor, evaluation=evaluation, at=now(), findings=chosen)
    flash(_("已确认。"), "success")
    return redirect(url_for(".show", evaluation_id=evaluation.id))


@mine_bp.get("")
@requires(Q.EVALUATIONS_READ_OWN)
def index_own() -> str:
    person, at = current_person(), now()
    page = paginate(own_results(person), page_number(), LIST_SIZE)
    return render_template(
        "lms/qa/evaluations/mine.html",
        page=page,
        person=person,
        at=at,
        faults=faults_by_evaluation([evaluation.id for evaluation, _standing in page.items]),
        praise=latest_praise(person.id, at - timedelta(days=PRAISE_DAYS)) if page.number == 1 else [],
        can_answer=can_answer,
        time_left=labels.time_left,
        states=labels.STATES,
        state_colours=labels.STATE_COLOURS,
    )


@bp.get("/reviewers")
@requires(Q.CALIBRATION_MANAGE)
def reviewers() -> str:
    """How everybody scores, in the last days. Praise is counted beside faults: praise above punishment."""
    days = _number("days")
    days = days if days in PERIODS else 30
    at = now()
    return render_template(
        "lms/qa/evaluations/reviewers.html",
        rows=reviewer_figures(current_person(), at - timedelta(days=days), at),
        days=days,
        periods=PERIODS,
        since=to_local(at - timedelta(days=days)).date(),
    )
