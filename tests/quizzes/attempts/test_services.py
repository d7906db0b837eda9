"""Taking a quiz: what is frozen, what is saved, who hands in, and what the ledger is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from lms.kernel.errors import NotFound
from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Record
from quizzes.attempts.clocks import GRACE
from quizzes.attempts.closing import close_overdue
from quizzes.attempts.enums import AttemptState, ClosedBy
from quizzes.attempts.models import Attempt, Step
from quizzes.attempts.queries import stored_answers, takeable_filter
from quizzes.attempts.rules import can_take
from quizzes.attempts.services import (
    AttemptClosed,
    BadSave,
    StartRefused,
    save_answer,
    set_flag,
    start_attempt,
    submit_attempt,
)
from quizzes.bank.enums import ItemState
from quizzes.bank.models import ItemVersion
from quizzes.papers.enums import Keep
from quizzes.papers.models import Quiz
from quizzes.papers.policies import Policy
from quizzes.papers.services import QuizData, close_quiz, grant_allowance, update_quiz
from tests.conftest import Cast
from tests.factories import save
from tests.quizzes.papers.factories import KEYS, definition, give, make_item, make_items, make_quiz

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def quiz_for(cast: Cast, number: int = 4, **kwargs: Any) -> Quiz:
    quiz = make_quiz(cast.trainer, make_items(number, shop=cast.shop), shop=cast.shop, at=AT, **kwargs)
    give(cast.trainer, quiz, cast.agent, cast.agent2, at=AT)
    return quiz


def answer(attempt: Attempt, position: int, response: Any, *, sequence: int, client: str = "a", at: datetime = AT):  # type: ignore[no-untyped-def]
    return save_answer(
        actor=attempt.person,
        attempt=attempt,
        position=position,
        answer=response,
        sequence=sequence,
        client=client,
        at=at,
    )


def do(cast: Cast, quiz: Quiz, right: int, *, at: datetime = AT, person: Any = None) -> Attempt:
    """A whole attempt with this many right answers."""
    attempt = start_attempt(actor=person or cast.agent, quiz=quiz, at=at)
    for slot in attempt.slots:
        response = KEYS[slot.type] if slot.position <= right else {"choice": "w1"}
        answer(attempt, slot.position, response, sequence=slot.position, at=at)
    return submit_attempt(actor=attempt.person, attempt=attempt, at=at + MINUTE)


def records(attempt: Attempt) -> list[tuple[str, float | None, bool | None]]:
    rows = Record.query.filter_by(actor_id=attempt.person_id).order_by(Record.id)  # type: ignore[attr-defined]
    return [(row.verb.value, row.score, row.success) for row in rows]


# --- starting ----------------------------------------------------------------------------------------------------


def test_a_start_freezes_draw_option_order_cut_score_and_policy(cast: Cast) -> None:
    quiz = quiz_for(cast, 30, draw_count=20, cut_score=0.7, time_limit_seconds=600)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=AT)
    paper = [(slot.item_version_id, tuple(slot.option_order)) for slot in attempt.slots]
    assert len(paper) == 20 and [slot.position for slot in attempt.slots] == list(range(1, 21))
    assert {order for _, order in paper} != {("right", "w1", "w2", "w3")}
    assert all(sorted(order) == ["right", "w1", "w2", "w3"] for _, order in paper)
    assert (attempt.cut_score, attempt.deadline_at, attempt.number) == (0.7, AT + 10 * MINUTE, 1)
    policy = Policy(cut_score=0.2, time_limit_seconds=60, keep=Keep.FIRST)
    data = QuizData(title="改了", dimension=quiz.dimension, shop_id=quiz.shop_id, draw_count=1, policy=policy)
    update_quiz(actor=cast.trainer, quiz=quiz, data=data, at=AT)
    again = start_attempt(actor=cast.agent, quiz=quiz, at=AT + MINUTE)
    assert again is attempt
    assert [(slot.item_version_id, tuple(slot.option_order)) for slot in again.slots] == paper
    assert (again.cut_score, again.policy.cut_score, again.policy.time_limit_seconds) == (0.7, 0.7, 600)
    assert again.policy.keep is Keep.BEST


def test_the_paper_stays_when_an_item_gets_a_new_version(cast: Cast) -> None:
    items = make_items(2, shop=cast.shop)
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, at=AT)
    give(cast.trainer, quiz, cast.agent, at=AT)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=AT)
    old = {slot.item_version_id for slot in attempt.slots}
    for item in items:
        wrong_now = {**definition("single", 9), "key": "w1"}
        version = save(ItemVersion(item_id=item.id, number=2, stem="改过的题干", definition=wrong_now))
        item.current_version_id = version.id
    for position in (1, 2):
        answer(attempt, position, {"choice": "right"}, sequence=position)
    done = submit_attempt(actor=cast.agent, attempt=attempt, at=AT + MINUTE)
    assert {slot.item_version_id for slot in done.slots} == old
    assert (done.score, done.passed) == (1.0, True)
    later = start_attempt(actor=cast.agent, quiz=quiz, at=AT + 2 * MINUTE)
    assert not {slot.item_version_id for slot in later.slots} & old


def test_nothing_unreviewed_is_drawn(cast: Cast) -> None:
    items = make_items(12, shop=cast.shop)
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, draw_count=4, at=AT)
    give(cast.trainer, quiz, cast.agent, at=AT)
    for number, state in enumerate([ItemState.DRAFT, ItemState.REJECTED, ItemState.RETIRED]):
        items[number].state = state
    items[3].stale = True
    allowed = {item.current_version_id for item in items[4:]}
    for number in range(6):
        attempt = start_attempt(actor=cast.agent, quiz=quiz, at=AT + number * MINUTE, seed=number)
        assert {slot.item_version_id for slot in attempt.slots} <= allowed
        submit_attempt(actor=cast.agent, attempt=attempt, at=AT + number * MINUTE)
    for item in items[5:]:
        item.state = ItemState.DRAFT
    with pytest.raises(StartRefused, match="需要 4 题，现有 1 题"):
        start_attempt(actor=cast.agent, quiz=quiz, at=AT + 9 * MINUTE)


def test_a_later_attempt_prefers_items_not_seen_before(cast: Cast) -> None:
    quiz = quiz_for(cast, 8, draw_count=4)
    first, second = do(cast, quiz, 4), do(cast, quiz, 4, at=AT + 5 * MINUTE)
    seen = {slot.item_version_id for slot in first.slots}
    assert not seen & {slot.item_version_id for slot in second.slots}


def test_without_shuffling_everybody_gets_the_order_of_the_pool(cast: Cast) -> None:
    items = make_items(5, shop=cast.shop)
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, at=AT, shuffle_items=False, shuffle_options=False)
    give(cast.trainer, quiz, cast.agent, at=AT)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=AT)
    assert [slot.item_version_id for slot in attempt.slots] == [item.current_version_id for item in items]
    assert {tuple(slot.option_order) for slot in attempt.slots} == {("right", "w1", "w2", "w3")}


def test_attempts_allowed_cooldown_and_window(cast: Cast) -> None:
    quiz = quiz_for(cast, attempts_allowed=2, cooldown_seconds=3600, opens_at=AT, closes_at=AT + timedelta(days=1))
    with pytest.raises(StartRefused, match="开放"):
        start_attempt(actor=cast.agent, quiz=quiz, at=AT - MINUTE)
    do(cast, quiz, 1)
    with pytest.raises(StartRefused, match="间隔一段时间，2026-11-02 10:01"):
        start_attempt(actor=cast.agent, quiz=quiz, at=AT + 30 * MINUTE)
    do(cast, quiz, 1, at=AT + 62 * MINUTE)
    with pytest.raises(StartRefused, match="次数已用完"):
        start_attempt(actor=cast.agent, quiz=quiz, at=AT + timedelta(hours=5))
    assert start_attempt(actor=cast.agent2, quiz=quiz, at=AT).number == 1
    with pytest.raises(StartRefused, match="开放时间已结束"):
        start_attempt(actor=cast.agent, quiz=quiz, at=AT + timedelta(days=1))
    close_quiz(actor=cast.trainer, quiz=quiz, at=AT)
    with pytest.raises(StartRefused, match="已关闭"):
        start_attempt(actor=cast.agent, quiz=quiz, at=AT)


def test_individual_arrangements_lengthen_time_and_add_attempts(cast: Cast) -> None:
    quiz = quiz_for(cast, attempts_allowed=1, time_limit_seconds=600)
    grant_allowance(
        actor=cast.trainer, quiz=quiz, person=cast.agent, extra_percent=50, extra_attempts=1, reason="", at=AT
    )
    do(cast, quiz, 1)
    second = start_attempt(actor=cast.agent, quiz=quiz, at=AT + 5 * MINUTE)
    assert (second.number, second.deadline_at) == (2, AT + 20 * MINUTE)


# --- who may take it ---------------------------------------------------------------------------------------------


def test_only_those_with_the_task_or_with_open_practice_in_their_shop(cast: Cast, session) -> None:  # type: ignore[no-untyped-def]
    items = make_items(2, shop=cast.shop)
    assigned = make_quiz(cast.trainer, items, shop=cast.shop, at=AT)
    practice = make_quiz(cast.trainer, items, shop=cast.shop, at=AT, open_practice=True)
    for_all = make_quiz(cast.admin, make_items(2), shop=None, at=AT, open_practice=True)
    (task,) = give(cast.trainer, assigned, cast.agent, at=AT)
    can = {
        cast.agent: [assigned, practice, for_all],
        cast.agent2: [practice, for_all],
        cast.trainer: [practice, for_all],
        cast.other_agent: [for_all],
        cast.other_trainer: [for_all],
    }
    for person, quizzes in can.items():
        for quiz in (assigned, practice, for_all):
            is_assigned = quiz is assigned and person is cast.agent
            assert can_take(person, quiz, is_assigned=is_assigned) is (quiz in quizzes)
            if quiz in quizzes:
                assert start_attempt(actor=person, quiz=quiz, at=AT).person_id == person.id
            else:
                with pytest.raises(NotFound):
                    start_attempt(actor=person, quiz=quiz, at=AT)
        assert set(session.scalars(select(Quiz).where(takeable_filter(person)))) == set(quizzes)
    task.state = AssignmentState.CANCELLED
    with pytest.raises(NotFound):
        start_attempt(actor=cast.agent, quiz=assigned, at=AT)


def test_a_done_task_still_allows_further_attempts(cast: Cast) -> None:
    quiz = quiz_for(cast, 2, attempts_allowed=2)
    do(cast, quiz, 2)
    assert do(cast, quiz, 0, at=AT + 5 * MINUTE).number == 2


# --- saving ------------------------------------------------------------------------------------------------------


def test_a_late_older_save_never_overwrites_a_newer_one(cast: Cast, session) -> None:  # type: ignore[no-untyped-def]
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast), at=AT)
    assert answer(attempt, 1, {"choice": "w1"}, sequence=2).stale is False
    late = answer(attempt, 1, {"choice": "right"}, sequence=1, at=AT + MINUTE)
    assert (late.stale, late.sequence, late.saved_at) == (True, 2, AT)
    assert stored_answers(attempt)[1] == {"choice": "w1"}
    steps = session.scalars(select(Step).order_by(Step.id)).all()
    assert [(step.sequence, step.answer) for step in steps] == [(2, {"choice": "w1"}), (1, {"choice": "right"})]


def test_the_same_save_again_changes_nothing(cast: Cast, session) -> None:  # type: ignore[no-untyped-def]
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast), at=AT)
    first = answer(attempt, 1, {"choice": "w1"}, sequence=1)
    again = answer(attempt, 1, {"choice": "w1"}, sequence=1, at=AT + MINUTE)
    forged = answer(attempt, 1, {"choice": "right"}, sequence=1, at=AT + MINUTE)
    assert (first.stale, again.stale, again.saved_at, forged.saved_at) == (False, False, AT, AT)
    assert stored_answers(attempt)[1] == {"choice": "w1"}
    assert len(session.scalars(select(Step)).all()) == 1


def test_two_tabs_with_the_same_number_keep_what_arrived_last(cast: Cast) -> None:
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast), at=AT)
    answer(attempt, 1, {"choice": "w1"}, sequence=1, client="tab 1")
    assert answer(attempt, 1, {"choice": "w2"}, sequence=1, client="tab 2").stale is False
    assert stored_answers(attempt)[1] == {"choice": "w2"}


def test_an_answer_can_be_taken_back(cast: Cast) -> None:
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast), at=AT)
    answer(attempt, 1, {"choice": "w1"}, sequence=1)
    assert answer(attempt, 1, None, sequence=2).answered is False
    assert stored_answers(attempt)[1] is None


@pytest.mark.parametrize("sequence", [0, -1, 2**31])
def test_a_save_needs_a_usable_number(cast: Cast, sequence: int) -> None:
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast), at=AT)
    with pytest.raises(BadSave):
        answer(attempt, 1, None, sequence=sequence)


def test_a_stranger_saves_nothing(cast: Cast) -> None:
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast), at=AT)
    for person in (cast.agent2, cast.trainer, cast.admin):
        with pytest.raises(NotFound):
            save_answer(actor=person, attempt=attempt, position=1, answer=None, sequence=1, client="a", at=AT)
        with pytest.raises(NotFound):
            submit_attempt(actor=person, attempt=attempt, at=AT)
        with pytest.raises(NotFound):
            set_flag(actor=person, attempt=attempt, position=1, flagged=True, at=AT)
    with pytest.raises(NotFound):
        answer(attempt, 99, None, sequence=1)


def test_steps_are_never_changed(cast: Cast, session) -> None:  # type: ignore[no-untyped-def]
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast), at=AT)
    answer(attempt, 1, {"choice": "w1"}, sequence=1)
    step = session.scalars(select(Step)).one()
    step.sequence = 9
    with pytest.raises(DatabaseError, match="append-only"):
        session.flush()


# --- the clock ---------------------------------------------------------------------------------------------------


def test_answers_count_until_the_grace_period_ends(cast: Cast) -> None:
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast, time_limit_seconds=600), at=AT)
    end = AT + 10 * MINUTE
    assert answer(attempt, 1, {"choice": "right"}, sequence=1, at=end + GRACE).remaining == 0
    with pytest.raises(AttemptClosed):
        answer(attempt, 2, {"choice": "right"}, sequence=2, at=end + GRACE + timedelta(seconds=1))
    done = submit_attempt(actor=cast.agent, attempt=attempt, at=end + timedelta(hours=3))
    assert (done.closed_by, done.submitted_at, done.duration_seconds, done.score) == (ClosedBy.CLOCK, end, 600, 0.25)


def test_abandoned_attempts_are_handed_in_and_graded(cast: Cast) -> None:
    quiz = quiz_for(cast, time_limit_seconds=600)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=AT)
    answer(attempt, 1, {"choice": "right"}, sequence=1)
    fresh = start_attempt(actor=cast.agent2, quiz=quiz, at=AT + 5 * MINUTE)
    assert close_overdue(at=AT + 10 * MINUTE) == 0
    assert close_overdue(at=AT + 11 * MINUTE) == 1
    assert close_overdue(at=AT + 11 * MINUTE) == 0
    assert (attempt.state, attempt.closed_by, attempt.score) == (AttemptState.SUBMITTED, ClosedBy.CLOCK, 0.25)
    assert fresh.state is AttemptState.OPEN
    assert records(attempt) == [("attempted", 0.25, None), ("failed", 0.25, False)]


def test_one_broken_attempt_keeps_no_other_open(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from quizzes.types.choice import Single

    quiz = quiz_for(cast, time_limit_seconds=600)
    broken = start_attempt(actor=cast.agent, quiz=quiz, at=AT)
    sound = start_attempt(actor=cast.agent2, quiz=quiz, at=AT + MINUTE)
    answer(broken, 1, {"choice": "bomb"}, sequence=1)
    grade = Single.grade

    def explode(self: Single, definition: Any, response: Any) -> Any:
        if response == {"choice": "bomb"}:
            raise RuntimeError("a plugin's mistake")
        return grade(self, definition, response)

    monkeypatch.setattr(Single, "grade", explode)
    assert close_overdue(at=AT + timedelta(hours=1)) == 1
    assert (broken.state, sound.state) == (AttemptState.OPEN, AttemptState.SUBMITTED)


def test_an_overdue_attempt_uses_up_one_of_the_allowed_ones(cast: Cast) -> None:
    quiz = quiz_for(cast, time_limit_seconds=600, attempts_allowed=1)
    first = start_attempt(actor=cast.agent, quiz=quiz, at=AT)
    with pytest.raises(StartRefused, match="次数已用完"):
        start_attempt(actor=cast.agent, quiz=quiz, at=AT + 11 * MINUTE)
    assert first.closed_by is ClosedBy.CLOCK


# --- handing in --------------------------------------------------------------------------------------------------


def test_handing_in_twice_is_handing_in_once(cast: Cast) -> None:
    quiz = quiz_for(cast, cut_score=0.5)
    done = do(cast, quiz, 3)
    assert (done.score, done.passed, done.mark, done.max_mark, done.closed_by) == (0.75, True, 3, 4, ClosedBy.EXAMINEE)
    again = submit_attempt(actor=cast.agent, attempt=done, at=AT + timedelta(days=1))
    assert (again.submitted_at, again.score) == (AT + MINUTE, 0.75)
    assert records(done) == [("attempted", 0.75, None), ("passed", 0.75, True)]
    with pytest.raises(AttemptClosed):
        answer(done, 1, {"choice": "w1"}, sequence=99, at=AT + MINUTE)


def test_passing_closes_the_task_and_failing_does_not(cast: Cast) -> None:
    quiz = quiz_for(cast, cut_score=0.5)
    (task,) = (one for one in quiz_tasks(quiz) if one.person_id == cast.agent.id)
    do(cast, quiz, 1)
    assert task.state is AssignmentState.OPEN
    do(cast, quiz, 4, at=AT + 5 * MINUTE)
    assert (task.state, task.completed_at) == (AssignmentState.DONE, AT + 6 * MINUTE)


def quiz_tasks(quiz: Quiz) -> list[Any]:
    from lms.learning.models import Assignment

    return list(Assignment.query.filter_by(activity_id=quiz.activity_id))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("keep", "told"),
    [
        (Keep.BEST, [("failed", 0.25), ("passed", 1.0), ("passed", 1.0)]),
        (Keep.LAST, [("failed", 0.25), ("passed", 1.0), ("failed", 0.5)]),
        (Keep.FIRST, [("failed", 0.25), ("failed", 0.25), ("failed", 0.25)]),
    ],
)
def test_the_ledger_is_told_what_counts(cast: Cast, keep: Keep, told: list[tuple[str, float]]) -> None:
    quiz = quiz_for(cast, keep=keep, cut_score=0.8)
    attempts = [do(cast, quiz, right, at=AT + n * 10 * MINUTE) for n, right in enumerate([1, 4, 2])]
    rows = records(attempts[0])
    assert [(verb, score) for verb, score, _ in rows if verb == "attempted"] == [
        ("attempted", 0.25),
        ("attempted", 1.0),
        ("attempted", 0.5),
    ]
    assert [(verb, score) for verb, score, _ in rows if verb != "attempted"] == told
    last = Record.query.filter(Record.verb.in_([Verb.PASSED, Verb.FAILED])).order_by(Record.id.desc()).first()  # type: ignore[attr-defined]
    counted = {Keep.BEST: attempts[1], Keep.LAST: attempts[2], Keep.FIRST: attempts[0]}[keep]
    assert (last.context["attempt_id"], last.context["after_attempt_id"]) == (counted.id, attempts[2].id)


def test_partial_credit_and_unlike_marks(cast: Cast) -> None:
    items = [
        make_item("multiple", shop=cast.shop),
        make_item("truefalse", shop=cast.shop),
        make_item("fill", shop=cast.shop),
    ]
    marks = {"multiple": 4.0, "fill": 2.0}
    for partial, score in ((True, 5 / 7), (False, 3 / 7)):
        quiz = make_quiz(cast.trainer, items, shop=cast.shop, at=AT, partial_credit=partial, type_marks=marks)
        give(cast.trainer, quiz, cast.agent, at=AT)
        attempt = start_attempt(actor=cast.agent, quiz=quiz, at=AT)
        for slot in attempt.slots:
            response = {"choices": ["right"]} if slot.type == "multiple" else KEYS[slot.type]
            answer(attempt, slot.position, response, sequence=1)
        done = submit_attempt(actor=cast.agent, attempt=attempt, at=AT)
        assert done.max_mark == 7 and done.score == round(score, 4)


def test_the_hook_attempt_submitted_is_told_once(cast: Cast) -> None:
    from lms.kernel.hookspecs import hookimpl
    from lms.kernel.plugins import manager

    heard: list[int] = []

    class Listener:
        @hookimpl
        def attempt_submitted(self, attempt: Attempt) -> None:
            assert attempt.score is not None
            heard.append(attempt.id)

    listener = Listener()
    manager().register(listener)
    try:
        done = do(cast, quiz_for(cast), 2)
        submit_attempt(actor=cast.agent, attempt=done, at=AT + MINUTE)
    finally:
        manager().unregister(listener)
    assert heard == [done.id]


def test_an_answer_of_a_lost_question_type_waits_for_a_marker(cast: Cast) -> None:
    attempt = start_attempt(actor=cast.agent, quiz=quiz_for(cast, 2), at=AT)
    attempt.slots[0].type = "of_a_lost_plugin"
    done = submit_attempt(actor=cast.agent, attempt=attempt, at=AT + MINUTE)
    assert (done.score, done.passed, [slot.mark for slot in done.slots]) == (None, None, [None, 0.0])
