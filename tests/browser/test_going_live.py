"""Certificates in real Chromium: issued and downloaded; and the gain of a pair of papers."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Server, SignIn, check_axe, check_fits
from tests.browser.onboarding import look, run_in
from tests.browser.test_main_job import go

pytestmark = pytest.mark.browser

HOLDER = "赵一鸣"
# The rest of the onboarding week of the demo's newcomer who was stuck at the first gate, as their pages write it.
FINISH = """
from sqlalchemy import select
from courses.programmes.demo import SLUG, _Newcomer
from courses.programmes.models import Enrolment, Programme
from lms.app import create_app
from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.people.models import Person

with create_app().app_context(), unit_of_work():
    person, signer = [db.session.scalars(select(Person).where(Person.account == name)).one()
                      for name in ("zhaoyiming", "hejunjie")]
    programme = db.session.scalars(select(Programme).where(Programme.slug == SLUG)).one()
    enrolment = db.session.scalars(select(Enrolment).where(
        Enrolment.person_id == person.id, Enrolment.programme_id == programme.id)).one()
    newcomer = _Newcomer(person, signer, enrolment, now(), now())
    newcomer._result(1, now(), 0.95)
    for number in range(2, 6):
        newcomer._day(number, signed=True)
"""


@pytest.fixture(scope="module", autouse=True)
def finished(server: Server) -> None:
    """Somebody passes everything; nothing else is done for the certificate."""
    run_in(server, FINISH)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_1_holder_finds_the_certificate_and_downloads_it(sign_in: SignIn, size: dict[str, int]) -> None:
    page = sign_in("zhaoyiming", size)
    go(page, "我的证书")
    page.get_by_role("link", name=re.compile("上岗证")).first.click()
    facts = page.locator(".cert-facts")
    expect(facts).to_contain_text(re.compile(r"SG-?\d"))
    expect(facts).to_contain_text("有效期")
    expect(page.locator(".cert-holder")).to_have_text(HOLDER)
    expect(page.get_by_role("heading", name="发证依据")).to_be_visible()
    expect(page.locator(".cert-evidence").first).to_contain_text("新客服入职周")
    expect(page.get_by_role("heading", name="证明的能力")).to_be_visible()
    look(page, size)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("link", name="下载 PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    assert "上岗证" in download.value.suggested_filename


def test_2_anybody_may_check_it_and_a_revoked_one_says_so(sign_in: SignIn, browser_page: Page) -> None:
    page = sign_in("supervisor")
    page.goto("/certificates")
    page.get_by_role("searchbox").fill(HOLDER)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name=re.compile("上岗证|SG")).first.click()
    address = page.locator(".cert-facts dd a[href*='/verify/']").get_attribute("href")
    assert address is not None
    browser_page.goto(address)
    assert browser_page.locator("body").inner_text().split() == ["证书查验", "有效"]
    check_axe(browser_page)
    page.get_by_text("吊销证书").click()
    page.get_by_label("原因").fill("抽查发现考试由他人代答。")
    page.get_by_role("button", name="吊销", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="吊销").click()
    expect(page.get_by_text("已吊销，持证人会收到通知。")).to_be_visible()
    expect(page.get_by_text("原因：抽查发现考试由他人代答。")).to_be_visible()
    check_axe(page)
    browser_page.reload()
    assert browser_page.locator("body").inner_text().split() == ["证书查验", "已吊销"]
    told = sign_in("zhaoyiming", PHONE)
    expect(told.get_by_text(re.compile("吊销")).first).to_be_visible()


def test_3_a_missing_signature_keeps_somebody_off_the_roster(sign_in: SignIn) -> None:
    page = sign_in("supervisor")
    go(page, "试岗与上岗")
    check_axe(page)
    waiting = page.get_by_role("row").filter(has_text="试岗中").filter(has_text="主管确认上岗")
    only = waiting.filter(has_not_text="组长试岗签字").filter(has_not_text="上岗证").first
    name = only.get_by_role("link").inner_text()
    assert name not in roster(page)
    only.get_by_role("link").click()
    line = page.locator(".list-group-item", has_text="主管确认上岗").first
    line.get_by_label("说明").fill("看了三段接待，可以上岗。")
    line.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("已上岗", exact=True)).to_be_visible()
    go(page, "试岗与上岗")
    assert name in roster(page)


def roster(page: Page) -> list[str]:
    """Every cell of the exported list of live people."""
    with page.expect_download() as download:
        page.get_by_role("link", name="导出上岗名单").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    return [str(cell) for values in book.active.iter_rows(values_only=True) for cell in values if cell is not None]


def test_4_the_gain_is_shown_with_its_interval(sign_in: SignIn) -> None:
    page = sign_in("trainer")
    go(page, "测验管理")
    page.get_by_role("link", name="大促备战·前测").click()
    page.get_by_role("link", name=re.compile("增益")).first.click()
    expect(page.get_by_text(re.compile(r"95%")).first).to_be_visible()
    expect(page.get_by_role("columnheader", name="增益").first).to_be_visible()
    check_axe(page)
    page.set_viewport_size(PHONE)
    check_fits(page)
