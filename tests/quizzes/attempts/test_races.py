"""Many at once: two starts give one attempt, two tabs lose nothing; a killed server lost nothing."""

from __future__ import annotations

import http.cookiejar
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.learning.models import Record
from lms.people.models import Person
from quizzes.attempts.models import Attempt, Slot, Step
from quizzes.attempts.queries import stored_answers
from quizzes.attempts.services import start_attempt
from tests.conftest import Cast
from tests.factories import PASSWORD
from tests.quizzes.papers.factories import give, make_items, make_quiz

JSON = {"Accept": "application/json"}
SignIn = Callable[[Person], FlaskClient]


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run the calls in threads that start together; returns their results in order."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    failures: list[Exception] = []

    def run(number: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[number] = call()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    return results


def test_two_starts_at_once_give_one_attempt(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(25, shop=cast.shop), shop=cast.shop, draw_count=20, attempts_allowed=1)
    give(cast.trainer, quiz, cast.agent)
    session.commit()
    url = f"/attempts/quiz/{quiz.id}/start"  # rows belong to this thread's session
    clients = [sign_in(cast.agent) for _ in range(6)]
    pages = at_once([lambda client=client: client.post(url) for client in clients])
    assert {page.status_code for page in pages} == {302}
    assert len({page.location for page in pages}) == 1
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1
    assert session.scalar(select(func.count()).select_from(Slot)) == 20


def test_the_number_of_attempts_holds_under_a_race(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(3, shop=cast.shop), shop=cast.shop, attempts_allowed=2)
    give(cast.trainer, quiz, cast.agent)
    session.commit()
    url = f"/attempts/quiz/{quiz.id}/start"
    clients = [sign_in(cast.agent) for _ in range(4)]

    def start_and_hand_in(client: FlaskClient) -> None:
        for _ in range(3):
            page = client.post(url)
            if page.status_code == 302:
                client.post(f"{page.location}/submit")

    at_once([lambda client=client: start_and_hand_in(client) for client in clients])
    session.expire_all()
    numbers = session.scalars(select(Attempt.number).order_by(Attempt.number)).all()
    assert numbers == [1, 2]


def test_two_tabs_saving_lose_nothing(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(10, shop=cast.shop), shop=cast.shop)
    give(cast.trainer, quiz, cast.agent)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=now())
    session.commit()
    url = f"/attempts/{attempt.id}/slots"
    clients = {"one": sign_in(cast.agent), "two": sign_in(cast.agent)}

    def save(tab: str, positions: range) -> list[int]:
        statuses = []
        for number, position in enumerate(positions, start=1):
            data = {"answer": "right" if tab == "one" else "w1", "sequence": number, "client": tab}
            page = clients[tab].post(f"{url}/{position}/answer", data=data, headers=JSON)
            statuses.append(page.status_code)
        return statuses

    statuses = at_once([lambda: save("one", range(1, 6)), lambda: save("two", range(6, 11))])
    assert statuses == [[200] * 5, [200] * 5]
    session.expire_all()
    assert stored_answers(attempt) == {n: {"choice": "right" if n < 6 else "w1"} for n in range(1, 11)}
    assert session.scalar(select(func.count()).select_from(Step)) == 10


def test_handing_in_from_several_windows_is_one_hand_in(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(5, shop=cast.shop), shop=cast.shop)
    give(cast.trainer, quiz, cast.agent)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=now())
    session.commit()
    url = f"/attempts/{attempt.id}"
    clients = [sign_in(cast.agent) for _ in range(4)]
    pages = at_once([lambda client=client: client.post(f"{url}/submit") for client in clients])
    assert {page.location for page in pages} == {f"{url}/result"}
    session.expire_all()
    assert [row.verb.value for row in session.scalars(select(Record).order_by(Record.id))] == ["attempted", "failed"]


def test_what_is_acknowledged_is_graded_although_the_hand_in_crosses_it(
    cast: Cast, session: scoped_session, sign_in: SignIn
) -> None:
    quiz = make_quiz(cast.trainer, make_items(8, shop=cast.shop), shop=cast.shop)
    give(cast.trainer, quiz, cast.agent)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=now())
    session.commit()
    url = f"/attempts/{attempt.id}"
    saver, closer = sign_in(cast.agent), sign_in(cast.agent)

    def save_all() -> int:
        acknowledged = 0
        for position in range(1, 9):
            data = {"answer": "right", "sequence": position, "client": "a"}
            page = saver.post(f"{url}/slots/{position}/answer", data=data, headers=JSON)
            acknowledged += page.status_code == 200
        return acknowledged

    acknowledged, _ = at_once([save_all, lambda: closer.post(f"{url}/submit")])
    session.expire_all()
    assert attempt.mark == acknowledged


SERVER = """
from lms.app import create_app
from werkzeug.serving import make_server
app = create_app({"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False, "JOBS_INLINE": True})
server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.port, flush=True)
server.serve_forever()
"""


class Browser:
    """A browser against a server process."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}"
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def post(self, path: str, **data: object) -> bytes:
        body = urllib.parse.urlencode(data).encode()
        request = urllib.request.Request(self.root + path, body, JSON)
        with self.opener.open(request, timeout=30) as answer:
            return bytes(answer.read())


def serve(folder: Path) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def test_a_killed_server_has_every_acknowledged_answer(
    app: Flask, cast: Cast, session: scoped_session, home: Path
) -> None:
    quiz = make_quiz(cast.trainer, make_items(12, shop=cast.shop), shop=cast.shop)
    give(cast.trainer, quiz, cast.agent)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=now())
    session.commit()
    acknowledged: dict[int, dict[str, str]] = {}
    for choice, positions in (("w1", range(1, 8)), ("right", range(5, 11))):  # two crashes; 5–7 are answered twice
        process, port = serve(home)
        try:
            browser = Browser(port)
            browser.post("/sign-in", account="agent", password=PASSWORD)
            for position in positions:
                sequence = position + (100 if choice == "right" else 0)
                reply = browser.post(
                    f"/attempts/{attempt.id}/slots/{position}/answer", answer=choice, sequence=sequence, client=choice
                )
                assert json.loads(reply)["saved"] is True
                acknowledged[position] = {"choice": choice}
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    session.expire_all()
    stored = stored_answers(attempt)
    assert {position: stored[position] for position in acknowledged} == acknowledged
    assert [stored[11], stored[12]] == [None, None]
    process, port = serve(home)  # the browser comes back, sends its last save again, and hands in
    try:
        browser = Browser(port)
        browser.post("/sign-in", account="agent", password=PASSWORD)
        browser.post(f"/attempts/{attempt.id}/slots/10/answer", answer="right", sequence=110, client="right")
        browser.post(f"/attempts/{attempt.id}/submit")
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    session.expire_all()
    assert (attempt.mark, attempt.max_mark) == (6, 12)
