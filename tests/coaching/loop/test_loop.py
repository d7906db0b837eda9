"""The whole circle through the services: findings, assignment, lesson, follow-up checks, verdict, and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.coaching.enums import Arm, CaseState, Help, Outcome, Why
from lms.coaching.loop.deciding import RuleSettings
from lms.coaching.loop.follow_services import GRACE, sign_off
from lms.coaching.loop.models import LoopDecision, RemedialCase
from lms.coaching.loop.queries import case_filter
from lms.coaching.loop.rule_services import save_rule
from lms.coaching.loop.rules import can_see_case
from lms.coaching.loop.services import LoopError, cancel_by_hand, open_by_hand
from lms.coaching.loop.tasks import turn
from lms.coaching.loop.wishes import wish_key, wishes
from lms.kernel.errors import NotFound
from lms.learning.enums import AssignmentReason, AssignmentState
from lms.learning.models import Assignment
from lms.qa.enums import EntrySource, RootCause
from tests.coaching.making import check, finding_of, learn, make_taught
from tests.conftest import Cast
from tests.factories import make_person
from tests.qa.making import MONDAY


def cases(session: scoped_session) -> list[RemedialCase]:
    return list(session.scalars(select(RemedialCase).order_by(RemedialCase.id)))


def reasons(session: scoped_session) -> list[tuple[Outcome, Why]]:
    return [(one.outcome, one.why) for one in session.scalars(select(LoopDecision).order_by(LoopDecision.id))]


def tasks(session: scoped_session) -> dict[str, Assignment]:
    return {one.activity.title: one for one in session.scalars(select(Assignment).order_by(Assignment.id))}


def test_two_fails_give_lesson_and_quiz_due_in_a_week_and_a_third_is_logged(
    session: scoped_session, cast: Cast
) -> None:
    version, lesson, quiz = make_taught(cast.shop)
    check(cast, version, 0)
    assert reasons(session) == [(Outcome.NOT_ASSIGNED, Why.RULE_NOT_MET)]
    check(cast, version, 1)
    (case,) = cases(session)
    given = tasks(session)
    assert (case.state, case.lesson_id, case.quiz_id) == (CaseState.TRAINING, lesson.id, quiz.id)
    assert set(given) == {"准确这一课", "准确测验"}
    at = MONDAY + timedelta(days=1, hours=2)
    assert {(one.due_at, one.reason) for one in given.values()} == {(at + timedelta(days=7), AssignmentReason.FINDING)}
    check(cast, version, 2)
    assert reasons(session)[2] == (Outcome.NOT_ASSIGNED, Why.CASE_OPEN)
    cancel_by_hand(actor=cast.lead, case=case, note="已当面讲过", at=MONDAY + timedelta(days=2))
    assert {one.state for one in tasks(session).values()} == {AssignmentState.CANCELLED}


def test_a_fault_within_the_cooldown_is_logged_and_not_assigned_again(session: scoped_session, cast: Cast) -> None:
    version, lesson, quiz = make_taught(cast.shop)
    check(cast, version, 0)
    check(cast, version, 1)
    learn(cast.agent, lesson, quiz, at=MONDAY + timedelta(days=2))
    for n in range(5):
        check(cast, version, 3 + n / 4, ok=True)
    (case,) = cases(session)
    assert (case.state, case.passes, case.checks) == (CaseState.FIXED, 5, 5)
    assert (round(100 * (case.low or 0)), round(100 * (case.high or 0))) == (57, 100)
    check(cast, version, 8)
    check(cast, version, 9)
    assert reasons(session)[-1] == (Outcome.NOT_ASSIGNED, Why.COOLDOWN)
    check(cast, version, 16)  # the cooldown of 14 days began with the case, on day 1
    assert len(cases(session)) == 2
    assert reasons(session)[-1] == (Outcome.ASSIGNED, Why.RULE_MET)


def test_only_faults_of_the_person_count(session: scoped_session, cast: Cast) -> None:
    version, _lesson, _quiz = make_taught(cast.shop)
    check(cast, version, 0, cause=RootCause.PROCESS)
    check(cast, version, 1)
    check(cast, version, 2, cause=RootCause.PRODUCT)
    assert [why for _outcome, why in reasons(session)] == [Why.NOT_PERSON, Why.RULE_NOT_MET, Why.NOT_PERSON]
    check(cast, version, 3)  # what counts neither way does not break the row
    assert reasons(session)[-1] == (Outcome.ASSIGNED, Why.RULE_MET)


def test_a_finding_that_nobody_answered_counts_when_the_time_is_over(session: scoped_session, cast: Cast) -> None:
    from lms.qa.evaluations.services import settle_due

    version, _lesson, _quiz = make_taught(cast.shop)
    check(cast, version, 0, answered=False)
    check(cast, version, 1, answered=False)
    assert (cases(session), reasons(session)) == ([], [])
    settle_due(at=MONDAY + timedelta(days=5))
    assert reasons(session) == [(Outcome.NOT_ASSIGNED, Why.RULE_NOT_MET), (Outcome.ASSIGNED, Why.RULE_MET)]


def test_without_a_lesson_nothing_is_given_and_trainers_hear_of_it(session: scoped_session, cast: Cast) -> None:
    from lms.inbox.models import Notification

    version, lesson, _quiz = make_taught(cast.shop)
    lesson.archived_at = MONDAY
    check(cast, version, 0)
    check(cast, version, 1)
    assert reasons(session)[-1] == (Outcome.NOT_ASSIGNED, Why.NO_LESSON)
    told = session.scalars(select(Notification).where(Notification.key.startswith("no-lesson"))).all()
    assert [one.person_id for one in told] == [cast.trainer.id]


def test_follow_up_asks_for_checks_and_risky_chats_do_not_count(session: scoped_session, cast: Cast) -> None:
    version, lesson, quiz = make_taught(cast.shop)
    check(cast, version, 0)
    check(cast, version, 1)
    learned = MONDAY + timedelta(days=2)
    learn(cast.agent, lesson, at=learned)
    (case,) = cases(session)
    assert (case.state, wishes(cast.shop.id, learned)) == (CaseState.TRAINING, [])
    learn(cast.agent, quiz, at=learned)
    (wish,) = wishes(cast.shop.id, learned)
    assert (wish.key, wish.agent_id, wish.count, wish.since, wish.until) == (
        wish_key(case.id),
        cast.agent.id,
        5,
        learned,
        learned + timedelta(days=14),
    )
    check(cast, version, 1.5, ok=True)  # served before the lesson, scored after it
    check(cast, version, 3, ok=True, source=EntrySource.RISK)
    check(cast, version, 4, ok=True, source=EntrySource.FOLLOW_UP, wish=wish.key)
    assert (case.passes, case.checks) == (1, 1)


def test_a_relapse_opens_the_loop_again_and_no_lesson_comes_a_third_time(session: scoped_session, cast: Cast) -> None:
    version, lesson, quiz = make_taught(cast.shop)
    check(cast, version, 0)
    check(cast, version, 1)
    for round_ in (1, 2):
        learn(cast.agent, lesson, quiz, at=MONDAY + timedelta(days=4 * round_))
        check(cast, version, 4 * round_ + 1, source=EntrySource.FOLLOW_UP)
        check(cast, version, 4 * round_ + 2, source=EntrySource.FOLLOW_UP)
    first, second, third = cases(session)
    assert [one.state for one in (first, second, third)] == [
        CaseState.RELAPSED,
        CaseState.RELAPSED,
        CaseState.TRAINING,
    ]
    assert (second.previous_id, second.number, second.lesson_id) == (first.id, 2, lesson.id)
    assert (third.number, third.help, third.lesson_id) == (3, Help.PRACTICE, None)
    last = session.scalars(select(LoopDecision).order_by(LoopDecision.id.desc())).first()
    assert (last.case_id, last.why, last.figures["used_up"]) == (third.id, Why.RELAPSE, [lesson.id])
    with pytest.raises(LoopError):
        sign_off(actor=cast.lead, case=third, note=" ", at=MONDAY + timedelta(days=12))
    sign_off(actor=cast.lead, case=third, note="搭档演练了三通", at=MONDAY + timedelta(days=12))
    assert third.state is CaseState.FOLLOWING


def test_too_few_checks_end_as_not_enough_to_tell(session: scoped_session, cast: Cast) -> None:
    version, lesson, quiz = make_taught(cast.shop)
    check(cast, version, 0)
    check(cast, version, 1)
    learned = MONDAY + timedelta(days=2)
    learn(cast.agent, lesson, quiz, at=learned)
    check(cast, version, 3, ok=True)
    (case,) = cases(session)
    over = learned + timedelta(days=14) + GRACE
    turn(over - timedelta(minutes=1))
    assert case.state is CaseState.FOLLOWING
    turn(over)
    assert (case.state, case.passes, case.checks) == (CaseState.UNCLEAR, 1, 1)


def test_half_wait_and_whoever_waits_has_nothing_yet(session: scoped_session, cast: Cast) -> None:
    version, _lesson, _quiz = make_taught(cast.shop)
    rule = RuleSettings(delay_days=10)
    save_rule(actor=cast.supervisor, shop_id=cast.shop.id, criterion_id=None, settings=rule, at=MONDAY)
    arms: dict[Arm, RemedialCase] = {}
    for n in range(0, 12, 2):
        agent = make_person(team=cast.team_a)
        check(cast, version, n, agent=agent)
        check(cast, version, n + 1, agent=agent)
        case = cases(session)[-1]
        assert case.agent_id == agent.id
        arms.setdefault(case.arm, case)
    assert set(arms) == {Arm.NOW, Arm.LATER}
    later = arms[Arm.LATER]
    open_tasks = select(Assignment).where(Assignment.person_id == later.agent_id)
    assert (later.state, session.scalars(open_tasks).all()) == (CaseState.DELAYED, [])
    assert not can_see_case(later.agent, later)
    assert later.wake_at == later.opened_at + timedelta(days=later.settings["window_days"])
    wakes = later.wake_at
    turn(wakes)
    assert later.state is CaseState.TRAINING
    assert {one.due_at for one in session.scalars(open_tasks)} == {wakes + timedelta(days=7)}


def test_a_coach_opens_a_case_by_hand_for_the_own_branch_only(session: scoped_session, cast: Cast) -> None:
    version, lesson, _quiz = make_taught(cast.shop)
    finding = finding_of(check(cast, version, 0))
    at = MONDAY + timedelta(days=1)

    def open_(actor: object) -> RemedialCase:
        return open_by_hand(
            actor=actor,  # type: ignore[arg-type]
            agent=cast.agent,
            criterion=finding.criterion,
            shop_id=cast.shop.id,
            lesson=lesson,
            quiz=None,
            help_=Help.LESSON,
            findings=[finding],
            note="一次就补",
            at=at,
        )

    for stranger in (cast.other_lead, cast.agent2, cast.trainer):
        with pytest.raises(NotFound):
            open_(stranger)
    case = open_(cast.lead)
    assert (case.state, case.opened_by_id) == (CaseState.TRAINING, cast.lead.id)
    with pytest.raises(LoopError):
        open_(cast.supervisor)


def test_the_rule_and_the_list_agree_on_who_sees_a_case(session: scoped_session, cast: Cast) -> None:
    version, _lesson, _quiz = make_taught(cast.shop)
    for agent in (cast.agent, cast.agent2):
        check(cast, version, 0, agent=agent)
        check(cast, version, 1, agent=agent)
    made = cases(session)
    seen = {}
    for name, person in cast.people().items():
        listed = set(session.scalars(select(RemedialCase.id).where(case_filter(person))))
        assert listed == {one.id for one in made if can_see_case(person, one)}, name
        seen[name] = len(listed)
    assert seen | {"agent": 1, "agent2": 1, "lead": 1, "supervisor": 2, "admin": 2, "trainer": 0} == seen
    assert [seen[name] for name in seen if name.startswith("other")] == [0] * 5
