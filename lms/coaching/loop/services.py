"""From a finding to a case: what a rule decides, what it gives out, and taking it back.

Every decision of a rule is logged, "not assigned because…" too. A case's state changes only in :func:`move_case`, which
appends the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.coaching.enums import OPEN_STATES, Arm, CaseState, Help, Outcome, Why
from lms.coaching.loop.deciding import RuleSettings, draw_arm, look, propose
from lms.coaching.loop.models import (
    CaseEvent,
    CaseFinding,
    LoopDecision,
    LoopRule,
    RemedialCase,
)
from lms.coaching.loop.queries import (
    checks_since_last_case,
    help_given,
    latest_case,
    settings_for,
    teaching,
)
from lms.coaching.loop.rules import can_steer_case
from lms.coaching.loop.telling import tell_case_begins, tell_nothing_to_teach
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.learning.enums import AssignmentReason
from lms.learning.models import Activity
from lms.learning.services import hand_out, take_back
from lms.people.models import Person
from lms.people.rules import can_see_shop, require_visible
from lms.qa.enums import RootCause
from lms.qa.evaluations.models import Finding
from lms.qa.scorecards.models import Criterion

REASON = AssignmentReason.FINDING


class LoopError(DomainError):
    """A case that can't be opened or closed like this."""


class CaseTaken(Conflict):
    """Somebody else opened a case for the same agent and criterion at this moment."""


def consider(*, finding: Finding, at: datetime) -> LoopDecision:
    """Decide by rule what a finding leads to, do it, and log it."""
    rule, settings = settings_for(finding.shop_id, finding.criterion_id)
    why, figures, line_ids = _weigh(finding, settings, at)
    if why is not Why.RULE_MET:
        return log_decision(finding, Outcome.NOT_ASSIGNED, why, figures, at)
    findings = list(db.session.scalars(select(Finding).where(Finding.line_id.in_(line_ids)).order_by(Finding.id)))
    return open_by_rule(finding, findings, rule, settings, Why.RULE_MET, figures, at, previous=None)


def _weigh(finding: Finding, settings: RuleSettings, at: datetime) -> tuple[Why, dict[str, Any], Sequence[int]]:
    if finding.root_cause is not RootCause.PERSON:
        return Why.NOT_PERSON, {"cause": finding.root_cause.value}, ()
    if not finding.agent.active:
        return Why.LEFT, {}, ()
    if not settings.active:
        return Why.RULE_OFF, {}, ()
    last = latest_case(finding.agent_id, finding.criterion_id)
    if last is not None and last.state in OPEN_STATES:
        return Why.CASE_OPEN, {"case": last.id}, ()
    seen = look(
        settings,
        checks_since_last_case(finding.agent_id, finding.criterion_id, settings.act_on),
        finding.line_id,
    )
    figures = {"fails": seen.fails, "checks": seen.checks, "needed": seen.needed, "rule": settings.kind.value}
    if settings.kind.value == "of_last":
        figures["last"] = settings.last
    if last is not None:
        until = last.opened_at + timedelta(days=settings.cooldown_days)
        if at < until:
            return Why.COOLDOWN, figures | {"case": last.id, "until": until.isoformat()}, ()
    if not seen.met:
        return Why.RULE_NOT_MET, figures, ()
    return Why.RULE_MET, figures, seen.line_ids


def open_by_rule(
    finding: Finding,
    findings: Sequence[Finding],
    rule: LoopRule | None,
    settings: RuleSettings,
    why: Why,
    figures: dict[str, Any],
    at: datetime,
    *,
    previous: RemedialCase | None,
) -> LoopDecision:
    lessons = [settings.lesson_id] if settings.lesson_id else []
    lessons += [ident for ident in teaching(finding.competency_id, finding.shop_id, "lesson") if ident not in lessons]
    if not lessons:
        tell_nothing_to_teach(finding=finding, at=at)
        return log_decision(finding, Outcome.NOT_ASSIGNED, Why.NO_LESSON, figures, at)
    proposal = propose(help_given(finding.agent_id, finding.criterion_id), lessons)
    quizzes = [settings.quiz_id] if settings.quiz_id else teaching(finding.competency_id, finding.shop_id, "quiz")
    # Somebody who has relapsed is not made to wait for an experiment's sake.
    trial = replace(settings, delay_days=0) if previous is not None or proposal.help is not Help.LESSON else settings
    arm, window = draw_arm(trial, f"{finding.shop_id}:{finding.agent_id}:{finding.criterion_id}:{finding.id}")
    case = RemedialCase(
        shop_id=finding.shop_id,
        agent_id=finding.agent_id,
        criterion_id=finding.criterion_id,
        competency_id=finding.competency_id,
        rule_id=rule.id if rule is not None else None,
        settings=settings.to_json() | {"window_days": window},
        previous_id=previous.id if previous is not None else None,
        number=previous.number + 1 if previous is not None else 1,
        state=CaseState.DELAYED if arm is Arm.LATER else CaseState.TRAINING,
        help=proposal.help,
        arm=arm,
        lesson_id=proposal.lesson_id,
        quiz_id=quizzes[0] if quizzes and proposal.help is Help.LESSON else None,
        opened_at=at,
        wake_at=at + timedelta(days=window) if arm is Arm.LATER else None,
    )
    figures = figures | {"help": proposal.help.value, "used_up": list(proposal.used_up)}
    try:
        _add_case(case, findings, at)
    except CaseTaken:
        return log_decision(finding, Outcome.NOT_ASSIGNED, Why.CASE_OPEN, figures, at)
    if arm is Arm.LATER:
        return log_decision(finding, Outcome.DELAYED, why, figures | {"days": window}, at, case=case)
    give_out(case, at)
    return log_decision(finding, Outcome.ASSIGNED, why, figures, at, case=case)


def _add_case(case: RemedialCase, findings: Sequence[Finding], at: datetime, *, by: Person | None = None) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(case)
    except IntegrityError as error:
        raise CaseTaken(_("刚刚有人为同一个人、同一个评分项开了补训。请刷新页面。")) from error
    db.session.add_all(CaseFinding(case_id=case.id, finding_id=finding.id) for finding in findings)
    db.session.add(CaseEvent(case_id=case.id, state=case.state, by_id=by.id if by else None, at=at))
    db.session.flush()


def log_decision(
    finding: Finding,
    outcome: Outcome,
    why: Why,
    figures: dict[str, Any],
    at: datetime,
    *,
    case: RemedialCase | None = None,
) -> LoopDecision:
    decision = LoopDecision(
        shop_id=finding.shop_id,
        agent_id=finding.agent_id,
        criterion_id=finding.criterion_id,
        finding_id=finding.id,
        case_id=case.id if case is not None else None,
        outcome=outcome,
        why=why,
        figures=figures,
        at=at,
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def move_case(case: RemedialCase, state: CaseState, at: datetime, *, note: str = "", by: Person | None = None) -> None:
    case.state = state
    if state not in OPEN_STATES:
        case.closed_at = at
    db.session.add(CaseEvent(case_id=case.id, state=state, note=note[:500], by_id=by.id if by else None, at=at))
    db.session.flush()


def activities_of(case: RemedialCase) -> list[Activity]:
    idents = [ident for ident in (case.lesson_id, case.quiz_id) if ident is not None]
    found = {one.id: one for one in db.session.scalars(select(Activity).where(Activity.id.in_(idents)))}
    return [found[ident] for ident in idents if ident in found]


def give_out(case: RemedialCase, at: datetime) -> None:
    """Give the lesson and the quiz, due in the rule's days; other help is the coach's to give."""
    case.assigned_at, case.wake_at = at, None
    case.due_at = at + timedelta(days=case.settings.get("due_days", 7))
    for activity in activities_of(case):
        hand_out(activity=activity, person_ids=[case.agent_id], due_at=case.due_at, reason=REASON, at=at)
    db.session.flush()
    tell_case_begins(case=case, at=at)


def open_by_hand(
    *,
    actor: Person,
    agent: Person,
    criterion: Criterion,
    shop_id: int,
    lesson: Activity | None,
    quiz: Activity | None,
    help_: Help,
    findings: Sequence[Finding],
    note: str,
    at: datetime,
) -> RemedialCase:
    """A coach opens a case without a rule. The same lesson a third time is refused, with what could be done instead."""
    settings = replace(settings_for(shop_id, criterion.id)[1], delay_days=0)
    case = RemedialCase(
        shop_id=shop_id,
        agent_id=agent.id,
        criterion_id=criterion.id,
        competency_id=criterion.competency_id,
        settings=settings.to_json() | {"window_days": 0},
        state=CaseState.TRAINING,
        help=help_,
        lesson_id=lesson.id if lesson is not None and help_ is Help.LESSON else None,
        quiz_id=quiz.id if quiz is not None and help_ is Help.LESSON else None,
        opened_by_id=actor.id,
        opened_at=at,
        note=note.strip()[:500],
    )
    case.agent = agent
    require_visible(can_steer_case(actor, case) and can_see_shop(actor, shop_id))
    last = latest_case(agent.id, criterion.id)
    if last is not None and last.state in OPEN_STATES:
        raise LoopError(_("这位客服在这一项上已经有进行中的补训。"))
    if help_ is Help.LESSON:
        if lesson is None:
            raise LoopError(_("请选择一节课。"))
        proposal = propose(help_given(agent.id, criterion.id), [lesson.id])
        if lesson.id in proposal.used_up:
            raise LoopError(
                _("同一节课已经给这位客服补过两次，不能再布置第三次。"),
                hint=_("换一节课，或者换一种帮助方式，例如搭档演练。"),
            )
    if last is not None and last.state is CaseState.RELAPSED:
        case.previous_id, case.number = last.id, last.number + 1
    _add_case(case, findings, at, by=actor)
    give_out(case, at)
    db.session.add(
        LoopDecision(
            shop_id=shop_id,
            agent_id=agent.id,
            criterion_id=criterion.id,
            finding_id=findings[0].id if findings else None,
            case_id=case.id,
            outcome=Outcome.ASSIGNED,
            why=Why.BY_HAND,
            figures={"help": help_.value},
            by_id=actor.id,
            at=at,
        )
    )
    db.session.flush()
    return case


def wake_due(*, at: datetime, limit: int = 200) -> int:
    """Give out the lessons of cases whose delay is over. Returns how many."""
    query = (
        select(RemedialCase)
        .where(RemedialCase.state == CaseState.DELAYED, RemedialCase.wake_at <= at)
        .order_by(RemedialCase.wake_at)
        .limit(limit)
    )
    cases = list(db.session.scalars(query))
    for case in cases:
        move_case(case, CaseState.TRAINING, at)
        give_out(case, at)
    return len(cases)


def _needed_by_others(case: RemedialCase) -> set[int]:
    """Activities that another open case of the same person needs as well; they are not taken back or moved."""
    query = select(RemedialCase.lesson_id, RemedialCase.quiz_id).where(
        RemedialCase.agent_id == case.agent_id,
        RemedialCase.id != case.id,
        RemedialCase.state == CaseState.TRAINING,
    )
    return {ident for row in db.session.execute(query) for ident in row if ident is not None}


def own_activities(case: RemedialCase) -> set[int]:
    return {ident for ident in (case.lesson_id, case.quiz_id) if ident is not None} - _needed_by_others(case)


def cancel(*, case: RemedialCase, at: datetime, note: str, by: Person | None = None) -> None:
    """Take back what a case gave. What happened stays written."""
    if case.state not in OPEN_STATES:
        return
    take_back(person_id=case.agent_id, activity_ids=own_activities(case), reason=REASON, at=at)
    case.wake_at = None
    move_case(case, CaseState.CANCELLED, at, note=note, by=by)


def cancel_by_hand(*, actor: Person, case: RemedialCase, note: str, at: datetime) -> None:
    """A coach ends a case, with a reason."""
    require_visible(can_steer_case(actor, case))
    if not note.strip():
        raise LoopError(_("请写明取消的原因。"))
    cancel(case=case, at=at, note=note.strip(), by=actor)
