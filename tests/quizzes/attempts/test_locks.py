"""A locked quiz says why and is not started; what is begun may be finished. Attempts in the transcript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.kernel.hookspecs import Lock, hookimpl
from lms.kernel.plugins import plugins
from lms.learning.labels import urls_open_to
from lms.learning.locks import ActivityLocked
from lms.people.models import Person
from quizzes.attempts.models import Attempt
from quizzes.attempts.plugin import transcript_sections
from quizzes.attempts.services import start_attempt, submit_attempt
from quizzes.papers.models import Quiz
from tests.conftest import Cast
from tests.quizzes.papers.factories import give, make_items, make_quiz

SignIn = Callable[[Person], FlaskClient]
REASON = "先通过第一天的关卡，才能考第二天。"


class Locking(SimpleNamespace):
    """A plugin that locks some activities."""

    locked: set[int]

    @hookimpl
    def activity_locks(self, activity_ids: list[int]) -> dict[int, Lock]:
        return {number: Lock(REASON, "/here", "去第一天") for number in activity_ids if number in self.locked}


@pytest.fixture
def locking(app: object) -> Iterator[Locking]:
    plugin = Locking(locked=set())
    plugins().manager.register(plugin, name="locking")
    yield plugin
    plugins().manager.unregister(name="locking")


@pytest.fixture
def quiz(cast: Cast, session: scoped_session) -> Quiz:
    made = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop, title="第二天", open_practice=True)
    session.commit()
    return made


def test_locked_quiz_says_why_and_is_not_started(
    cast: Cast, session: scoped_session, quiz: Quiz, locking: Locking, sign_in: SignIn
) -> None:
    client = sign_in(cast.agent)
    assert "开始作答" in client.get(f"/attempts/quiz/{quiz.id}").get_data(as_text=True)
    assert quiz.activity_id is not None
    locking.locked = {quiz.activity_id}
    page = client.get(f"/attempts/quiz/{quiz.id}").get_data(as_text=True)
    assert REASON in page and "去第一天" in page and "开始作答" not in page
    assert REASON in client.get("/attempts/").get_data(as_text=True)
    answer = client.post(f"/attempts/quiz/{quiz.id}/start")
    assert answer.status_code == 403 and REASON in answer.get_data(as_text=True)
    assert session.query(Attempt).count() == 0


def test_attempt_in_progress_may_be_finished_but_no_other_is_begun(cast: Cast, quiz: Quiz, locking: Locking) -> None:
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=now())
    assert quiz.activity_id is not None
    locking.locked = {quiz.activity_id}
    assert start_attempt(actor=cast.agent, quiz=quiz, at=now()) is attempt
    submit_attempt(actor=cast.agent, attempt=attempt, at=now())
    with pytest.raises(ActivityLocked, match="先通过第一天"):
        start_attempt(actor=cast.agent, quiz=quiz, at=now())


def test_transcript_has_the_attempts_that_the_viewer_may_see(cast: Cast, quiz: Quiz) -> None:
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=now())
    submit_attempt(actor=cast.agent, attempt=attempt, at=now())
    seen = {
        name: [
            one.id for section in transcript_sections(cast.agent, viewer, now()) for one in section.context["attempts"]
        ]
        for name, viewer in cast.people().items()
    }
    expected = {"agent", "lead", "supervisor", "trainer", "admin"}
    assert {name for name, ids in seen.items() if ids == [attempt.id]} == expected
    assert all(not ids for name, ids in seen.items() if name not in expected)


def test_only_who_may_open_a_quiz_is_led_to_it(cast: Cast, session: scoped_session, app: Flask) -> None:
    given = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop, title="布置了才能做")
    practice = make_quiz(
        cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop, title="谁都能练", open_practice=True
    )
    give(cast.trainer, given, cast.agent)
    session.commit()
    activities = [quiz.activity for quiz in (given, practice) if quiz.activity is not None]
    with app.test_request_context():
        led = {name: set(urls_open_to(getattr(cast, name), activities)) for name in ("agent", "agent2", "other_agent")}
    assert led == {
        "agent": {given.activity_id, practice.activity_id},
        "agent2": {practice.activity_id},
        "other_agent": set(),
    }
