"""The pages: no key before its time, nothing that runs, statements counted, saves and clocks over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.people.models import Person
from lms.web.sheets import read_sheet
from quizzes.attempts.models import Attempt
from quizzes.attempts.queries import stored_answers
from quizzes.attempts.services import save_answer, start_attempt, submit_attempt
from quizzes.bank.models import ItemSource
from quizzes.papers.enums import ShowAnswers
from quizzes.papers.models import Quiz
from tests.conftest import Cast
from tests.quizzes.bank.making import make_chat
from tests.quizzes.papers.factories import KEYS, give, make_item, make_items, make_quiz

JSON = {"Accept": "application/json"}
SignIn = Callable[[Person], FlaskClient]


def started(cast: Cast, items: list[Any], *, person: Person | None = None, **kwargs: Any) -> Attempt:
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, **kwargs)
    give(cast.trainer, quiz, person or cast.agent)
    return start_attempt(actor=person or cast.agent, quiz=quiz, at=now())


def every_type(cast: Cast, **kwargs: Any) -> list[Any]:
    return [make_item(kind, shop=cast.shop, **kwargs) for kind in KEYS]


def finish(attempt: Attempt, *, right: bool = True) -> Attempt:
    for slot in attempt.slots:
        response = KEYS[slot.type] if right else None
        save_answer(
            actor=attempt.person,
            attempt=attempt,
            position=slot.position,
            answer=response,
            sequence=1,
            client="a",
            at=now(),
        )
    return submit_attempt(actor=attempt.person, attempt=attempt, at=now())


# --- keys --------------------------------------------------------------------------------------------------------

# Words that stand only in keys, rationales, key points and sources of the test items.
SECRETS = [
    "机密解析",
    "亲，买错了能退吗",
    "48小时",
    "核实物流",
    "给出时间",
    "先致歉，再核实物流",
    "keywords",
    "accepted",
    '"key"',
]


def test_the_paper_in_progress_holds_no_key(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    attempt = started(cast, every_type(cast))
    session.commit()
    client = sign_in(cast.agent)
    pages = {
        "take": client.get(f"/attempts/{attempt.id}"),
        "hand in": client.get(f"/attempts/{attempt.id}/hand-in"),
        "intro": client.get(f"/attempts/quiz/{attempt.quiz_id}"),
        "clock": client.get(f"/attempts/{attempt.id}/clock"),
        "save": client.post(
            f"/attempts/{attempt.id}/slots/1/answer", data={"sequence": 1, "client": "t"}, headers=JSON
        ),
        "result": client.get(f"/attempts/{attempt.id}/result"),
    }
    for name, page in pages.items():
        text = page.get_data(as_text=True)
        assert [word for word in SECRETS if word in text] == [], name
    assert pages["result"].status_code == 302


def test_reloading_the_paper_changes_nothing(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    attempt = started(cast, make_items(30, shop=cast.shop), draw_count=10)
    session.commit()
    client = sign_in(cast.agent)

    def stems() -> list[tuple[str, str]]:
        text = client.get(f"/attempts/{attempt.id}").get_data(as_text=True)
        return re.findall(r'<h2 class="question-stem"[^>]*>([^<]*)</h2>|value="(right|w\d)"', text)

    first = stems()
    assert len(first) == 10 * 5 and stems() == first


@pytest.mark.parametrize(
    ("policy", "right", "seen"),
    [
        (ShowAnswers.AFTER_SUBMIT, False, True),
        (ShowAnswers.AFTER_PASS, False, False),
        (ShowAnswers.AFTER_PASS, True, True),
        (ShowAnswers.NEVER, True, False),
    ],
)
def test_the_result_shows_keys_by_the_frozen_policy(
    cast: Cast, session: scoped_session, sign_in: SignIn, policy: ShowAnswers, right: bool, seen: bool
) -> None:
    items = [make_item(kind, shop=cast.shop) for kind in ("single", "multiple", "truefalse", "fill")]
    attempt = finish(started(cast, items, show_answers=policy), right=right)
    attempt.quiz.show_answers = ShowAnswers.AFTER_SUBMIT if not seen else ShowAnswers.NEVER
    session.commit()
    own = sign_in(cast.agent).get(f"/attempts/{attempt.id}/result").get_data(as_text=True)
    supervisor = sign_in(cast.supervisor).get(f"/attempts/{attempt.id}/result").get_data(as_text=True)
    trainer = sign_in(cast.trainer).get(f"/attempts/{attempt.id}/result").get_data(as_text=True)
    for text in (own, supervisor):
        assert ("机密解析" in text, "亲，买错了能退吗" in text, "正确答案" in text) == (seen, seen, seen)
    assert "机密解析" in trainer
    assert ("100%" if right else "0%") in own


# --- text from chats is text -------------------------------------------------------------------------------------

NASTY = '<script>alert(1)</script><img src=x onerror="alert(2)">{{ 71931*10007 }}"\'&'


def test_the_result_quotes_customers_only(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    asked, answered = make_chat(cast.shop, ("customer", "买错颜色能换吗"), ("agent", "可以换，来回运费您出"))
    item = make_item("single", shop=cast.shop, quote="")
    for message in (answered, asked):
        item.sources.append(
            ItemSource(conversation_id=message.conversation_id, message_id=message.id, quote=message.text)
        )
    attempt = finish(started(cast, [item]))
    session.commit()
    html = sign_in(cast.agent).get(f"/attempts/{attempt.id}/result").get_data(as_text=True)
    assert "买错颜色能换吗" in html
    assert "来回运费您出" not in html


def test_markup_in_stems_options_and_answers_is_inert(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    content = {"options": [{"id": "right", "text": NASTY}, {"id": "w1", "text": "好的"}], "key": "right"}
    items = [
        make_item("single", shop=cast.shop, stem=NASTY, content=content, rationale=NASTY, quote=NASTY),
        make_item("short", shop=cast.shop, stem=NASTY),
    ]
    attempt = started(cast, items, title=NASTY[:200])
    take = f"/attempts/{attempt.id}"
    session.commit()
    agent, trainer = sign_in(cast.agent), sign_in(cast.trainer)
    pages = [agent.get(take), agent.get(f"{take}/hand-in"), agent.get("/attempts/")]
    short = next(slot for slot in attempt.slots if slot.type == "short")
    agent.post(f"{take}/slots/{short.position}/answer", data={"answer": NASTY, "sequence": 1, "client": NASTY[:20]})
    pages.append(agent.get(take))
    agent.post(f"{take}/submit")
    trainer.post(f"/marking/{short.id}", data={"mark": "1", "comment": NASTY})
    pages += [agent.get(f"{take}/result"), agent.get(f"/attempts/quiz/{attempt.quiz_id}"), agent.get("/attempts/")]
    quiz = f"/quizzes/{attempt.quiz_id}"
    pages += [trainer.get(url) for url in (quiz, f"{quiz}/pick", f"{quiz}/preview", f"{quiz}/edit", "/quizzes/")]
    pages += [trainer.get(url) for url in ("/marking/", f"/marking/{short.id}?names=1", "/results/", f"{take}/result")]
    pages += [trainer.get(f"/results/quiz/{attempt.quiz_id}/items")]
    for page in pages:
        text = page.get_data(as_text=True)
        assert page.status_code == 200
        assert "<script>alert" not in text and "<img src=x" not in text and str(71931 * 10007) not in text


# --- statements --------------------------------------------------------------------------------------------------


def counted(client: FlaskClient, count_queries: Any, url: str) -> int:
    with count_queries() as q:
        page = client.get(url)
    assert page.status_code == 200, page.get_data(as_text=True)[:500]
    assert len(page.get_data()) < 60_000, f"{url}: {len(page.get_data())} bytes"
    return q.count


def test_pages_of_the_examinee_ask_little(
    cast: Cast, session: scoped_session, sign_in: SignIn, count_queries: Any
) -> None:
    twenty = [item for _ in range(4) for item in every_type(cast)]
    attempt = started(cast, twenty)
    done = finish(started(cast, twenty, title="第二个"))
    small = started(cast, make_items(1, shop=cast.shop), title="一题")
    session.commit()
    client = sign_in(cast.agent)
    assert counted(client, count_queries, f"/attempts/{attempt.id}") == TAKE
    assert counted(client, count_queries, f"/attempts/{small.id}") == TAKE
    assert counted(client, count_queries, f"/attempts/{attempt.id}/hand-in") == TAKE
    assert counted(client, count_queries, f"/attempts/{done.id}/result") == 7
    assert counted(client, count_queries, f"/attempts/quiz/{attempt.quiz_id}") == 6
    assert counted(client, count_queries, "/attempts/") == 6  # one for what programmes lock
    with count_queries() as q:
        client.post(f"/attempts/{attempt.id}/slots/3/answer", data={"answer": "right", "sequence": 1}, headers=JSON)
    assert q.count == 8


TAKE = 3


def test_lists_ask_the_same_whatever_their_length(
    cast: Cast, session: scoped_session, sign_in: SignIn, count_queries: Any
) -> None:
    items = [*make_items(3, shop=cast.shop), make_item("short", shop=cast.shop)]
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, open_practice=True)
    expected = {
        "/results/": 6,
        "/marking/": 2,
        "/quizzes/": 3,
        f"/quizzes/{quiz.id}": 8,
        f"/quizzes/{quiz.id}/pick": 6,
        f"/quizzes/{quiz.id}/preview": 4,
        f"/results/quiz/{quiz.id}/items": 4,
    }
    for person in (cast.agent, cast.agent2, cast.lead):
        finish(start_attempt(actor=person, quiz=quiz, at=now()))
        make_quiz(cast.trainer, [], shop=cast.shop, title="空的", draw_count=1, publish=False)
        session.commit()
        client = sign_in(cast.trainer)
        assert {url: counted(client, count_queries, url) for url in expected} == expected
    slot = quiz_short(quiz)
    assert counted(sign_in(cast.trainer), count_queries, f"/marking/{slot}") == 5


def quiz_short(quiz: Quiz) -> int:
    from quizzes.attempts.models import Slot

    return int(Slot.query.join(Attempt).filter(Attempt.quiz_id == quiz.id, Slot.type == "short").first().id)  # type: ignore[attr-defined]


# --- saving over HTTP --------------------------------------------------------------------------------------------


def test_a_receipt_says_when_and_how_much_is_left(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 5, 5, 0, tzinfo=UTC), tick=False) as clock:
        attempt = started(cast, make_items(2, shop=cast.shop), time_limit_seconds=600)
        session.commit()
        client = sign_in(cast.agent)
        clock.shift(timedelta(seconds=7))
        data = {"answer": "w1", "sequence": 3, "client": "t"}
        page = client.post(f"/attempts/{attempt.id}/slots/1/answer", data=data, headers=JSON)
        assert json.loads(page.get_data()) == {
            "saved": True,
            "stale": False,
            "answered": True,
            "sequence": 3,
            "at": "13:05:07",
            "remaining": 593,
        }
        late = client.post(
            f"/attempts/{attempt.id}/slots/1/answer", data={**data, "answer": "right", "sequence": 2}, headers=JSON
        )
        assert (late.json["stale"], late.json["sequence"]) == (True, 3)
    assert stored_answers(attempt)[1] == {"choice": "w1"}


def test_forms_work_without_script(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    attempt = started(cast, make_items(2, shop=cast.shop))
    session.commit()
    client = sign_in(cast.agent)
    for choice in ("w1", "w2"):
        page = client.post(f"/attempts/{attempt.id}/slots/2/answer", data={"answer": choice})
        assert (page.status_code, page.location) == (302, f"/attempts/{attempt.id}#q2")
    client.post(f"/attempts/{attempt.id}/slots/1/flag", data={"flagged": "1"})
    session.expire_all()
    assert stored_answers(attempt) == {1: None, 2: {"choice": "w2"}}
    text = client.get(f"/attempts/{attempt.id}/hand-in").get_data(as_text=True)
    assert "还有 1 题没有作答" in text and "标记待查" in text
    page = client.post(f"/attempts/{attempt.id}/submit")
    assert page.location == f"/attempts/{attempt.id}/result"
    assert client.post(f"/attempts/{attempt.id}/submit").location == page.location
    assert client.get(f"/attempts/{attempt.id}").location == page.location


def test_a_tampered_clock_and_forged_fields_give_nothing(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 5, 0, 0, tzinfo=UTC), tick=False) as clock:
        attempt = started(cast, make_items(2, shop=cast.shop), time_limit_seconds=600, attempts_allowed=1)
        session.commit()
        client = sign_in(cast.agent)
        clock.shift(timedelta(minutes=9))
        forged = {"answer": "right", "sequence": 1, "client": "t", "at": "2026-11-02T05:00:00Z", "remaining": 9999}
        reply = client.post(f"/attempts/{attempt.id}/slots/1/answer", data=forged, headers=JSON)
        assert reply.json["remaining"] == 60
        assert 'data-remaining="60"' in client.get(f"/attempts/{attempt.id}").get_data(as_text=True)
        clock.shift(timedelta(seconds=60 + 16))
        late = client.post(
            f"/attempts/{attempt.id}/slots/2/answer", data={**forged, "sequence": 2}, headers={**JSON, "Date": "now"}
        )
        assert (late.status_code, late.json["closed"]) == (409, True)
        assert client.get(f"/attempts/{attempt.id}").location == f"/attempts/{attempt.id}/result"
        assert client.post(f"/attempts/quiz/{attempt.quiz_id}/start").status_code == 409
    session.expire_all()
    assert (attempt.score, attempt.duration_seconds) == (0.5, 600)


def test_a_session_that_ended_does_not_read_as_saved(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    attempt = started(cast, make_items(2, shop=cast.shop))
    session.commit()
    client = sign_in(cast.agent)
    client.delete_cookie("lms")
    page = client.post(f"/attempts/{attempt.id}/slots/1/answer", data={"answer": "w1", "sequence": 1}, headers=JSON)
    assert page.status_code != 200 and "json" not in (page.content_type or "")
    assert stored_answers(attempt)[1] is None


# --- results -----------------------------------------------------------------------------------------------------


def test_results_stay_within_ones_people(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop, open_practice=True)
    attempts = {
        person.name: finish(start_attempt(actor=person, quiz=quiz, at=now()))
        for person in (cast.agent, cast.agent2, cast.lead)
    }
    session.commit()
    sees = {
        cast.lead: {"安小客", "李组长"},
        cast.supervisor: {"安小客", "白小客", "李组长"},
        cast.trainer: {"安小客", "白小客", "李组长"},
        cast.admin: {"安小客", "白小客", "李组长"},
        cast.other_supervisor: set(),
        cast.other_trainer: set(),
    }
    for viewer, names in sees.items():
        client = sign_in(viewer)
        text = client.get("/results/").get_data(as_text=True).split("<main")[1]
        rows = read_sheet(client.get("/results/export.xlsx").get_data(), "x.xlsx")
        assert {row[0] for row in rows[1:]} == names, viewer.name
        for name, attempt in attempts.items():
            assert (f"/attempts/{attempt.id}/result" in text) is (name in names)
            assert client.get(f"/attempts/{attempt.id}/result").status_code == (200 if name in names else 404)
    peer = sign_in(cast.agent)
    assert peer.get(f"/attempts/{attempts['白小客'].id}/result").status_code == 404
    assert "白小客" not in peer.get("/attempts/").get_data(as_text=True)


def test_the_sheet_has_what_the_screen_filters(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop, title="=1+1", open_practice=True)
    finish(start_attempt(actor=cast.agent, quiz=quiz, at=now()))
    finish(start_attempt(actor=cast.agent2, quiz=quiz, at=now()), right=False)
    start_attempt(actor=cast.lead, quiz=quiz, at=now())
    session.commit()
    client = sign_in(cast.trainer)

    def names(query: str) -> set[str]:
        rows = read_sheet(client.get(f"/results/export.xlsx?{query}").get_data(), "x.xlsx")
        return {row[0] for row in rows[1:]}

    assert names("") == {"安小客", "白小客", "李组长"}
    assert (names("outcome=passed"), names("outcome=failed")) == ({"安小客"}, {"白小客"})
    assert (names("outcome=open"), names("outcome=waiting")) == ({"李组长"}, set())
    assert names(f"team={cast.team_b.id}") == {"白小客"}
    assert (names("q=小客"), names("quiz=999999")) == ({"安小客", "白小客"}, set())
    row = next(r for r in read_sheet(client.get("/results/export.xlsx").get_data(), "x.xlsx") if r[0] == "安小客")
    assert row[3].lstrip("'") == "=1+1"


def test_item_figures_are_silent_under_thirty(cast: Cast, session: scoped_session) -> None:
    from lms.people.enums import Role
    from quizzes.attempts.queries import item_facilities
    from tests.factories import make_person

    quiz = make_quiz(cast.trainer, make_items(1, shop=cast.shop), shop=cast.shop, open_practice=True)
    people = [make_person(f"新人{n}", Role.AGENT, team=cast.team_a) for n in range(30)]
    for number, person in enumerate(people[:29]):
        finish(start_attempt(actor=person, quiz=quiz, at=now()), right=number < 15)
    assert [(row.answers, row.facility) for row in item_facilities(cast.trainer, quiz)] == [(29, None)]
    finish(start_attempt(actor=people[29], quiz=quiz, at=now()), right=False)
    assert [(row.answers, row.facility) for row in item_facilities(cast.trainer, quiz)] == [(30, 0.5)]
    assert item_facilities(cast.other_trainer, quiz) == []


def test_marking_hides_names_unless_asked(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    attempt = finish(started(cast, [make_item("short", shop=cast.shop)]))
    slot = attempt.slots[0].id
    session.commit()
    client = sign_in(cast.lead)
    assert "安小客" not in client.get(f"/marking/{slot}").get_data(as_text=True).split("<main")[1]
    assert "安小客" in client.get(f"/marking/{slot}?names=1").get_data(as_text=True)
    refused = client.post(f"/marking/{slot}", data={"mark": "99"})
    assert refused.status_code == 400 and "得分要在 0 到 1 之间" in refused.get_data(as_text=True)
    assert client.post(f"/marking/{slot}", data={"mark": "nan"}).status_code == 400
    page = client.post(f"/marking/{slot}", data={"point": ["p1", "p2"], "mark": ""})
    assert page.location == "/marking/"
    session.expire_all()
    assert (attempt.score, attempt.passed) == (0.6, False)
