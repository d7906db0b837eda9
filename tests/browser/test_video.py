"""A video lesson in a real browser: it resumes, a drag to the end leaves it open, watching it completes it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Server, SignIn, check_axe, check_fits

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
MAKE = """
from lms.app import create_app
from lms.kernel.db import unit_of_work
from lms.learning.models import Competency
from lms.people.models import Person, Shop
from sqlalchemy import select
from lms.kernel.db import db
from lms.kernel.clock import now
from courses.lessons.services import Draft, create_lesson, show
from lms.media.services import store_upload

with create_app().app_context(), unit_of_work():
    trainer = db.session.scalars(select(Person).where(Person.account == "trainer")).one()
    shop_id = min(trainer.access.shop_ids)
    with open("tests/browser/data/eight-seconds.mp4", "rb") as stream:
        media = store_upload(actor=trainer, shop_id=shop_id, stream=stream, filename="八秒.mp4", at=now())
    lesson = create_lesson(
        actor=trainer, draft=Draft("八秒视频", "看完再走。", settings={"media": media.ref, "cover": 0.9}),
        competencies=[db.session.scalars(select(Competency).limit(1)).one()],
        shop_id=shop_id, type_name="video", at=now(),
    )
    show(lesson=lesson, at=now())
    print(lesson.id)
"""


@pytest.fixture
def lesson_url(server: Server) -> str:
    """A published lesson with a video of eight seconds."""
    made = subprocess.run(
        [sys.executable, "-c", MAKE], env=server.environment(), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return f"/lessons/{made.stdout.split()[-1]}"


def test_a_video_resumes_and_counts_what_was_watched(sign_in: SignIn, lesson_url: str) -> None:
    page: Page = sign_in("agent2", PHONE)
    page.goto(lesson_url)
    check_fits(page)
    check_axe(page)
    text = page.locator("[data-watch-text]")
    expect(text).to_have_text("已看 0%，看满 90% 记为学完")

    play(page, "video.currentTime >= 2")
    expect(text).to_contain_text("记为学完")
    expect(text).not_to_contain_text("已看 0%")
    stopped = now_at(page)

    page.reload()
    wait_for(page, "video.currentTime > 0")
    assert abs(now_at(page) - stopped) < 0.5
    assert page.locator(".watch-part").count() == 1

    page.evaluate(f"{VIDEO}.currentTime = 7.4")
    play(page, "video.ended")
    expect(page.locator(".watch-part")).to_have_count(2)
    expect(text).to_contain_text("记为学完")

    page.evaluate(f"{VIDEO}.currentTime = 0")
    page.click("[data-speed='2']")
    play(page, "video.ended")
    expect(text).to_contain_text("这一节学完了")
    page.reload()
    expect(page.locator(".lesson-facts")).to_contain_text("已学完")


VIDEO = "document.querySelector('video')"


def now_at(page: Page) -> float:
    return float(page.evaluate(f"{VIDEO}.currentTime"))


def wait_for(page: Page, condition: str) -> None:
    """Wait until it holds of the video. Playwright's own way needs eval, which the pages forbid."""
    for _ in range(400):
        if page.evaluate(f"(video => {condition})({VIDEO})"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def play(page: Page, until: str) -> None:
    """Play and pause by the key; the player tells the server when it pauses or ends."""
    page.evaluate("document.activeElement.blur()")
    with page.expect_response(lambda answer: answer.url.endswith("/watch") and answer.ok):
        page.keyboard.press("k")
        wait_for(page, until)
        if not page.evaluate(f"{VIDEO}.ended"):
            page.keyboard.press("k")
