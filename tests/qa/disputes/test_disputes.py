"""Disputing a finding: the window, who may decide, the corrected score, and what it tells about criteria."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session

from lms.inbox.models import Notification
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.people.models import Person
from lms.qa.disputes.models import Dispute, DisputeDecision
from lms.qa.disputes.queries import arbiters_of, count_waiting, disputes_visible_to, outcomes
from lms.qa.disputes.rules import can_see_dispute
from lms.qa.disputes.services import (
    AlreadyDecided,
    DecisionError,
    DisputeClosed,
    NotArbiter,
    decide_dispute,
    file_dispute,
    passing_values,
)
from lms.qa.enums import EvaluationState, FindingState, Scale
from lms.qa.evaluations.models import Evaluation, Finding
from lms.qa.evaluations.services import acknowledge, findings_of, settle_due, standing_of
from lms.qa.scorecards.definition import CriterionSpec
from tests.conftest import Cast, Counted
from tests.qa.making import MONDAY, make_evaluation, make_scorecard

AT = MONDAY + timedelta(hours=3)
SignIn = Callable[[Person], FlaskClient]
Counter = Callable[[], AbstractContextManager[Counted]]


@pytest.fixture
def evaluation(cast: Cast) -> Evaluation:
    """40 of 100: 及时 (20 of 50) holds, 准确 (30 of 50) is a fault."""
    return make_evaluation(cast.evaluator, cast.agent, cast.shop, make_scorecard(cast.shop), failed=("right",), at=AT)


@pytest.fixture
def finding(evaluation: Evaluation) -> Finding:
    return findings_of(evaluation.id)[0]


@pytest.fixture
def dispute(cast: Cast, finding: Finding) -> Dispute:
    return file_dispute(actor=cast.agent, finding=finding, reason="客户问的是另一件事", at=AT + timedelta(hours=1))


def decide(dispute: Dispute, actor: Person, *, upheld: bool, value: int | None = 1, hours: int = 5) -> DisputeDecision:
    return decide_dispute(
        actor=actor, dispute=dispute, upheld=upheld, value=value, reason="看过原文", at=AT + timedelta(hours=hours)
    )


def test_a_dispute_holds_the_finding_and_tells_the_arbiters(
    session: scoped_session, cast: Cast, evaluation: Evaluation, finding: Finding, dispute: Dispute
) -> None:
    assert finding.standing.state is FindingState.DISPUTED
    assert standing_of(evaluation.id).state is EvaluationState.DISPUTED
    told = set(session.scalars(select(Notification.person_id).where(Notification.key == f"dispute-{dispute.id}")))
    assert told == set(arbiters_of(dispute)) == {cast.supervisor.id, cast.admin.id}  # neither evaluator nor 乙's people


def test_an_upheld_dispute_corrects_the_score_and_keeps_what_was_written(
    session: scoped_session, cast: Cast, evaluation: Evaluation, finding: Finding, dispute: Dispute
) -> None:
    decide(dispute, cast.supervisor, upheld=True)
    standing = standing_of(evaluation.id)
    assert (standing.score, standing.faults, standing.state) == (100.0, 0, EvaluationState.SETTLED)
    assert (evaluation.score, finding.line.value, finding.standing.state) == (40.0, 0, FindingState.OVERTURNED)
    told = set(session.scalars(select(Notification.person_id).where(Notification.key.like("dispute-decided-%"))))
    assert told == {cast.agent.id, cast.evaluator.id}


def test_upheld_as_not_applicable_leaves_both_sides_of_the_fraction(
    session: scoped_session, cast: Cast, evaluation: Evaluation, dispute: Dispute
) -> None:
    decision = decide(dispute, cast.supervisor, upheld=True, value=None)
    assert decision.not_applicable
    assert standing_of(evaluation.id).score == 100.0


def test_a_lost_dispute_confirms_the_finding(
    session: scoped_session, cast: Cast, evaluation: Evaluation, finding: Finding, dispute: Dispute
) -> None:
    decision = decide(dispute, cast.admin, upheld=False)
    assert (decision.value, finding.standing.state) == (None, FindingState.CONFIRMED)
    assert standing_of(evaluation.id).score == 40.0


def test_a_finding_is_disputed_once_and_in_time(
    session: scoped_session, cast: Cast, evaluation: Evaluation, finding: Finding, dispute: Dispute
) -> None:
    again = file_dispute(actor=cast.agent, finding=finding, reason="再说一次", at=AT + timedelta(hours=2))
    assert again.id == dispute.id
    late = make_evaluation(cast.evaluator, cast.agent, cast.shop, evaluation.version, failed=("right",), at=AT)
    with pytest.raises(DisputeClosed):  # 72 hours to answer
        file_dispute(actor=cast.agent, finding=findings_of(late.id)[0], reason="晚了", at=AT + timedelta(hours=72))
    settle_due(at=AT + timedelta(hours=73))
    assert findings_of(late.id)[0].standing.state is FindingState.CONFIRMED
    assert finding.standing.state is FindingState.DISPUTED  # a pending dispute does not run out


def test_what_was_acknowledged_is_not_disputed(
    session: scoped_session, cast: Cast, evaluation: Evaluation, finding: Finding
) -> None:
    acknowledge(actor=cast.agent, evaluation=evaluation, at=AT)
    with pytest.raises(DisputeClosed):
        file_dispute(actor=cast.agent, finding=finding, reason="又不认了", at=AT + timedelta(hours=1))


def test_only_the_agent_disputes_and_with_a_reason(session: scoped_session, cast: Cast, finding: Finding) -> None:
    for who in (cast.agent2, cast.lead, cast.evaluator):
        with pytest.raises(NotFound):
            file_dispute(actor=who, finding=finding, reason="代他申诉", at=AT)
    with pytest.raises(DecisionError):
        file_dispute(actor=cast.agent, finding=finding, reason="  ", at=AT)


def test_who_decides_is_neither_the_agent_nor_the_evaluator(
    session: scoped_session, cast: Cast, dispute: Dispute
) -> None:
    with pytest.raises(NotArbiter, match="您评的"):
        decide(dispute, cast.evaluator, upheld=False)
    with pytest.raises(NotArbiter, match="自己的申诉"):
        decide(dispute, cast.agent, upheld=True)
    for who in (cast.lead, cast.trainer, cast.agent2, cast.other_supervisor, cast.other_evaluator):
        with pytest.raises(NotFound):
            decide(dispute, who, upheld=True)
    assert dispute.decision is None


def test_a_decision_needs_a_reason_and_a_value_that_passes(
    session: scoped_session, cast: Cast, dispute: Dispute
) -> None:
    with pytest.raises(DecisionError, match="理由"):
        decide_dispute(actor=cast.supervisor, dispute=dispute, upheld=True, value=1, reason=" ", at=AT)
    with pytest.raises(DecisionError, match="怎么计"):
        decide(dispute, cast.supervisor, upheld=True, value=0)
    steps = CriterionSpec(code="x", name="x", scale=Scale.STEPS, top=3, pass_from=2)
    assert passing_values(steps) == [3, 2, None]


def test_the_second_arbiter_is_told(session: scoped_session, cast: Cast, dispute: Dispute) -> None:
    decide(dispute, cast.supervisor, upheld=True)
    with pytest.raises(AlreadyDecided):
        decide(dispute, cast.admin, upheld=False)


def test_two_arbiters_at_once_make_one_decision(
    app: Flask, session: scoped_session, cast: Cast, dispute: Dispute
) -> None:
    ident, people = dispute.id, (cast.supervisor.id, cast.admin.id)
    session.commit()
    start, ends = threading.Barrier(2), []

    def work(person_id: int) -> None:
        with app.app_context():
            try:
                row, actor = db.session.get_one(Dispute, ident), db.session.get_one(Person, person_id)
                assert actor.access and row.decision is None
                start.wait()
                decide(row, actor, upheld=True)
                db.session.commit()
                ends.append("decided")
            except (AlreadyDecided, DBAPIError):
                db.session.rollback()
                ends.append("told")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["decided", "told"]
    assert session.scalar(select(func.count()).select_from(DisputeDecision)) == 1


def test_the_rule_and_the_list_agree(session: scoped_session, cast: Cast, dispute: Dispute) -> None:
    for name, person in cast.people().items():
        listed = dispute in db.session.scalars(disputes_visible_to(person)).all()
        assert listed is can_see_dispute(person, dispute), name


def test_what_waits_stands_first_and_is_counted_for_those_who_may_decide(
    session: scoped_session, cast: Cast, evaluation: Evaluation, dispute: Dispute
) -> None:
    later = make_evaluation(cast.evaluator, cast.agent, cast.shop, evaluation.version, failed=("right",), at=AT)
    second = file_dispute(actor=cast.agent, finding=findings_of(later.id)[0], reason="同上", at=AT + timedelta(hours=2))
    assert [count_waiting(who) for who in (cast.supervisor, cast.evaluator, cast.agent)] == [2, 0, 0]
    decide(dispute, cast.supervisor, upheld=True)
    assert db.session.scalars(disputes_visible_to(cast.supervisor)).all() == [second, dispute]


def test_the_figures_say_how_many_they_come_from(session: scoped_session, cast: Cast, dispute: Dispute) -> None:
    decide(dispute, cast.supervisor, upheld=True)
    (row,) = outcomes(cast.supervisor, MONDAY, by="criterion")
    assert (row.name, row.faults, row.disputed, row.decided, row.upheld, row.share) == ("准确", 1, 1, 1, 1, 1.0)
    assert [one.name for one in outcomes(cast.supervisor, MONDAY, by="evaluator")] == [cast.evaluator.name]
    assert outcomes(cast.other_supervisor, MONDAY, by="criterion") == []


def test_the_pages(
    session: scoped_session, cast: Cast, sign_in: SignIn, count_queries: Counter, dispute: Dispute
) -> None:
    client, url = sign_in(cast.supervisor), f"/qa/disputes/{dispute.id}"
    db.session.remove()
    for path in (url, "/qa/disputes", "/qa/disputes?state=decided", "/qa/disputes/figures"):
        with count_queries() as counted:
            assert client.get(path).status_code == 200
        assert counted.count <= 10, (path, counted.statements)
    answer = client.post(url, data={"upheld": "1", "value": "0", "reason": "写了一半的理由"})
    assert answer.status_code == 400 and "写了一半的理由" in answer.get_data(as_text=True)
    assert client.post(url, data={"upheld": "0", "reason": "维持"}).status_code == 302
    assert client.post(url, data={"upheld": "1", "value": "1", "reason": "改主意"}).status_code == 409
