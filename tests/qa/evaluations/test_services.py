"""Scoring, the agent's answer, and a score that an arbiter corrects."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session

from lms.kernel.db import db
from lms.qa.enums import EvaluationState, FindingState, Origin, RootCause
from lms.qa.evaluations.models import Evaluation
from lms.qa.evaluations.queries import evaluation_filter, last_lines
from lms.qa.evaluations.rules import can_see_evaluation
from lms.qa.evaluations.services import (
    AnswerError,
    LineAnswer,
    Quote,
    ScoringError,
    acknowledge,
    findings_of,
    hold_finding,
    overturn_finding,
    settle_due,
    standing_of,
    submit_evaluation,
)
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.services import begin_draft, publish, save_draft
from tests.conftest import Cast, Counted
from tests.qa.making import MONDAY, make_chat, make_evaluation, make_scorecard

Counter = Callable[[], AbstractContextManager[Counted]]
LATER = MONDAY + timedelta(hours=4)


def test_a_fault_becomes_a_finding_with_its_quote(session: scoped_session, cast: Cast) -> None:
    version = make_scorecard(cast.shop)
    made = make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("right",))
    assert made.score == 40.0  # 20 of 50
    (finding,) = findings_of(made.id)
    assert (finding.criterion.code, finding.root_cause, finding.standing.state) == (
        "right",
        RootCause.PERSON,
        FindingState.WAITING,
    )
    assert [quote["text"] for quote in finding.quotes] == ["您好，今天下午五点前发出"]
    assert standing_of(made.id).state is EvaluationState.OPEN


def test_what_has_no_fault_is_settled_at_once(session: scoped_session, cast: Cast) -> None:
    made = make_evaluation(cast.evaluator, cast.agent, cast.shop, make_scorecard(cast.shop))
    assert (made.score, standing_of(made.id).state) == (100.0, EvaluationState.SETTLED)


def test_nobody_scores_their_own_chat(session: scoped_session, cast: Cast) -> None:
    with pytest.raises(ScoringError):
        make_evaluation(cast.agent, cast.agent, cast.shop, make_scorecard(cast.shop))


def test_a_fault_needs_cause_and_evidence_and_quotes_stand_in_the_chat(session: scoped_session, cast: Cast) -> None:
    version = make_scorecard(cast.shop)
    fast, right = Definition.from_json(version.definition).by_id()
    mine, other = make_chat(cast.shop, cast.agent), make_chat(cast.shop, cast.agent2)
    good = LineAnswer(fast, 1)
    fault = LineAnswer(right, 0, root_cause=RootCause.PERSON, quotes=(Quote(mine.messages[1].id),))

    def submit(*answers: LineAnswer) -> Evaluation:
        return submit_evaluation(
            actor=cast.evaluator,
            agent=cast.agent,
            shop_id=cast.shop.id,
            version=version,
            answers=answers,
            at=LATER,
            origin=Origin.BY_HAND,
            served_at=MONDAY,
            conversation=mine,
        )

    for bad in (
        (good,),
        (good, replace(fault, root_cause=None)),
        (good, replace(fault, quotes=())),
        (good, replace(fault, quotes=(Quote(other.messages[1].id),))),
        (good, replace(fault, value=2)),
    ):
        with pytest.raises(ScoringError):
            submit(*bad)
    assert session.scalars(select(Evaluation)).all() == []
    assert submit(good, fault).score == 40.0


def test_acknowledging_confirms_and_the_time_to_answer_ends(session: scoped_session, cast: Cast) -> None:
    version = make_scorecard(cast.shop)
    made = make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("fast", "right"))
    first, second = findings_of(made.id)
    acknowledge(actor=cast.agent, evaluation=made, findings=[first], at=LATER)
    assert (first.standing.state, second.standing.state) == (FindingState.CONFIRMED, FindingState.WAITING)
    assert standing_of(made.id).state is EvaluationState.OPEN
    over = standing_of(made.id).answer_until
    with pytest.raises(AnswerError):
        acknowledge(actor=cast.agent, evaluation=made, at=over)
    assert settle_due(at=over - timedelta(seconds=1)) == 0
    assert settle_due(at=over) == 1
    assert (second.standing.state, second.standing.confirmed_at) == (FindingState.CONFIRMED, over)
    assert standing_of(made.id).state is EvaluationState.SETTLED


def test_an_overturned_finding_corrects_the_score_and_leaves_what_was_written(
    session: scoped_session, cast: Cast
) -> None:
    made = make_evaluation(cast.evaluator, cast.agent, cast.shop, make_scorecard(cast.shop), failed=("right",))
    (finding,) = findings_of(made.id)
    hold_finding(finding=finding, at=LATER)
    assert standing_of(made.id).state is EvaluationState.DISPUTED
    overturn_finding(finding=finding, value=1, at=LATER)
    standing = standing_of(made.id)
    assert (standing.score, standing.faults, standing.state) == (100.0, 0, EvaluationState.SETTLED)
    assert (made.score, finding.line.failed) == (40.0, True)
    (line,) = last_lines(cast.agent.id, finding.criterion_id, 5)
    assert (line.failed, line.value, line.finding_state) == (False, 1, FindingState.OVERTURNED)


def test_old_results_keep_their_version(session: scoped_session, cast: Cast) -> None:
    version = make_scorecard(cast.shop)
    made = make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("right",))
    card = version.scorecard
    draft = begin_draft(actor=cast.evaluator, scorecard=card, at=LATER)
    (section,) = draft.sections
    heavier = replace(section, criteria=(replace(section.criteria[0], weight=80), section.criteria[1]))
    save_draft(actor=cast.evaluator, scorecard=card, title="新", definition=Definition((heavier,)), at=LATER)
    newer = publish(actor=cast.evaluator, scorecard=card, at=LATER)
    again = make_evaluation(cast.evaluator, cast.agent, cast.shop, newer, failed=("right",))
    assert (made.version_id, made.score) == (version.id, 40.0)
    assert (again.version.number, again.score) == (2, 72.73)  # 80 of 110
    assert [line.criterion_id for line in made.lines] == [line.criterion_id for line in again.lines]


def test_facts_cannot_be_changed(session: scoped_session, cast: Cast) -> None:
    made = make_evaluation(cast.evaluator, cast.agent, cast.shop, make_scorecard(cast.shop))
    made.score = 1.0
    with pytest.raises(DBAPIError):
        session.flush()


def test_the_rule_and_the_list_agree_on_who_sees_what(session: scoped_session, cast: Cast) -> None:
    version, theirs = make_scorecard(cast.shop), make_scorecard(cast.other_shop)
    made = [
        make_evaluation(cast.evaluator, cast.agent, cast.shop, version),
        make_evaluation(cast.evaluator, cast.agent2, cast.shop, version),
        make_evaluation(cast.other_evaluator, cast.other_agent, cast.other_shop, theirs),
    ]
    seen: dict[str, set[int]] = {}
    for name, person in cast.people().items():
        listed = set(db.session.scalars(select(Evaluation.id).where(evaluation_filter(person))))
        assert listed == {one.id for one in made if can_see_evaluation(person, one)}, name
        seen[name] = listed
    assert seen["agent"] == {made[0].id} and seen["agent2"] == {made[1].id}
    assert seen["lead"] == {made[0].id}
    assert seen["evaluator"] == seen["supervisor"] == {made[0].id, made[1].id}
    assert seen["trainer"] == set()
    assert seen["other_lead"] == {made[2].id}


def test_lines_are_found_in_one_statement(session: scoped_session, cast: Cast, count_queries: Counter) -> None:
    version = make_scorecard(cast.shop)
    for n in range(3):
        made = make_evaluation(cast.evaluator, cast.agent, cast.shop, version, served_at=MONDAY + timedelta(hours=n))
    agent_id, criterion_id = cast.agent.id, made.lines[0].criterion_id
    with count_queries() as counted:
        lines = last_lines(agent_id, criterion_id, 2)
    assert (len(lines), counted.count) == (2, 1)
    assert lines[0].served_at == MONDAY + timedelta(hours=2)
