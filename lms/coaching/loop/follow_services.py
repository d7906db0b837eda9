"""After the help: when training is over, which checks follow it up, and how a case ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from lms.coaching.enums import CaseState, Help, Outcome, Why
from lms.coaching.loop.deciding import Check, Verdict, judge
from lms.coaching.loop.models import (
    FollowUpCheck,
    RemedialCase,
)
from lms.coaching.loop.queries import (
    follow_up_checks,
    settings_for,
)
from lms.coaching.loop.rules import can_steer_case
from lms.coaching.loop.services import (
    LoopError,
    activities_of,
    log_decision,
    move_case,
    open_by_rule,
)
from lms.kernel.db import db
from lms.learning.models import Record
from lms.learning.queries import is_finished
from lms.people.models import Person
from lms.people.rules import require_visible
from lms.qa.enums import EntrySource
from lms.qa.evaluations.models import Evaluation, Finding

COUNTED_SOURCES = (EntrySource.RANDOM, EntrySource.FOLLOW_UP)
"""Checks that say how somebody does in general; a chat chosen for its risk is worse than their chats are."""


def note_record(*, record: Record) -> None:
    """A finished lesson or quiz may end the training of its person's cases."""
    if not record.completion or record.success is False:
        return
    query = select(RemedialCase).where(
        RemedialCase.agent_id == record.actor_id,
        RemedialCase.state == CaseState.TRAINING,
        (RemedialCase.lesson_id == record.activity_id) | (RemedialCase.quiz_id == record.activity_id),
    )
    for case in db.session.scalars(query):
        idents = {one.id for one in activities_of(case) if one.archived_at is None or one.id == record.activity_id}
        done = select(Record.activity_id).where(
            Record.actor_id == case.agent_id,
            Record.activity_id.in_(idents),
            Record.at >= case.assigned_at,
            is_finished(),
        )
        if idents <= set(db.session.scalars(done)):
            finish_training(case=case, at=record.at)


def finish_training(*, case: RemedialCase, at: datetime, by: Person | None = None, note: str = "") -> None:
    """The help was given; from now on chats count as follow-up checks, for the rule's days."""
    case.trained_at = at
    case.follow_until = at + timedelta(days=case.settings.get("follow_up_days", 14))
    move_case(case, CaseState.FOLLOWING, at, note=note, by=by)


def sign_off(*, actor: Person, case: RemedialCase, note: str, at: datetime) -> None:
    """A coach says that help other than a lesson was given. Raises LoopError for a lesson: its record says so."""
    require_visible(can_steer_case(actor, case))
    if case.state is not CaseState.TRAINING:
        raise LoopError(_("这次补训现在不在培训阶段。"))
    if case.help is Help.LESSON:
        raise LoopError(_("课时和测验学完会自动记录，不能代签。"))
    if not note.strip():
        raise LoopError(_("请写一句做了什么。"))
    finish_training(case=case, at=at, by=actor, note=note)


def note_evaluation(*, evaluation: Evaluation) -> None:
    """A scored chat may be a follow-up check of its agent's cases."""
    entry = evaluation.entry
    if entry is None or entry.source not in COUNTED_SOURCES:
        return
    lines = {line.criterion_id: line for line in evaluation.lines if line.value is not None}
    query = select(RemedialCase).where(
        RemedialCase.agent_id == evaluation.agent_id,
        RemedialCase.criterion_id.in_(lines),
        RemedialCase.state == CaseState.FOLLOWING,
        RemedialCase.trained_at <= evaluation.served_at,
        RemedialCase.follow_until > evaluation.served_at,
    )
    for case in db.session.scalars(query):
        db.session.add(
            FollowUpCheck(
                case_id=case.id,
                line_id=lines[case.criterion_id].id,
                evaluation_id=evaluation.id,
                at=evaluation.submitted_at,
            )
        )
        db.session.flush()
        conclude(case=case, at=evaluation.submitted_at)


GRACE = timedelta(days=7)
"""Chats of the last day of a follow-up may still be scored, answered and disputed for a week."""


def conclude(*, case: RemedialCase, at: datetime) -> Verdict:
    """Judge a case by its checks so far, and close it when they tell. A relapse opens the loop again."""
    checks = follow_up_checks(case.id)
    over = case.follow_until is not None and at >= case.follow_until + GRACE
    verdict = judge(checks, case.settings.get("follow_up_checks", 5), over=over)
    case.passes, case.checks = verdict.passes, verdict.checks
    case.low, case.high = (verdict.low, verdict.high) if verdict.checks else (None, None)
    db.session.flush()
    if verdict.state is not None:
        move_case(case, verdict.state, at)
        if verdict.state is CaseState.RELAPSED:
            _reopen(case, checks, at)
    return verdict


def _reopen(case: RemedialCase, checks: Sequence[Check], at: datetime) -> None:
    failed = [check.line_id for check in checks if check.failed]
    findings = list(db.session.scalars(select(Finding).where(Finding.line_id.in_(failed)).order_by(Finding.id)))
    if not findings or not case.agent.active:
        return
    rule, settings = settings_for(case.shop_id, case.criterion_id)
    figures = {"fails": len(failed), "checks": case.checks, "case": case.id}
    if not settings.active:
        log_decision(findings[-1], Outcome.NOT_ASSIGNED, Why.RULE_OFF, figures, at)
        return
    open_by_rule(findings[-1], findings, rule, settings, Why.RELAPSE, figures, at, previous=case)


def conclude_due(*, at: datetime, limit: int = 200) -> int:
    """Judge the cases whose time of follow-up is over. Returns how many were closed."""
    query = (
        select(RemedialCase)
        .where(RemedialCase.state == CaseState.FOLLOWING, RemedialCase.follow_until <= at - GRACE)
        .order_by(RemedialCase.follow_until)
        .limit(limit)
    )
    return sum(conclude(case=case, at=at).state is not None for case in db.session.scalars(query).all())


def after_confirmation(*, finding: Finding, at: datetime) -> None:
    """A fault among a case's follow-up checks stands now: the case may be a relapse."""
    judged = (
        select(RemedialCase)
        .join(FollowUpCheck, FollowUpCheck.case_id == RemedialCase.id)
        .where(FollowUpCheck.line_id == finding.line_id, RemedialCase.state == CaseState.FOLLOWING)
    )
    for case in db.session.scalars(judged).all():
        conclude(case=case, at=at)
