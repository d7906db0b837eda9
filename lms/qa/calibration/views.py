"""Pages of a round: the list, scoring blind, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.conversations.labels import SIDES
from lms.conversations.services import log_view
from lms.conversations.transcript import lines_of
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.rules import require_visible
from lms.qa.calibration import labels
from lms.qa.calibration.blueprint import bp
from lms.qa.calibration.models import Calibration, CalibrationChat
from lms.qa.calibration.queries import (
    calibrations_visible_to,
    given_in,
    scored_chats,
    visible_calibration,
)
from lms.qa.calibration.results import LEAST_LINES, Given, LineResult, Results
from lms.qa.calibration.rules import can_compare, can_organise, can_rate
from lms.qa.calibration.services import close, score_chat
from lms.qa.checks.settings import settings_of
from lms.qa.evaluations.drafts import NOT_APPLICABLE, LineDraft, ScoringDraft, read_form
from lms.qa.evaluations.queries import chat_lines
from lms.qa.permissions import Q
from lms.qa.scorecards.definition import Definition
from lms.web.paging import page_number, paginate


@bp.get("/")
@requires(Q.QUEUE_WORK)
def index() -> str:
    viewer = current_person()
    page = paginate(calibrations_visible_to(viewer), page_number(), size=20)
    return render_template(
        "lms/qa/calibration/index.html",
        page=page,
        scored=scored_chats([one.id for one in page.items]),
        may_organise=Q.CALIBRATION_MANAGE in viewer.access.permissions,
        viewer=viewer,
        kinds=labels.KINDS,
        states=labels.STATES,
    )


@bp.get("/<int:calibration_id>")
@requires(Q.QUEUE_WORK)
def show(calibration_id: int) -> str:
    viewer = current_person()
    calibration = visible_calibration(viewer, calibration_id)
    compared = can_compare(viewer, calibration)
    results = Results.from_json(calibration.results) if compared and calibration.results else None
    people = {rater.person_id: rater.person.name for rater in calibration.raters}
    if results is not None:
        missing = [ident for ident in results.people if ident not in people]
        people |= {ident: db.session.get_one(Person, ident).name for ident in missing}
    own = next((rater for rater in calibration.raters if rater.person_id == viewer.id), None)
    specs = Definition.from_json(calibration.version.definition).by_id()
    return render_template(
        "lms/qa/calibration/show.html",
        calibration=calibration,
        results=results,
        result_lines=_most_split_first(results) if results else [],
        people=people,
        specs=specs,
        scored={} if compared else scored_chats([calibration.id]),
        own=own,
        may_rate=can_rate(viewer, calibration),
        may_organise=can_organise(viewer, calibration),
        compared=compared,
        splits=_splits(calibration) if compared else {},
        least=LEAST_LINES,
        bar=settings_of(calibration.shop_id).agreement_bar,
        kinds=labels.KINDS,
        states=labels.STATES,
    )


def _most_split_first(results: Results) -> list[LineResult]:
    """What people differ on most comes first; what nobody could compare comes last."""

    def share(line: LineResult) -> float:
        return 2.0 if line.agreement.share is None else line.agreement.share

    return sorted(results.lines, key=share)


def _splits(calibration: Calibration) -> dict[int, int]:
    """On how many criteria of each chat people differ."""
    by_chat: dict[int, list[Given]] = {}
    for one in given_in([calibration])[calibration.id]:
        by_chat.setdefault(one.chat_id, []).append(one)
    return {chat_id: len(_split_lines(given)) for chat_id, given in by_chat.items()}


def _split_lines(given: Sequence[Given]) -> set[int]:
    """The criteria of one chat on which people differ."""
    values: dict[int, set[int | None]] = {}
    for one in given:
        values.setdefault(one.criterion_id, set()).add(one.value)
    return {criterion_id for criterion_id, found in values.items() if len(found) > 1}


def _chat(calibration: Calibration, chat_id: int) -> CalibrationChat:
    chat = next((one for one in calibration.chats if one.id == chat_id), None)
    require_visible(chat is not None)
    assert chat is not None
    return chat


@bp.route("/<int:calibration_id>/chats/<int:chat_id>/score", methods=["GET", "POST"])
@requires(Q.QUEUE_WORK)
def score(calibration_id: int, chat_id: int) -> ResponseReturnValue:
    """Score a chat without seeing anybody's scores."""
    actor, at = current_person(), now()
    calibration = visible_calibration(actor, calibration_id)
    chat = _chat(calibration, chat_id)
    back = url_for(".show", calibration_id=calibration.id)
    if not can_rate(actor, calibration):
        require_visible(can_organise(actor, calibration) or calibration.closed_at is not None)
        flash(_("您不用评这一轮，或者这一轮已经结束。"), "info")
        return redirect(back)
    definition = Definition.from_json(calibration.version.definition)
    own = next(rater for rater in calibration.raters if rater.person_id == actor.id)
    done = scored_chats([calibration.id]).get(own.id, set())
    if request.method == "GET":
        if chat.id in done:
            flash(_("这通会话您已经评过了。"), "info")
            return redirect(back)
        log_view(actor=actor, conversation=chat.conversation, at=at)
        return _score_page(calibration, chat, definition, ScoringDraft(), len(done))
    draft = read_form(request.form, definition)
    lines = {ident: line for ident, line in draft.lines.items() if line.value}
    try:
        with db.session.begin_nested():
            score_chat(
                actor=actor,
                calibration=calibration,
                chat=chat,
                values={ident: _value(line) for ident, line in lines.items()},
                comments={ident: line.comment for ident, line in lines.items()},
                at=at,
            )
    except Conflict:
        raise
    except DomainError as error:
        return _score_page(calibration, chat, definition, draft, len(done), str(error))
    waiting = next((one for one in calibration.chats if one.id != chat.id and one.id not in done), None)
    if waiting is not None:
        return redirect(url_for(".score", calibration_id=calibration.id, chat_id=waiting.id))
    flash(_("这一轮您都评完了，谢谢。"), "success")
    return redirect(back)


def _value(line: LineDraft) -> int | None:
    """What was filled in; a number of many digits is cut, it is out of range anyway."""
    return None if line.value == NOT_APPLICABLE else int(line.value[:4])


def _score_page(
    calibration: Calibration,
    chat: CalibrationChat,
    definition: Definition,
    draft: ScoringDraft,
    done: int,
    problem: str = "",
) -> ResponseReturnValue:
    html = render_template(
        "lms/qa/calibration/score.html",
        calibration=calibration,
        chat=chat,
        definition=definition,
        draft=draft,
        done=done,
        lines=lines_of(chat_lines(chat.conversation_id)),
        sides=SIDES,
        problem=problem,
    )
    return html, 400 if problem else 200


@bp.get("/<int:calibration_id>/chats/<int:chat_id>")
@requires(Q.CALIBRATION_MANAGE)
def compare(calibration_id: int, chat_id: int) -> str:
    """A chat with what everybody gave it, once the round is closed."""
    viewer = current_person()
    calibration = visible_calibration(viewer, calibration_id)
    chat = _chat(calibration, chat_id)
    require_visible(can_compare(viewer, calibration))
    log_view(actor=viewer, conversation=chat.conversation, at=now())
    given = [one for one in given_in([calibration])[calibration.id] if one.chat_id == chat.id]
    people = {rater.person_id: rater.person.name for rater in calibration.raters}
    live = next((one.person_id for one in given if one.live), None)
    columns = ([live] if live is not None else []) + [
        ident for ident in people if any(one.person_id == ident for one in given)
    ]
    split, criteria = _split_lines(given), Definition.from_json(calibration.version.definition).criteria
    if live is not None:
        people[live] = db.session.get_one(Person, live).name
    return render_template(
        "lms/qa/calibration/compare.html",
        calibration=calibration,
        chat=chat,
        place=calibration.chats.index(chat) + 1,
        following=next((one for one in calibration.chats if one.id > chat.id), None),
        columns=columns,
        names=[_("%(name)s（原评分）", name=people[one]) if one == live else people[one] for one in columns],
        split=split,
        scores={(one.criterion_id, one.person_id): one for one in given},
        specs=sorted(criteria, key=lambda one: one.id not in split),
        lines=lines_of(chat_lines(chat.conversation_id)),
        sides=SIDES,
    )


@bp.post("/<int:calibration_id>/close")
@requires(Q.CALIBRATION_MANAGE)
def finish(calibration_id: int) -> ResponseReturnValue:
    actor = current_person()
    calibration = visible_calibration(actor, calibration_id)
    close(actor=actor, calibration=calibration, at=now())
    flash(_("这一轮已结束，正在计算一致性。"), "success")
    return redirect(url_for(".show", calibration_id=calibration.id))
