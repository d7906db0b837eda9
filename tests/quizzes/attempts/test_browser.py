"""The paper in a real browser: by keyboard alone, through a lost network, a crash, a second tab and a set clock."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from quizzes.attempts.models import Attempt
from quizzes.attempts.queries import stored_answers
from quizzes.attempts.services import start_attempt
from tests.conftest import Cast
from tests.factories import PASSWORD
from tests.quizzes.attempts.test_races import serve
from tests.quizzes.papers.factories import give, make_item, make_items, make_quiz

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "Chromium is missing: tests/run installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def root(app: Flask, cast: Cast, home: Path) -> Iterator[str]:
    process, port = serve(home)
    yield f"http://127.0.0.1:{port}"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def context(chromium: Browser, root: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=root, viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=account]", "agent")
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit], form [type=submit]")
    page.wait_for_url(root + "/")
    page.close()
    yield context
    context.close()


def begin(cast: Cast, session: scoped_session, items: list[Any], **kwargs: Any) -> Attempt:
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, shuffle_items=False, shuffle_options=False, **kwargs)
    give(cast.trainer, quiz, cast.agent)
    attempt = start_attempt(actor=cast.agent, quiz=quiz, at=now())
    session.commit()
    return attempt


def answers(session: scoped_session, attempt: Attempt) -> dict[int, Any]:
    session.rollback()
    session.expire_all()
    return stored_answers(attempt)


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_contain_text("已保存 ")


def test_a_whole_quiz_by_keyboard(cast: Cast, session: scoped_session, context: BrowserContext) -> None:
    kinds = ["single", "multiple", "truefalse", "fill", "short"]
    attempt = begin(cast, session, [make_item(kind, shop=cast.shop) for kind in kinds], cut_score=0.5)
    page = context.new_page()
    page.goto(f"/attempts/{attempt.id}")
    page.keyboard.press("1")
    saved(page)
    page.keyboard.press("Enter")
    page.keyboard.press("a")
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("m")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#q4")).to_be_visible()
    expect(page.locator("#q3")).to_be_hidden()
    page.keyboard.press("Tab")
    page.focus("#q4 input[name=answer]")
    page.keyboard.type("48小时")
    page.keyboard.press("Enter")
    page.focus("#q5 textarea")
    page.keyboard.type("先致歉\n再核实")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-hand-in]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/hand-in")
    expect(page.locator("main")).to_contain_text("5 道题全部作答了")
    expect(page.locator("main")).to_contain_text("标记待查的题")
    page.focus("form[data-submit] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    assert answers(session, attempt) == {
        1: {"choice": "right"},
        2: {"choices": ["right", "also"]},
        3: {"value": True},
        4: {"blanks": ["48小时"]},
        5: {"text": "先致歉\n再核实"},
    }


def test_answers_given_offline_are_sent_when_the_network_is_back(
    cast: Cast, session: scoped_session, context: BrowserContext
) -> None:
    attempt = begin(cast, session, make_items(3, shop=cast.shop))
    page = context.new_page()
    page.goto(f"/attempts/{attempt.id}")
    context.set_offline(True)
    page.keyboard.press("2")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("3")
    expect(page.locator("[data-saved]")).to_contain_text("网络不通")
    assert answers(session, attempt) == {1: None, 2: None, 3: None}
    context.set_offline(False)
    saved(page)
    expect(page.locator("[data-jump].is-answered")).to_have_count(2)
    assert answers(session, attempt) == {1: {"choice": "w1"}, 2: {"choice": "w2"}, 3: None}


def test_what_was_not_acknowledged_survives_a_closed_browser_page(
    cast: Cast, session: scoped_session, context: BrowserContext
) -> None:
    attempt = begin(cast, session, make_items(2, shop=cast.shop))
    page = context.new_page()
    page.goto(f"/attempts/{attempt.id}")
    page.route("**/answer", lambda route: route.abort())
    page.keyboard.press("4")
    expect(page.locator("[data-saved]")).to_contain_text("没存上")
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto(f"/attempts/{attempt.id}")
    saved(again)
    expect(again.locator("#q1 input[value=w3]")).to_be_checked()
    assert answers(session, attempt)[1] == {"choice": "w3"}


def test_what_was_chosen_last_stands_though_another_tab_is_ahead(
    cast: Cast, session: scoped_session, context: BrowserContext
) -> None:
    attempt = begin(cast, session, make_items(2, shop=cast.shop))
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('off'); }})")
        page.goto(f"/attempts/{attempt.id}")
    for key in "1234":  # the first tab counts to 4, the second still stands at 0
        first.keyboard.press(key)
        first.wait_for_timeout(250)
    saved(first)
    second.bring_to_front()
    second.keyboard.press("2")
    saved(second)
    second.wait_for_timeout(400)
    assert answers(session, attempt)[1] == {"choice": "w1"}


def test_a_clock_set_back_gives_no_time_and_the_paper_hands_itself_in(
    cast: Cast, session: scoped_session, context: BrowserContext
) -> None:
    attempt = begin(cast, session, make_items(2, shop=cast.shop), time_limit_seconds=60)
    from datetime import timedelta

    attempt.deadline_at = now() + timedelta(seconds=6)
    session.commit()
    page = context.new_page()
    page.add_init_script("const real = Date.now; Date.now = () => real() - 3600000;")
    page.goto(f"/attempts/{attempt.id}")
    page.keyboard.press("1")
    saved(page)
    page.wait_for_url("**/result", timeout=15000)
    session.rollback()
    session.expire_all()
    assert (attempt.is_open, attempt.score) == (False, 0.5)


def test_an_attempt_closed_elsewhere_leads_to_the_result(
    cast: Cast, session: scoped_session, context: BrowserContext
) -> None:
    attempt = begin(cast, session, make_items(2, shop=cast.shop))
    page, other = context.new_page(), context.new_page()
    page.goto(f"/attempts/{attempt.id}")
    other.goto(f"/attempts/{attempt.id}/hand-in")
    other.click("form[data-submit] button")
    other.wait_for_url("**/result")
    page.bring_to_front()
    page.keyboard.press("1")
    page.wait_for_url("**/result")
    assert answers(session, attempt)[1] is None


def test_a_retry_is_one_request_an_answer(cast: Cast, session: scoped_session, context: BrowserContext) -> None:
    attempt = begin(cast, session, make_items(3, shop=cast.shop))
    page = context.new_page()
    sent: list[str] = []

    def note(route: Route) -> None:
        sent.append(route.request.url.rsplit("/", 2)[1])
        route.continue_()

    page.route("**/answer", note)
    page.goto(f"/attempts/{attempt.id}")
    for key in ("1", "ArrowRight", "2", "ArrowRight", "3"):
        page.keyboard.press(key)
    expect(page.locator("[data-jump].is-answered")).to_have_count(3)
    assert sorted(sent) == ["1", "2", "3"]
