"""阅卷: marks by people, the total after the last, history of re-marks, and who marks whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from lms.kernel.errors import NotFound
from lms.learning.enums import Verb
from lms.learning.models import Record
from lms.people.enums import Role
from quizzes.attempts.key_points import given_points, key_points
from quizzes.attempts.marking import (
    MarkRefused,
    count_waiting,
    mark_slot,
    markable,
    next_waiting,
    scaled_points,
    waiting_questions,
)
from quizzes.attempts.models import Attempt, Mark, Slot
from quizzes.attempts.rules import can_mark
from quizzes.attempts.services import save_answer, start_attempt, submit_attempt
from quizzes.types.written import Short
from tests.conftest import Cast
from tests.factories import make_person
from tests.quizzes.papers.factories import KEYS, definition, give, make_item, make_quiz

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)


def hand_in(cast: Cast, *people: Any, shorts: int = 2, **policy: Any) -> list[Attempt]:
    """Each person answers a single choice right and `shorts` short answers."""
    items = [make_item(shop=cast.shop), *(make_item("short", shop=cast.shop) for _ in range(shorts))]
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, at=AT, type_marks={"short": 5.0}, **policy)
    give(cast.trainer, quiz, *people, at=AT)
    attempts = []
    for person in people:
        attempt = start_attempt(actor=person, quiz=quiz, at=AT)
        for slot in attempt.slots:
            save_answer(
                actor=person,
                attempt=attempt,
                position=slot.position,
                answer=KEYS[slot.type],
                sequence=1,
                client="a",
                at=AT,
            )
        attempts.append(submit_attempt(actor=person, attempt=attempt, at=AT))
    return attempts


def shorts_of(attempt: Attempt) -> list[Slot]:
    return [slot for slot in attempt.slots if slot.type == "short"]


def results_told(person: Any) -> list[tuple[str, float | None]]:
    rows = Record.query.filter(Record.actor_id == person.id, Record.verb != Verb.ATTEMPTED).order_by(Record.id)  # type: ignore[attr-defined]
    return [(row.verb.value, row.score) for row in rows]


def test_the_total_is_null_until_the_last_slot_is_marked(cast: Cast) -> None:
    (attempt,) = hand_in(cast, cast.agent)
    first, second = shorts_of(attempt)
    assert (attempt.score, attempt.passed, attempt.mark, attempt.max_mark) == (None, None, None, 11)
    assert results_told(cast.agent) == []
    mark_slot(actor=cast.lead, slot=first, mark=5, at=AT)
    assert attempt.score is None and results_told(cast.agent) == []
    mark_slot(actor=cast.trainer, slot=second, mark=2.5, comment=" 少了时间 ", points={"p1": 1.0}, at=AT)
    assert (attempt.mark, attempt.score, attempt.passed) == (8.5, round(8.5 / 11, 4), False)
    assert results_told(cast.agent) == [("failed", round(8.5 / 11, 4))]


def test_a_second_mark_replaces_the_first_and_both_are_kept(cast: Cast, session) -> None:  # type: ignore[no-untyped-def]
    (attempt,) = hand_in(cast, cast.agent, shorts=1)
    (slot,) = shorts_of(attempt)
    mark_slot(actor=cast.lead, slot=slot, mark=1, at=AT)
    mark_slot(actor=cast.trainer, slot=slot, mark=5, comment="参考答案认可", at=AT + timedelta(days=1))
    mark_slot(actor=cast.trainer, slot=slot, mark=5, comment="补一句", at=AT + timedelta(days=2))
    rows = session.scalars(select(Mark).order_by(Mark.revision)).all()
    assert [(row.revision, row.mark, row.marker_id) for row in rows] == [
        (1, 1, cast.lead.id),
        (2, 5, cast.trainer.id),
        (3, 5, cast.trainer.id),
    ]
    assert (attempt.score, attempt.passed) == (1.0, True)
    assert results_told(cast.agent) == [("failed", round(2 / 6, 4)), ("passed", 1.0)]
    rows[0].mark = 3
    with pytest.raises(DatabaseError, match="append-only"):
        session.flush()


@pytest.mark.parametrize("mark", [-0.1, 5.1, float("inf"), float("nan")])
def test_a_mark_lies_between_nothing_and_the_full_mark(cast: Cast, mark: float) -> None:
    (attempt,) = hand_in(cast, cast.agent, shorts=1)
    with pytest.raises(MarkRefused):
        mark_slot(actor=cast.lead, slot=shorts_of(attempt)[0], mark=mark, at=AT)


def test_what_the_machine_graded_is_not_marked_by_hand(cast: Cast) -> None:
    (attempt,) = hand_in(cast, cast.agent, shorts=1)
    single = next(slot for slot in attempt.slots if slot.type == "single")
    with pytest.raises(MarkRefused):
        mark_slot(actor=cast.lead, slot=single, mark=0, at=AT)


def test_rule_and_queue_agree_on_who_marks_what(cast: Cast, session) -> None:  # type: ignore[no-untyped-def]
    two_roles = make_person("双岗", Role.AGENT, Role.LEAD, team=cast.team_b)
    attempts = hand_in(cast, cast.agent, cast.agent2, cast.lead, cast.trainer, two_roles, shorts=1)
    waiting = {shorts_of(attempt)[0] for attempt in attempts}
    for person in [*cast.people().values(), two_roles]:
        listed = set(session.scalars(markable(person))) if "shop:attempts:mark" in person.access.permissions else set()
        assert listed == {slot for slot in waiting if can_mark(person, slot.attempt)}, person.name
    owners = {slot.attempt.person.name for slot in session.scalars(markable(cast.lead))}
    assert owners == {"安小客"}  # neither the other team's nor the own
    for outsider in (cast.other_lead, cast.other_trainer):
        assert count_waiting(outsider) == 0
        with pytest.raises(NotFound):
            mark_slot(actor=outsider, slot=next(iter(waiting)), mark=1, at=AT)
    with pytest.raises(NotFound):
        mark_slot(actor=cast.lead, slot=shorts_of(attempts[2])[0], mark=5, at=AT)


def test_the_queue_goes_question_by_question(cast: Cast) -> None:
    attempts = hand_in(cast, cast.agent, cast.agent2, shorts=2)
    rows = waiting_questions(cast.trainer)
    assert [row.waiting for row in rows] == [2, 2]
    first = shorts_of(attempts[0])[0]
    following = next_waiting(cast.trainer, after=first)
    assert following is not None and following.item_version_id == first.item_version_id
    assert following.attempt.person_id == cast.agent2.id
    mark_slot(actor=cast.trainer, slot=first, mark=1, at=AT)
    mark_slot(actor=cast.trainer, slot=following, mark=1, at=AT)
    other = next_waiting(cast.trainer, after=following)
    assert other is not None and other.item_version_id != first.item_version_id
    assert count_waiting(cast.trainer) == 2


def test_an_unanswered_short_answer_needs_no_marker(cast: Cast) -> None:
    items = [make_item("short", shop=cast.shop)]
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, at=AT)
    give(cast.trainer, quiz, cast.agent, at=AT)
    done = submit_attempt(actor=cast.agent, attempt=start_attempt(actor=cast.agent, quiz=quiz, at=AT), at=AT)
    assert (done.score, done.passed) == (0.0, False)


def test_points_become_the_share_of_the_full_mark() -> None:
    points = {"p1": 1.0, "p2": 2.0, "p3": 2.0}
    assert scaled_points(points, {"p1": 1.0, "p2": 2.0, "p3": 2.0}, 10) == 10
    assert scaled_points(points, {"p1": 1.0, "p2": 0.0, "p3": 2.0}, 10) == 6
    assert scaled_points(points, {"p2": 99.0, "unknown": 5.0}, 5) == 2
    assert scaled_points(points, {}, 5) == 0
    assert scaled_points({}, {"p1": 1.0}, 5) == 0


def test_the_hint_is_a_suggestion_and_the_ticks_decide() -> None:
    from werkzeug.datastructures import MultiDict

    points = key_points(Short(), definition("short", 1), {"text": "非常抱歉，今天给您答复"})
    assert [(point.id, point.hinted, point.evidence) for point in points] == [
        ("p1", True, "抱歉"),
        ("p2", False, ""),
        ("p3", True, "今天"),
    ]
    assert given_points(MultiDict([("point", "p2"), ("point", "forged")]), points) == {"p1": 0.0, "p2": 2.0, "p3": 0.0}
    assert key_points(None, {}, None) == []
