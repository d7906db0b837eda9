"""Scoring a chat, and what becomes of its findings. Facts are appended; the standings follow them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from lms.conversations.models import Conversation, Message
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.plugins import hooks
from lms.people.models import Person
from lms.people.rules import require_visible
from lms.qa.checks.settings import settings_of
from lms.qa.enums import EntryState, EvaluationState, FindingState, Origin, RootCause
from lms.qa.evaluations.models import (
    Evaluation,
    EvaluationLine,
    EvaluationStanding,
    Finding,
    FindingStanding,
    LineRuling,
)
from lms.qa.evaluations.rules import can_answer
from lms.qa.sampling.models import QueueEntry
from lms.qa.scorecards.definition import CriterionSpec, Definition
from lms.qa.scorecards.models import ScorecardVersion
from lms.qa.scorecards.scoring import Scored, Total, total

MAX_QUOTES = 20
QUOTE_LENGTH = 500


class ScoringError(DomainError):
    """A scoring that can't be taken like this."""


class AnswerError(Conflict):
    """The agent's time to answer is over, or the line has been answered."""


@dataclass(frozen=True)
class Quote:
    """A message that a finding or a praise points at; ``message_id`` None where another tool's text is all there is."""

    message_id: int | None
    text: str = ""


@dataclass(frozen=True)
class LineAnswer:
    """How one criterion was scored; None = does not apply. A fault needs a cause, and a quote or a comment."""

    criterion_id: int
    value: int | None
    root_cause: RootCause | None = None
    cause_note: str = ""
    comment: str = ""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Praise:
    """Something done well, with the message that shows it."""

    message_id: int | None
    note: str = ""


def submit_evaluation(
    *,
    actor: Person | None,
    agent: Person,
    shop_id: int,
    version: ScorecardVersion,
    answers: Sequence[LineAnswer],
    at: datetime,
    origin: Origin,
    served_at: datetime,
    conversation: Conversation | None = None,
    entry: QueueEntry | None = None,
    comment: str = "",
    praise: Sequence[Praise] = (),
    seconds: int | None = None,
    source_key: str | None = None,
) -> Evaluation:
    """Append an evaluation with its lines and findings, close its queue entry, and tell the plugins.

    Every criterion of the version must be answered. Raises ScoringError for one's own chat, an answer that the
    criterion does not take, a fault without cause or evidence, a quote from another chat, a chat scored already.
    """
    if actor is not None and actor.id == agent.id:
        raise ScoringError(_("不能给自己的会话评分。"))
    if entry is not None and entry.state is EntryState.DONE:
        raise ScoringError(_("这通会话已经评过了。"), hint=_("请回到待评列表，取下一通。"))
    specs = Definition.from_json(version.definition).by_id()
    given = {answer.criterion_id: answer for answer in answers}
    lacking = [spec.name for ident, spec in specs.items() if ident not in given]
    if lacking:
        raise ScoringError(_("还有评分项没有评。"), where="、".join(lacking[:5]))
    texts = _texts(conversation, answers, praise)
    for ident, spec in specs.items():
        _check(spec, given[ident], texts, has_chat=conversation is not None)
    result = total(_scored(spec, given[ident].value) for ident, spec in specs.items())
    evaluation = Evaluation(
        shop_id=shop_id,
        agent_id=agent.id,
        evaluator_id=actor.id if actor else None,
        conversation_id=conversation.id if conversation else None,
        entry_id=entry.id if entry else None,
        version_id=version.id,
        origin=origin,
        source_key=source_key,
        score=result.score,
        critical_failed=result.critical_failed,
        comment=comment.strip()[:1000],
        praise=[
            {"message_id": one.message_id, "quote": texts.get(one.message_id or 0, ""), "note": one.note.strip()[:300]}
            for one in praise
        ],
        seconds=seconds,
        served_at=served_at,
        submitted_at=at,
    )
    db.session.add(evaluation)
    db.session.flush()
    _add_lines(evaluation, specs, given, texts, at)
    _add_standing(evaluation, result, at)
    if entry is not None:
        entry.state, entry.done_at, entry.draft = EntryState.DONE, at, None
        entry.reviewer_id = entry.reviewer_id or (actor.id if actor else None)
        entry.claimed_at = entry.claimed_at or at
        db.session.flush()
    hooks().evaluation_submitted(evaluation=evaluation)
    return evaluation


def _texts(
    conversation: Conversation | None, answers: Iterable[LineAnswer], praise: Iterable[Praise]
) -> dict[int, str]:
    """The messages that are pointed at, by id; ScoringError unless all stand in the conversation."""
    wanted = {quote.message_id for answer in answers for quote in answer.quotes if quote.message_id is not None}
    wanted |= {one.message_id for one in praise if one.message_id is not None}
    if not wanted:
        return {}
    query = select(Message.id, Message.text).where(
        Message.id.in_(wanted), Message.conversation_id == (conversation.id if conversation else None)
    )
    found = {row.id: row.text[:QUOTE_LENGTH] for row in db.session.execute(query)}
    if set(found) != wanted:
        raise ScoringError(_("引用的消息不在这通会话里。"), hint=_("请刷新页面后重新引用。"))
    return found


def _check(spec: CriterionSpec, answer: LineAnswer, texts: dict[int, str], *, has_chat: bool) -> None:
    if answer.value is None:
        if not spec.na_allowed:
            raise ScoringError(_("这一项不能选“不适用”。"), where=spec.name)
        return
    if not 0 <= answer.value <= spec.top:
        raise ScoringError(_("这一项的分数超出了范围。"), where=spec.name)
    if len(answer.quotes) > MAX_QUOTES:
        raise ScoringError(_("一项最多引用 %(most)s 条消息。", most=MAX_QUOTES), where=spec.name)
    if spec.is_fault(answer.value):
        if answer.root_cause is None:
            raise ScoringError(_("请选择扣分的原因：个人、流程、商品或偶发。"), where=spec.name)
        if not answer.quotes and not answer.comment.strip():
            hint = _("点一下左边的消息即可引用。") if has_chat else ""
            raise ScoringError(_("扣分要有依据：引用一条消息，或写一句说明。"), where=spec.name, hint=hint)


def _scored(spec: CriterionSpec, value: int | None) -> Scored:
    return Scored(spec.weight, spec.critical, value, spec.top, spec.is_fault(value))


def _add_lines(
    evaluation: Evaluation,
    specs: dict[int, CriterionSpec],
    given: dict[int, LineAnswer],
    texts: dict[int, str],
    at: datetime,
) -> None:
    lines = [
        EvaluationLine(
            evaluation_id=evaluation.id,
            criterion_id=ident,
            agent_id=evaluation.agent_id,
            served_at=evaluation.served_at,
            position=position,
            name=spec.name,
            weight=spec.weight,
            critical=spec.critical,
            value=given[ident].value,
            top=spec.top,
            failed=spec.is_fault(given[ident].value),
            comment=given[ident].comment.strip()[:500],
        )
        for position, (ident, spec) in enumerate(specs.items())
    ]
    db.session.add_all(lines)
    db.session.flush()
    findings = [_finding(evaluation, line, specs, given, texts, at) for line in lines if line.failed]
    db.session.add_all(findings)
    db.session.flush()
    db.session.add_all(FindingStanding(finding_id=finding.id, changed_at=at) for finding in findings)
    db.session.flush()


def _finding(
    evaluation: Evaluation,
    line: EvaluationLine,
    specs: dict[int, CriterionSpec],
    given: dict[int, LineAnswer],
    texts: dict[int, str],
    at: datetime,
) -> Finding:
    spec, answer = specs[line.criterion_id], given[line.criterion_id]
    assert answer.root_cause is not None
    return Finding(
        line_id=line.id,
        evaluation_id=evaluation.id,
        shop_id=evaluation.shop_id,
        agent_id=evaluation.agent_id,
        criterion_id=line.criterion_id,
        competency_id=spec.competency_id,
        root_cause=answer.root_cause,
        cause_note=answer.cause_note.strip()[:200],
        critical=spec.critical,
        quotes=[
            {
                "message_id": quote.message_id,
                "text": quote.text[:QUOTE_LENGTH] if quote.message_id is None else texts[quote.message_id],
            }
            for quote in answer.quotes
        ],
        note=line.comment,
        served_at=evaluation.served_at,
        at=at,
    )


def _add_standing(evaluation: Evaluation, result: Total, at: datetime) -> None:
    """What has no fault asks for no answer: it is settled at once."""
    clean = result.faults == 0
    standing = EvaluationStanding(
        evaluation_id=evaluation.id,
        shop_id=evaluation.shop_id,
        agent_id=evaluation.agent_id,
        state=EvaluationState.SETTLED if clean else EvaluationState.OPEN,
        score=result.score,
        critical_failed=result.critical_failed,
        faults=result.faults,
        submitted_at=at,
        answer_until=at + timedelta(hours=settings_of(evaluation.shop_id).answer_hours),
        settled_at=at if clean else None,
    )
    db.session.add(standing)
    db.session.flush()


# --- the agent's answer --------------------------------------------------------------------------------------------


def standing_of(evaluation_id: int) -> EvaluationStanding:
    """Where an evaluation stands."""
    return db.session.get_one(EvaluationStanding, evaluation_id)


def mark_seen(*, actor: Person, standing: EvaluationStanding, at: datetime) -> None:
    """Keep when the agent first opened the result."""
    if actor.id == standing.agent_id and standing.seen_at is None:
        standing.seen_at = at
        db.session.flush()


def acknowledge(*, actor: Person, evaluation: Evaluation, at: datetime, findings: Sequence[Finding] = ()) -> None:
    """The agent accepts findings, all waiting ones when none is named; they are confirmed.

    Raises AnswerError when the time to answer is over; a second call changes nothing.
    """
    standing = standing_of(evaluation.id)
    require_visible(actor.id == evaluation.agent_id)
    if standing.acknowledged_at is not None:
        return
    if not can_answer(actor, standing, at):
        raise AnswerError(_("确认和申诉的时间已经过了。"))
    waiting = [finding for finding in findings_of(evaluation.id) if finding.standing.state is FindingState.WAITING]
    wanted = {finding.id for finding in findings}
    accepted = [finding for finding in waiting if not wanted or finding.id in wanted]
    if len(accepted) == len(waiting):
        standing.acknowledged_at = at
    for finding in accepted:
        _confirm(finding, at)
    refresh_standing(evaluation.id, at)


def findings_of(evaluation_id: int) -> list[Finding]:
    """An evaluation's findings with their standings, in the order of its lines."""
    query = (
        select(Finding)
        .join(EvaluationLine, EvaluationLine.id == Finding.line_id)
        .where(Finding.evaluation_id == evaluation_id)
        .options(joinedload(Finding.standing), joinedload(Finding.criterion))
        .order_by(EvaluationLine.position)
    )
    return list(db.session.scalars(query))


def settle_due(*, at: datetime, limit: int = 500) -> int:
    """Confirm the findings of results whose time to answer is over. Returns how many results were settled."""
    due = (
        select(EvaluationStanding.evaluation_id)
        .where(EvaluationStanding.state == EvaluationState.OPEN, EvaluationStanding.answer_until <= at)
        .order_by(EvaluationStanding.answer_until)
        .limit(limit)
    )
    idents = list(db.session.scalars(due))
    for ident in idents:
        for finding in findings_of(ident):
            if finding.standing.state is FindingState.WAITING:
                _confirm(finding, at)
        refresh_standing(ident, at)
    return len(idents)


def hold_finding(*, finding: Finding, at: datetime) -> None:
    """A dispute was filed: the finding waits for the arbiter."""
    finding.standing.state, finding.standing.changed_at = FindingState.DISPUTED, at
    finding.standing.confirmed_at = None
    refresh_standing(finding.evaluation_id, at)


def confirm_finding(*, finding: Finding, at: datetime) -> None:
    """The dispute was lost: the finding stands."""
    _confirm(finding, at)
    refresh_standing(finding.evaluation_id, at)


def overturn_finding(*, finding: Finding, value: int | None, at: datetime) -> None:
    """The dispute was won: from now on the line counts as ``value`` (None: it did not apply), and the score with it.

    What was scored stays as it was written.
    """
    spec = Definition.from_json(finding.evaluation.version.definition).by_id()[finding.criterion_id]
    if value is not None and not 0 <= value <= spec.top:
        raise ScoringError(_("这一项的分数超出了范围。"), where=spec.name)
    if spec.is_fault(value):
        raise ScoringError(_("申诉成立后，这一项不能仍然是扣分。"), where=spec.name)
    db.session.add(LineRuling(line_id=finding.line_id, value=value, failed=False, at=at))
    finding.standing.state, finding.standing.changed_at = FindingState.OVERTURNED, at
    finding.standing.confirmed_at = None
    db.session.flush()
    refresh_standing(finding.evaluation_id, at)


def _confirm(finding: Finding, at: datetime) -> None:
    if finding.standing.state is FindingState.CONFIRMED:
        return
    finding.standing.state = FindingState.CONFIRMED
    finding.standing.confirmed_at = finding.standing.changed_at = at
    db.session.flush()
    hooks().finding_confirmed(finding=finding, at=at)


def refresh_standing(evaluation_id: int, at: datetime) -> EvaluationStanding:
    """Work the standing out anew from lines, rulings and findings."""
    standing = standing_of(evaluation_id)
    query = (
        select(EvaluationLine)
        .where(EvaluationLine.evaluation_id == evaluation_id)
        .options(joinedload(EvaluationLine.ruling), selectinload(EvaluationLine.finding).joinedload(Finding.standing))
        .execution_options(populate_existing=True)
    )
    db.session.flush()
    lines = list(db.session.scalars(query))
    result = total(_as_counted(line) for line in lines)
    standing.score, standing.critical_failed, standing.faults = result.score, result.critical_failed, result.faults
    states = {line.finding.standing.state for line in lines if line.finding is not None}
    if FindingState.DISPUTED in states:
        standing.state, standing.settled_at = EvaluationState.DISPUTED, None
    elif FindingState.WAITING in states:
        standing.state, standing.settled_at = EvaluationState.OPEN, None
    else:
        standing.state, standing.settled_at = EvaluationState.SETTLED, standing.settled_at or at
    db.session.flush()
    return standing


def _as_counted(line: EvaluationLine) -> Scored:
    if line.ruling is not None:
        return Scored(line.weight, line.critical, line.ruling.value, line.top, line.ruling.failed)
    return Scored(line.weight, line.critical, line.value, line.top, line.failed)
