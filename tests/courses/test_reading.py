"""A lesson counts as read when its end was reached and the time is believable; and it counts once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.lessons.enums import ReachedBy, ReadingState
from courses.lessons.models import Lesson
from courses.lessons.publishing import publish
from courses.lessons.queries import next_to_read, readings_of, shelves_of
from courses.lessons.services import (
    Draft,
    ReadingTooShort,
    edit_lesson,
    open_lesson,
    record_reading,
    version_in_hand,
)
from lms.learning.enums import AssignmentReason, AssignmentState, Dimension, Verb
from lms.learning.models import Record
from lms.learning.services import assign
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import AT, BODY, NEEDED, newest, write_lesson

SignIn = Callable[[Person], FlaskClient]


def records(session: scoped_session, verb: Verb) -> list[Record]:
    return list(session.scalars(select(Record).where(Record.verb == verb).order_by(Record.id)))


def read(
    person: Person, lesson: Lesson, *, at: timedelta = timedelta(), reached_by: ReachedBy = ReachedBy.BUTTON
) -> Record:
    """Open at ``at`` after AT, and be done as soon as that can be believed."""
    open_lesson(actor=person, lesson=lesson, version=newest(lesson), at=AT + at)
    done = AT + at + timedelta(seconds=NEEDED)
    return record_reading(actor=person, lesson=lesson, version=newest(lesson), reached_by=reached_by, at=done)


# --- the service -------------------------------------------------------------------------------------------------


def test_the_end_too_early_is_not_taken(cast: Cast, lesson: Lesson, session: scoped_session) -> None:
    open_lesson(actor=cast.agent, lesson=lesson, version=newest(lesson), at=AT)
    with pytest.raises(ReadingTooShort) as raised:
        record_reading(
            actor=cast.agent,
            lesson=lesson,
            version=newest(lesson),
            reached_by=ReachedBy.SENTINEL,
            at=AT + timedelta(seconds=NEEDED - 0.5),
        )
    assert raised.value.seconds_left == 1
    assert records(session, Verb.COMPLETED) == []


def test_the_end_in_time_goes_into_the_ledger(cast: Cast, lesson: Lesson, session: scoped_session) -> None:
    record = read(cast.agent, lesson, reached_by=ReachedBy.SENTINEL)
    assert (record.actor_id, record.activity_id, record.verb) == (cast.agent.id, lesson.activity_id, Verb.COMPLETED)
    assert (record.completion, record.success, record.score) == (True, None, None)
    assert record.duration_seconds == NEEDED
    assert record.context == {"lesson": lesson.id, "version": 1, "reached_by": "sentinel"}


def test_a_lesson_that_was_never_opened_can_not_be_finished(cast: Cast, lesson: Lesson) -> None:
    with pytest.raises(ReadingTooShort) as raised:
        record_reading(actor=cast.agent, lesson=lesson, version=newest(lesson), reached_by=ReachedBy.BUTTON, at=AT)
    assert raised.value.seconds_left == NEEDED


def test_reading_is_recorded_once(cast: Cast, lesson: Lesson, session: scoped_session) -> None:
    first = read(cast.agent, lesson)
    again = read(cast.agent, lesson, at=timedelta(days=2))
    assert again.id == first.id
    assert len(records(session, Verb.COMPLETED)) == 1
    assert len(records(session, Verb.OPENED)) == 1


def test_coming_back_does_not_start_the_time_anew(cast: Cast, lesson: Lesson) -> None:
    version = newest(lesson)
    open_lesson(actor=cast.agent, lesson=lesson, version=version, at=AT)
    later = open_lesson(actor=cast.agent, lesson=lesson, version=version, at=AT + timedelta(days=1))
    assert (later.opened_at, later.seconds_left) == (AT, 0)


def test_a_lesson_left_open_for_hours_has_no_duration(cast: Cast, lesson: Lesson) -> None:
    version = newest(lesson)
    open_lesson(actor=cast.agent, lesson=lesson, version=version, at=AT)
    done = AT + timedelta(hours=2, seconds=1)
    record = record_reading(actor=cast.agent, lesson=lesson, version=version, reached_by=ReachedBy.BUTTON, at=done)
    assert record.duration_seconds is None


def test_everybody_has_an_own_record(cast: Cast, lesson: Lesson, session: scoped_session) -> None:
    read(cast.agent, lesson)
    read(cast.agent2, lesson)
    assert [record.actor_id for record in records(session, Verb.COMPLETED)] == [cast.agent.id, cast.agent2.id]


def test_reading_closes_the_task(cast: Cast, lesson: Lesson) -> None:
    (task,) = assign(
        actor=cast.trainer,
        activity=lesson.activity,
        people=[cast.agent],
        due_at=AT + timedelta(days=3),
        reason=AssignmentReason.ONBOARDING,
        at=AT,
    )
    record = read(cast.agent, lesson)
    assert (task.state, task.completed_at) == (AssignmentState.DONE, record.at)


def test_a_new_task_asks_for_a_new_reading(cast: Cast, lesson: Lesson, session: scoped_session) -> None:
    """A remedial task on a lesson that was read months ago is not done by the old reading."""
    read(cast.agent, lesson)
    later = AT + timedelta(days=90)
    (task,) = assign(
        actor=cast.trainer,
        activity=lesson.activity,
        people=[cast.agent],
        due_at=later + timedelta(days=3),
        reason=AssignmentReason.FINDING,
        at=later,
    )
    assert [reading.state for reading in readings_of(cast.agent)] == [ReadingState.UNREAD]
    opening = open_lesson(actor=cast.agent, lesson=lesson, version=newest(lesson), at=later)
    assert (opening.completed, opening.seconds_left, opening.task) == (None, NEEDED, task)
    assert [reading.state for reading in readings_of(cast.agent)] == [ReadingState.READING]
    read(cast.agent, lesson, at=timedelta(days=90))
    read(cast.agent, lesson, at=timedelta(days=91))
    assert task.state is AssignmentState.DONE
    assert len(records(session, Verb.COMPLETED)) == 2
    assert [reading.state for reading in readings_of(cast.agent)] == [ReadingState.DONE]


def test_a_new_version_is_marked_and_can_be_read_again(cast: Cast, lesson: Lesson, session: scoped_session) -> None:
    read(cast.agent, lesson)
    edit_lesson(
        actor=cast.trainer,
        lesson=lesson,
        draft=Draft(title="甲店接待礼仪课", body=BODY + "新的一段。"),
        competencies=lesson.activity.competencies,
        base=1,
        at=AT,
    )
    assert [(reading.state, reading.changed_since) for reading in readings_of(cast.agent)] == [
        (ReadingState.DONE, False)
    ]
    publish(actor=cast.trainer, lesson=lesson, at=AT)
    assert [(reading.state, reading.changed_since) for reading in readings_of(cast.agent)] == [
        (ReadingState.DONE, True)
    ]
    read(cast.agent, lesson, at=timedelta(days=1))
    assert [(reading.state, reading.changed_since) for reading in readings_of(cast.agent)] == [
        (ReadingState.DONE, False)
    ]
    assert [record.context["version"] for record in records(session, Verb.COMPLETED)] == [1, 2]


def test_a_version_replaced_while_reading_still_counts(cast: Cast, lesson: Lesson) -> None:
    old = newest(lesson)
    open_lesson(actor=cast.agent, lesson=lesson, version=old, at=AT)
    edit_lesson(
        actor=cast.trainer,
        lesson=lesson,
        draft=Draft(title="甲店接待礼仪课", body=BODY + "新的一段。"),
        competencies=lesson.activity.competencies,
        base=1,
        at=AT,
    )
    publish(actor=cast.trainer, lesson=lesson, at=AT)
    new = newest(lesson)
    assert version_in_hand(actor=cast.agent, lesson=lesson, published=new, number=1) == old
    assert version_in_hand(actor=cast.agent2, lesson=lesson, published=new, number=1) == new
    for nonsense in (0, 2, 3, 99):
        assert version_in_hand(actor=cast.agent, lesson=lesson, published=new, number=nonsense) == new


def test_what_to_go_on_with(cast: Cast, session: scoped_session) -> None:
    def lesson_called(title: str, dimension: Dimension) -> Lesson:
        return write_lesson(cast.trainer, cast.shop, title=title, dimension=dimension)

    done, given, begun, unread = (
        lesson_called(*row)
        for row in (
            ("读过的", Dimension.ATTITUDE),
            ("布置的", Dimension.SKILL),
            ("读了一半的", Dimension.KNOWLEDGE),
            ("没读的", Dimension.ATTITUDE),
        )
    )
    read(cast.agent, done)
    open_lesson(actor=cast.agent, lesson=begun, version=newest(begun), at=AT)
    assign(
        actor=cast.trainer,
        activity=given.activity,
        people=[cast.agent],
        due_at=AT + timedelta(days=1),
        reason=AssignmentReason.BY_HAND,
        at=AT,
    )
    assert [reading.lesson for reading in next_to_read(cast.agent)] == [given, begun, unread]
    assert [reading.lesson for reading in next_to_read(cast.agent, limit=1)] == [given]
    shelves = [
        (s.dimension, s.done, [reading.lesson for reading in s.readings], s.percent) for s in shelves_of(cast.agent)
    ]
    assert shelves == [
        (Dimension.ATTITUDE, 1, [done, unread], 50.0),
        (Dimension.KNOWLEDGE, 0, [begun], 0.0),
        (Dimension.SKILL, 0, [given], 0.0),
    ]


# --- the page ----------------------------------------------------------------------------------------------------


def test_without_script_the_button_completes_in_time(
    cast: Cast, lesson: Lesson, sign_in: SignIn, session: scoped_session
) -> None:
    url = f"/lessons/{lesson.id}"
    with time_machine.travel(AT, tick=False) as traveller:
        client = sign_in(cast.agent)
        page = client.get(url).get_data(as_text=True)
        assert f'data-seconds-left="{NEEDED}"' in page
        assert f'<form method="post" action="{url}/finish"' in page
        traveller.shift(5)
        early = client.post(f"{url}/finish", data={"version": "1", "reached_by": "button"})
        assert (early.status_code, early.location) == (303, f"{url}?early=1#finish")
        assert f"再过约 {NEEDED - 5} 秒就可以记为读完" in client.get(f"{url}?early=1").get_data(as_text=True)
        traveller.shift(NEEDED)
        done = client.post(f"{url}/finish", data={"version": "1", "reached_by": "button"})
        assert (done.status_code, done.location) == (303, f"{url}#finish")
        page = client.get(url).get_data(as_text=True)
    assert "这一节读完了" in page
    assert "2026-11-02 09:00 记入学习记录" in page
    (record,) = records(session, Verb.COMPLETED)
    assert record.context["reached_by"] == "button"


def test_with_script_the_fragment_is_replaced(
    cast: Cast, lesson: Lesson, sign_in: SignIn, session: scoped_session
) -> None:
    url = f"/lessons/{lesson.id}"
    told = {"version": "1", "reached_by": "sentinel"}
    with time_machine.travel(AT, tick=False) as traveller:
        client = sign_in(cast.agent)
        client.get(url)
        traveller.shift(1)
        early = client.post(f"{url}/finish", data=told, headers={"HX-Request": "true"})
        assert (early.status_code, "<html" in early.get_data(as_text=True)) == (200, False)
        assert f'data-seconds-left="{NEEDED - 1}"' in early.get_data(as_text=True)
        assert records(session, Verb.COMPLETED) == []
        traveller.shift(NEEDED)
        for _ in range(2):
            done = client.post(f"{url}/finish", data=told, headers={"HX-Request": "true"})
            assert "这一节读完了" in done.get_data(as_text=True)
            assert "<form" not in done.get_data(as_text=True)
    assert [record.context["reached_by"] for record in records(session, Verb.COMPLETED)] == ["sentinel"]


@pytest.mark.parametrize("version", ["", "-1", "9", "x", "99999999999999999999", "١"])
def test_a_strange_version_number_is_no_error(cast: Cast, lesson: Lesson, sign_in: SignIn, version: str) -> None:
    client = sign_in(cast.agent)
    answer = client.post(f"/lessons/{lesson.id}/finish", data={"version": version, "reached_by": "nobody"})
    assert answer.status_code == 303


def test_a_task_leads_to_its_lesson(cast: Cast, lesson: Lesson, sign_in: SignIn) -> None:
    answer = sign_in(cast.agent).get(f"/lessons/of-activity/{lesson.activity_id}")
    assert (answer.status_code, answer.location) == (302, f"/lessons/{lesson.id}")
    assert sign_in(cast.agent).get("/lessons/of-activity/99999").status_code == 404
