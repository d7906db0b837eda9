"""What ``lms demo`` leaves behind: the promised amounts, nothing unmasked, two shops that share nothing."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.conversations.models import ChatImport, Conversation, Message
from lms.demo.importing import ENDED
from lms.demo.models import DemoMark
from lms.demo.people import MEMBERS, PASSWORD
from lms.demo.queries import demo_accounts
from lms.demo.scripts import COUNTS, demo_chats
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.knowledge.models import Product
from lms.learning.models import Assignment, Record
from lms.people.models import Person, Shop
from quizzes.attempts.enums import AttemptState
from quizzes.attempts.models import Attempt
from quizzes.bank.enums import ItemState
from quizzes.bank.models import Item
from quizzes.mining.models import QuestionGroup
from quizzes.papers.models import Quiz
from tests.demo.conftest import lms

pytestmark = pytest.mark.sqlite_only


def count(model: type, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def sign_in(app: Flask, account: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/sign-in", data={"account": account, "password": PASSWORD}).status_code == 302, account
    return client


def test_it_holds_what_was_promised(in_demo: Flask) -> None:
    assert count(Shop) == 2
    assert count(Person) == len(MEMBERS) + 1
    assert count(Product) >= 18
    assert count(Conversation) >= 400 + 80
    assert count(Message) > 4000
    assert count(QuestionGroup) > 100
    assert count(Item, Item.state == ItemState.ACCEPTED) >= 80
    assert count(Item, Item.state == ItemState.DRAFT) >= 10
    assert count(Quiz, Quiz.shop_id.is_not(None)) == 3 + 2  # the others ship with the product
    assert count(Record) > 50


def test_the_chats_came_in_whole_and_masked(in_demo: Flask) -> None:
    imports = list(db.session.scalars(select(ChatImport)))
    assert {item["format"] for one in imports for item in one.files} == {"table", "qianniu"}
    assert sum(one.conversations for one in imports) == sum(COUNTS.values())
    assert sum(one.bad + one.duplicate + one.error_count for one in imports) == 0
    masked: Counter[str] = Counter()
    for one in imports:
        masked.update(one.masked)
    assert {"phone", "order", "tracking", "address", "email", "wechat", "name"} <= set(masked)


def test_no_identifier_of_a_buyer_is_anywhere_in_the_home(demo_home: Path, in_demo: Flask) -> None:
    begun = db.session.get(DemoMark, "begun")
    assert begun is not None
    last_day = to_local(begun.at).date() - timedelta(days=ENDED)
    secret = {
        text.encode()
        for shop in COUNTS
        for kind, texts in demo_chats(shop, last_day)[1].drawn.items()
        for text in texts
        if kind != "name"  # short names are also words; that they are masked behind 收件人 is asked below
    }
    assert len(secret) > 80
    found = {}
    for path in sorted(p for p in demo_home.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if left := [text.decode() for text in secret if text in content]:
            found[path.name] = left
    assert found == {}


def test_names_of_recipients_are_masked(in_demo: Flask) -> None:
    texts = db.session.scalars(select(Message.text).where(Message.text.regexp_match("收[件货貨]人"))).all()
    named = [text for text in texts if "[姓名]" in text]
    assert len(named) >= 3
    assert [text for text in texts if re.search(r"收[件货貨]人(?!\[)", text) and "[手机号]" in text] == []


def test_the_chats_end_where_the_quizzes_begin(in_demo: Flask) -> None:
    begun = db.session.get(DemoMark, "begun")
    assert begun is not None
    first, last = db.session.execute(select(func.min(Message.sent_at), func.max(Message.sent_at))).one()
    assert timedelta(days=12) < last - first < timedelta(days=15)
    assert last < begun.at
    started = db.session.scalar(select(func.min(Attempt.started_at)))
    assert started is not None and last < started
    assert (db.session.scalar(select(func.max(Record.at))) or begun.at) <= begun.at


def test_some_passed_some_failed_one_waits_one_is_unfinished_one_is_overdue(in_demo: Flask) -> None:
    begun = db.session.get(DemoMark, "begun")
    assert begun is not None
    main = db.session.scalars(select(Quiz).where(Quiz.draw_count == 20, Quiz.shop_id.is_not(None))).one()
    attempts = list(db.session.scalars(select(Attempt).where(Attempt.state == AttemptState.SUBMITTED)))
    of_main = [attempt for attempt in attempts if attempt.quiz_id == main.id]
    scores = [attempt.score for attempt in of_main if attempt.score is not None]
    assert len(of_main) == 11 and len(scores) >= 9
    assert max(scores) - min(scores) > 0.2
    assert {attempt.passed for attempt in of_main} == {True, False, None}
    assert count(Attempt, Attempt.state == AttemptState.OPEN) == 1
    overdue = [one for one in db.session.scalars(select(Assignment)) if one.is_overdue(begun.at)]
    assert "duruo" in {one.person.account for one in overdue}
    assert all(len(attempt.slots) == attempt.quiz.draw_count for attempt in attempts)


def test_the_agent_of_the_page_has_a_quiz_to_take(demo_app: Flask) -> None:
    page = sign_in(demo_app, "agent").get("/").get_data(as_text=True)
    assert "松果文具·售前售后基础测验" in page


def test_every_account_on_the_sign_in_page_signs_in(demo_app: Flask) -> None:
    page = demo_app.test_client().get("/sign-in").get_data(as_text=True)
    with demo_app.app_context():
        accounts = [account.account for account in demo_accounts()]
    assert len(accounts) == 10
    for account in accounts:
        assert account in page
        assert sign_in(demo_app, account).get("/").status_code == 200


@pytest.mark.parametrize(
    ("account", "foreign"),
    [
        ("trainer-b", ("松果", "SG-P05", "SG-HL6", "SG-FP")),
        ("supervisor-b", ("松果", "SG-P05", "SG-HL6", "SG-FP")),
        ("agent-b", ("松果", "SG-P05", "SG-HL6", "SG-FP")),
        ("trainer", ("山月", "SY-")),
        ("supervisor", ("山月", "SY-")),
        ("evaluator", ("山月", "SY-")),
        ("agent", ("山月", "SY-")),
    ],
)
def test_the_two_clients_see_nothing_of_each_other(demo_app: Flask, account: str, foreign: tuple[str, ...]) -> None:
    client = sign_in(demo_app, account)
    seen: set[str] = set()
    waiting = ["/"]
    leaks = {}
    while waiting and len(seen) < 60:
        url = waiting.pop(0)
        if url in seen or url.startswith(("/static", "/help", "/sign-out")):
            continue
        seen.add(url)
        answer = client.get(url)
        if answer.mimetype != "text/html":
            continue
        page = answer.get_data(as_text=True)
        if found := [word for word in foreign if word in page]:
            leaks[url] = found
        waiting += [link.replace("&amp;", "&") for link in re.findall(r'<a[^>]+href="(/[^"#]*)"', page)]
    assert leaks == {}
    assert len(seen) >= 5


def test_a_second_run_changes_nothing_and_says_so(demo_app: Flask, tmp_path: Path) -> None:
    def dump() -> list[str]:
        with sqlite3.connect(tmp_path / "home" / "lms.db") as connection:
            return [line for line in connection.iterdump() if '"demo_mark"' in line or '"conversation"' in line]

    before = dump()
    run = lms(tmp_path / "home", "demo")
    assert run.returncode == 0, run.stderr
    assert "之前已经装好" in run.stdout
    assert dump() == before


def test_a_home_in_use_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "used"
    assert lms(home, "init").returncode == 0
    with sqlite3.connect(home / "lms.db") as connection:
        connection.execute("INSERT INTO shop (name, created_at) VALUES ('自己的店', '2026-01-01 00:00:00')")
    run = lms(home, "demo")
    assert run.returncode == 1
    assert "已经有数据" in run.stderr
    assert lms(home, "demo", "--if-empty").returncode == 0
    with sqlite3.connect(home / "lms.db") as connection:
        assert connection.execute("SELECT count(*) FROM shop").fetchone() == (1,)
