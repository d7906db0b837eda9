"""The scoring page: a chat beside the scorecard, its draft, and what comes next."""

from __future__ import annotations

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as BaseResponse

from lms.conversations.labels import SIDES
from lms.conversations.models import Conversation
from lms.conversations.services import log_view
from lms.conversations.transcript import lines_of
from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import Conflict, DomainError
from lms.people.guards import current_person, requires
from lms.people.rules import can_see_shop, require_visible
from lms.qa.checks.settings import settings_of
from lms.qa.enums import EntryState
from lms.qa.evaluations import labels
from lms.qa.evaluations.blueprint import bp
from lms.qa.evaluations.desk import draft_of, keep_draft, next_entry, submit_draft, take
from lms.qa.evaluations.drafts import ScoringDraft, read_form
from lms.qa.evaluations.hints import hints_for
from lms.qa.evaluations.queries import chat_lines
from lms.qa.evaluations.rules import can_score
from lms.qa.permissions import Q
from lms.qa.sampling.claims import queue_by_hand
from lms.qa.sampling.models import QueueEntry
from lms.qa.sampling.queries import reviewer_line, scorecards_in_force
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion
from lms.qa.scorecards.services import version_in_force


def _scorable(entry_id: int) -> QueueEntry:
    entry = get_or_404(
        QueueEntry,
        entry_id,
        joinedload(QueueEntry.conversation).joinedload(Conversation.shop),
        joinedload(QueueEntry.scorecard),
    )
    viewer = current_person()
    require_visible(can_score(viewer, entry, reviewer_line(viewer, entry.shop_id)))
    return entry


def _version(entry: QueueEntry) -> ScorecardVersion:
    version = version_in_force(entry.scorecard)
    if version is None:
        raise Conflict(_("这张评分表还没有发布，不能评分。"), hint=_("请先发布评分表，再回到这里。"))
    return version


@bp.route("/score/<int:entry_id>", methods=["GET", "POST"])
@requires(Q.QUEUE_WORK)
def score(entry_id: int) -> BaseResponse:
    """Score a chat. ``go=stop`` submits and leaves, otherwise the next chat of the queue follows."""
    actor, at, entry = current_person(), now(), _scorable(entry_id)
    if request.method == "GET":
        if entry.state is EntryState.DONE:
            flash(_("这通会话已经评过了。"), "info")
            return redirect(url_for("qa_queue.index"))
        take(actor=actor, entry=entry, at=at)
        log_view(actor=actor, conversation=entry.conversation, at=at)
        return _page(entry, _version(entry), draft_of(entry, actor))
    version = _version(entry)
    draft = read_form(request.form, Definition.from_json(version.definition))
    if draft.version_id not in (None, version.id):
        return _page(entry, version, draft, _("评分表刚发布了新版本，请核对后再提交。"))
    try:
        with db.session.begin_nested():
            made = submit_draft(actor=actor, entry=entry, draft=draft, version=version, at=at)
    except Conflict:
        raise
    except DomainError as error:
        return _page(entry, version, draft, str(error))
    flash(_("已提交，得分 %(score)s。", score=_("不计分") if made.score is None else f"{made.score:g}"), "success")
    following = None if request.form.get("go") == "stop" else next_entry(actor=actor, shop_id=entry.shop_id, at=at)
    if following is None:
        return redirect(url_for("qa_queue.index", shop=entry.shop_id))
    return redirect(url_for(".score", entry_id=following.id))


def _page(entry: QueueEntry, version: ScorecardVersion, draft: ScoringDraft, problem: str = "") -> BaseResponse:
    definition = Definition.from_json(version.definition)
    messages = chat_lines(entry.conversation_id)
    html = render_template(
        "lms/qa/evaluations/score.html",
        entry=entry,
        conversation=entry.conversation,
        version=version,
        definition=definition,
        draft=draft,
        rev=draft_of(entry, current_person()).rev,
        lines=lines_of(messages),
        sides=SIDES,
        causes=labels.CAUSES,
        cause_notes=labels.CAUSE_NOTES,
        hints=hints_for(messages, definition, settings_of(entry.shop_id)),
        problem=problem,
    )
    return Response(html, 400 if problem else 200)


@bp.get("/score/<int:entry_id>/guide")
@requires(Q.QUEUE_WORK)
def guide(entry_id: int) -> str:
    """How to score each criterion, with sample replies; the scoring page fetches it a moment after it is shown."""
    version = _version(_scorable(entry_id))
    definition = Definition.from_json(version.definition)
    return render_template("lms/qa/evaluations/guide.html", version=version, definition=definition)


@bp.post("/score/<int:entry_id>/draft")
@requires(Q.QUEUE_WORK)
def draft(entry_id: int) -> BaseResponse:
    """Keep what was filled in; asked for by the page's script while one scores."""
    actor, at, entry = current_person(), now(), _scorable(entry_id)
    filled = read_form(request.form, Definition.from_json(_version(entry).definition))
    try:
        rev = keep_draft(actor=actor, entry=entry, draft=filled, at=at)
    except Conflict as error:
        db.session.rollback()
        answer = jsonify({"saved": False, "message": " ".join((error.message, error.hint))})
        answer.status_code = error.status
        return answer
    return jsonify({"saved": True, "rev": rev, "at": to_local(at).strftime("%H:%M")})


@bp.route("/new", methods=["GET", "POST"])
@requires(Q.EVALUATIONS_EDIT)
def new() -> BaseResponse:
    """Score a chat of one's choice: named by its number, put into the queue by hand, and opened."""
    actor, problem = current_person(), ""
    cards = scorecards_in_force(actor)
    number, card = request.values.get("chat", "").strip().lstrip("#"), request.form.get("scorecard", "")
    if request.method == "POST":
        conversation = _conversation(number)
        chosen = next((one for one in cards if str(one.id) == card), None)
        if conversation is None:
            problem = _("没有编号是 %(n)s 的会话。", n=number or "—")
        elif chosen is None or chosen.shop_id not in (None, conversation.shop_id):
            problem = _("请选择这家店铺用的评分表。")
        else:
            try:
                entry = queue_by_hand(actor=actor, conversation=conversation, scorecard=chosen, at=now())
            except DomainError as error:
                problem = str(error)
            else:
                if entry.agent_id != actor.id:
                    return redirect(url_for(".score", entry_id=entry.id))
                problem = _("这通会话是您自己接待的，要由别人评。")
                db.session.rollback()
    html = render_template("lms/qa/evaluations/new.html", cards=cards, number=number, chosen=card, problem=problem)
    return Response(html, 400 if problem else 200)


def _conversation(number: str) -> Conversation | None:
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    found = db.session.get(Conversation, int(number))
    return found if found is not None and can_see_shop(current_person(), found.shop_id) else None
