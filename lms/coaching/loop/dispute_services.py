"""What a dispute does to the cases that rest on its finding."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from lms.coaching.enums import OPEN_STATES, CaseState
from lms.coaching.loop.follow_services import after_confirmation
from lms.coaching.loop.models import (
    CaseFinding,
    RemedialCase,
)
from lms.coaching.loop.services import (
    REASON,
    cancel,
    move_case,
    own_activities,
)
from lms.kernel.db import db
from lms.learning.services import move_due
from lms.qa.enums import FindingState
from lms.qa.evaluations.models import Finding


def _touched_by(finding: Finding) -> list[RemedialCase]:
    """Open cases that rest on a finding, or are of the same person and criterion."""
    through = select(CaseFinding.case_id).where(CaseFinding.finding_id == finding.id)
    query = select(RemedialCase).where(
        RemedialCase.state.in_(OPEN_STATES),
        RemedialCase.id.in_(through)
        | ((RemedialCase.agent_id == finding.agent_id) & (RemedialCase.criterion_id == finding.criterion_id)),
    )
    return list(db.session.scalars(query))


def pause_for(*, finding: Finding, at: datetime) -> None:
    """A finding is disputed: training that rests on it, or is about the same, waits; its time to do it stands still."""
    for case in _touched_by(finding):
        if case.state is not CaseState.TRAINING:
            continue
        left = (case.due_at - at).total_seconds() if case.due_at is not None else 0
        case.held_seconds = max(0, int(left))
        case.due_at = None
        move_due(person_id=case.agent_id, activity_ids=own_activities(case), reason=REASON, due_at=None)
        move_case(case, CaseState.PAUSED, at, note=_("申诉处理中，补训暂停"))


def after_decision(*, finding: Finding, at: datetime) -> None:
    """A dispute was decided. What rested on an overturned finding is cancelled unless its rule is met without it;
    what was paused goes on, with the time that was left, once nothing is pending any more. A case that was judged by an
    overturned line is judged anew.
    """
    overturned = finding.standing.state is FindingState.OVERTURNED
    for case in _touched_by(finding):
        if overturned and not _still_stands(case):
            cancel(case=case, at=at, note=_("申诉成立，补训取消"))
        elif case.state is CaseState.PAUSED and not _pending(case):
            _resume(case, at)
    after_confirmation(finding=finding, at=at)


def _findings(case: RemedialCase) -> list[Finding]:
    query = (
        select(Finding).join(CaseFinding, CaseFinding.finding_id == Finding.id).where(CaseFinding.case_id == case.id)
    )
    return list(db.session.scalars(query))


def _still_stands(case: RemedialCase) -> bool:
    """Whether enough of the findings that a rule opened a case for are left. What a person opened stands."""
    if case.opened_by_id is not None:
        return True
    left = [one for one in _findings(case) if one.standing.state is not FindingState.OVERTURNED]
    needed = 2 if case.previous_id is not None else case.settings.get("fails", 2)
    return len(left) >= needed


def _pending(case: RemedialCase) -> bool:
    of_the_same = select(Finding).where(Finding.agent_id == case.agent_id, Finding.criterion_id == case.criterion_id)
    return any(one.standing.state is FindingState.DISPUTED for one in db.session.scalars(of_the_same))


def _resume(case: RemedialCase, at: datetime) -> None:
    left = timedelta(seconds=case.held_seconds or 0)
    case.due_at, case.held_seconds = at + max(left, timedelta(days=1)), None
    move_due(person_id=case.agent_id, activity_ids=own_activities(case), reason=REASON, due_at=case.due_at)
    move_case(case, CaseState.TRAINING, at, note=_("申诉已裁定，补训继续"))
