"""What a dispute does to the training that rests on its finding."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.coaching.enums import ActOn, CaseState
from lms.coaching.loop.deciding import RuleSettings
from lms.coaching.loop.dispute_services import after_decision, pause_for
from lms.coaching.loop.models import RemedialCase
from lms.coaching.loop.rule_services import save_rule
from lms.learning.enums import AssignmentState
from lms.learning.models import Assignment
from lms.qa.evaluations.models import Finding
from lms.qa.evaluations.services import confirm_finding, hold_finding, overturn_finding
from tests.coaching.making import check, finding_of, make_taught
from tests.conftest import Cast
from tests.qa.making import MONDAY

FILED = MONDAY + timedelta(days=3)
DECIDED = MONDAY + timedelta(days=6)


def two_at_once(session: scoped_session, cast: Cast) -> tuple[list[Finding], RemedialCase]:
    """A shop whose rule acts on submitted findings: two of them, and the case that they opened."""
    version, _lesson, _quiz = make_taught(cast.shop)
    rule = RuleSettings(act_on=ActOn.SUBMITTED)
    save_rule(actor=cast.supervisor, shop_id=cast.shop.id, criterion_id=None, settings=rule, at=MONDAY)
    findings = [finding_of(check(cast, version, n, answered=False)) for n in (0, 1)]
    return findings, session.scalars(select(RemedialCase)).one()


def states(session: scoped_session) -> set[tuple[AssignmentState, datetime | None]]:
    return {(one.state, one.due_at) for one in session.scalars(select(Assignment))}


def test_a_pending_dispute_pauses_and_a_lost_one_goes_on_with_the_time_that_was_left(
    session: scoped_session, cast: Cast
) -> None:
    findings, case = two_at_once(session, cast)
    due = case.due_at
    assert due is not None and case.state is CaseState.TRAINING
    hold_finding(finding=findings[1], at=FILED)
    pause_for(finding=findings[1], at=FILED)
    assert (case.state, states(session)) == (CaseState.PAUSED, {(AssignmentState.OPEN, None)})
    confirm_finding(finding=findings[1], at=DECIDED)
    after_decision(finding=findings[1], at=DECIDED)
    assert (case.state, case.due_at) == (CaseState.TRAINING, due + (DECIDED - FILED))
    assert states(session) == {(AssignmentState.OPEN, due + (DECIDED - FILED))}


def test_an_upheld_dispute_cancels_what_it_caused_and_keeps_the_history(session: scoped_session, cast: Cast) -> None:
    findings, case = two_at_once(session, cast)
    hold_finding(finding=findings[0], at=FILED)
    pause_for(finding=findings[0], at=FILED)
    overturn_finding(finding=findings[0], value=1, at=DECIDED)
    after_decision(finding=findings[0], at=DECIDED)
    assert (case.state, case.closed_at) == (CaseState.CANCELLED, DECIDED)
    assert {state for state, _due in states(session)} == {AssignmentState.CANCELLED}
    from lms.coaching.loop.queries import events_of

    assert [event.state for event in events_of(case.id)] == [
        CaseState.TRAINING,
        CaseState.PAUSED,
        CaseState.CANCELLED,
    ]


def test_two_pending_disputes_both_have_to_be_decided(session: scoped_session, cast: Cast) -> None:
    findings, case = two_at_once(session, cast)
    for finding in findings:
        hold_finding(finding=finding, at=FILED)
        pause_for(finding=finding, at=FILED)
    confirm_finding(finding=findings[0], at=DECIDED)
    after_decision(finding=findings[0], at=DECIDED)
    assert case.state is CaseState.PAUSED
    confirm_finding(finding=findings[1], at=DECIDED)
    after_decision(finding=findings[1], at=DECIDED)
    assert case.state is CaseState.TRAINING
