"""The main job, step by step, in real Chromium: from a chat export to a scored quiz and the team's matrix.

The chats are the demo shop's own, written for this project; where ../shared/data is found, the real export is taken.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Server, SignIn, check_axe, check_fits
from tests.conftest import SHARED_DATA

REAL = SHARED_DATA / "jddc-chat" / "chat.tsv"
QUIZ = "浏览器里的大促小测"
DRAWN = 20
JOB_SECONDS = 120_000


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chat export in the research format: the real one, or some sessions written here where it is missing."""
    if REAL.is_file():
        return REAL
    path = tmp_path_factory.mktemp("export") / "chat.tsv"
    rows = []
    for n, (ask, answer) in enumerate(WRITTEN * 3):
        rows.append(f"s{n}\tu{n}\t0\t0\t0\tnan\t{ask}")
        rows.append(f"s{n}\tu{n}\t1\t0\t0\tnan\t{answer}")
    path.write_text("\n".join([*rows, "这一行不成格式"]), encoding="utf-8")
    return path


WRITTEN = [
    ("买的本子能开电子发票吗", "可以的，下单时选电子发票，签收后 48 小时内发到您的邮箱。"),
    ("什么时候发货呀", "付款后 48 小时内发货，预售款以页面写的时间为准。"),
    ("不喜欢能退货吗", "支持七天无理由退货，商品完好、不影响二次销售就可以退。"),
    ("退货运费谁出", "质量问题运费由我们承担，个人原因退货运费由您承担。"),
    ("这支笔的笔芯在哪里买", "店里有同款替换笔芯，0.5 毫米，一盒 10 支，型号是 A12。"),
    ("改地址可以吗", "还没有出库可以改地址，出库以后不能改，只能拒收后重新下单。"),
]


@pytest.fixture(scope="module", params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    """The width at which all seven steps are walked."""
    return request.param


@pytest.fixture(scope="module")
def server(size: dict[str, int], demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A fresh demo home for each width: the steps build on one another."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(demo_home, home)
    served = Server(home)
    served.start()
    yield served
    served.stop()


def go(page: Page, name: str) -> None:
    """Follow a line of the navigation, which lies in a drawer on a phone."""
    opener = page.get_by_role("link", name="打开导航")
    if opener.is_visible():
        opener.click()
    page.locator("#side").get_by_role("link", name=name, exact=True).click()


def check(page: Page, size: dict[str, int]) -> None:
    check_axe(page)
    if size is PHONE:
        check_fits(page)


def test_1_the_sign_in_page_tells_the_demo_accounts(browser_page: Page) -> None:
    browser_page.goto("/sign-in")
    for account in ("trainer", "supervisor", "lead", "agent", "evaluator", "admin"):
        expect(browser_page.get_by_text(account, exact=True).first).to_be_visible()
    check_axe(browser_page)


def test_2_trainer_imports_and_reads_the_report(sign_in: SignIn, size: dict[str, int], export: Path) -> None:
    page = sign_in("trainer", size)
    go(page, "聊天导入")
    page.get_by_role("link", name=re.compile("导入聊天记录|导入")).last.click()
    page.set_input_files("input[type=file]", export)
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_text("新增消息")).to_be_visible(timeout=JOB_SECONDS)
    check(page, size)
    assert stat(page, "新增消息") > 10
    assert stat(page, "重复消息") == 0
    # The same file again adds nothing.
    page.get_by_role("link", name="再导入一个").click()
    page.set_input_files("input[type=file]", export)
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_text("没有新增")).to_be_visible(timeout=JOB_SECONDS)
    assert stat(page, "新增消息") == 0


def stat(page: Page, label: str) -> int:
    card = page.locator(".stat", has_text=label)
    return int(card.locator(".stat-value").inner_text().replace(",", ""))


def test_3_trainer_opens_the_question_factory(sign_in: SignIn, size: dict[str, int]) -> None:
    page = sign_in("trainer", size)
    go(page, "问题工厂")
    page.get_by_role("button", name=re.compile("挖掘")).click()
    expect(page.locator(".mine-row").first).to_be_visible(timeout=JOB_SECONDS)
    expect(page.get_by_text(re.compile("上次挖掘"))).to_be_visible(timeout=JOB_SECONDS)
    heats = [int(text) for text in page.locator(".mine-heat strong").all_inner_texts()]
    assert heats == sorted(heats, reverse=True)
    assert len(heats) >= 5
    page.locator(".mine-words summary").first.click()
    expect(page.locator(".mine-words[open] li").first).to_be_visible()
    check(page, size)


def test_4_trainer_drafts_and_reviews_by_keyboard(sign_in: SignIn, size: dict[str, int]) -> None:
    page = sign_in("trainer", size)
    go(page, "问题工厂")
    ticks = page.locator("input[name=group_ids]")
    for n in range(min(12, ticks.count())):
        ticks.nth(n).check()
    page.get_by_role("button", name=re.compile("^\\s*出题")).click()
    expect(page.locator("#review")).to_be_visible(timeout=JOB_SECONDS)
    check(page, size)
    expect(page.locator(".review-chat")).to_contain_text(re.compile(r"[\u4e00-\u9fff]"))
    total = int(page.locator(".review-count").inner_text().split("/")[1])
    assert total >= 5
    # Edit the first one in place, then accept it; reject one; accept the rest. No mouse.
    page.keyboard.press("e")
    stem = page.locator("textarea[name=stem]")
    expect(stem).to_be_visible()
    stem.fill("顾客在大促当天问：「" + stem.input_value()[:60] + "」")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#review .review-item")).to_contain_text("大促当天")
    decide(page, "a")
    page.keyboard.press("r")
    expect(page.locator(".review-reason").first).to_be_visible()
    decide(page, "1")
    for _ in range(total):
        if page.get_by_text("都审完了").is_visible():
            break
        decide(page, "a")
    expect(page.get_by_text("都审完了")).to_be_visible()
    check(page, size)


def decide(page: Page, key: str) -> None:
    """Press a key and wait until another item, or the end, is shown."""
    before = page.locator("#review input[name=version]").first.get_attribute("value")
    page.keyboard.press(key)
    page.wait_for_function(
        """before => {
            const now = document.querySelector("#review input[name=version]");
            return !now || now.value !== before;
        }""",
        arg=before,
    )


def test_5_trainer_makes_a_quiz_and_assigns_it(sign_in: SignIn, size: dict[str, int]) -> None:
    page = sign_in("trainer", size)
    go(page, "测验管理")
    page.get_by_role("link", name=re.compile("新建测验")).first.click()
    page.get_by_label("测验名称").fill(QUIZ)
    page.get_by_label("每份试卷题数").fill(str(DRAWN))
    page.get_by_label("合格线（%）").fill("60")
    page.get_by_label("限时（分钟）").fill("30")
    page.get_by_label("可作答次数").fill("2")
    check(page, size)
    page.get_by_role("button", name=re.compile("去选题")).click()
    expect(page.get_by_role("button", name="自动选题")).to_be_visible()
    pick = page.url.split("?")[0]
    for kind in ("single", "multiple", "truefalse", "fill"):
        page.goto(f"{pick}?type={kind}")
        page.get_by_label("选多少题").fill("10")
        with page.expect_navigation():
            page.get_by_role("button", name="自动选题").click()
    page.goto(pick)
    page.get_by_role("link", name="选好了").click()
    page.get_by_role("button", name="开放并布置给团队").click()
    page.get_by_label(re.compile("售前一组")).first.check()
    due = datetime.now() + timedelta(days=7)
    page.get_by_label("截止时间").fill(due.strftime("%Y-%m-%dT18:00"))
    check(page, size)
    page.get_by_role("button", name="布置", exact=True).click()
    expect(page.get_by_text(re.compile(r"已把.+布置给 \d+ 人"))).to_be_visible()


def test_6_agent_takes_the_quiz_and_sees_the_result(sign_in: SignIn, size: dict[str, int]) -> None:
    page = sign_in("agent", size)
    go(page, "我的任务")
    expect(page.get_by_text(QUIZ).first).to_be_visible()
    check(page, size)
    page.get_by_role("link", name=re.compile(QUIZ)).first.click()
    check(page, size)
    page.get_by_role("button", name="开始作答").click()
    expect(page.locator("[data-question]")).to_have_count(DRAWN)
    check(page, size)
    for n in range(1, DRAWN + 1):
        answer(page, n)
        if n < DRAWN:
            page.locator("[data-go='1']").click()
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    page.get_by_role("link", name="检查并交卷").first.click() if size is DESKTOP else page.goto(page.url + "/hand-in")
    expect(page.get_by_text(re.compile("全部作答"))).to_be_visible()
    page.get_by_role("button", name="确认交卷").click()
    expect(page.locator(".result-figure")).to_have_text(re.compile(r"\d+(\.\d+)?%"))
    expect(page.locator(".review")).to_have_count(DRAWN)
    expect(page.locator(".review").first).to_contain_text("正确答案")
    check(page, size)


def answer(page: Page, number: int) -> None:
    """Answer question ``number`` as somebody in a hurry would, and wait until the server has it."""
    question = page.locator(f"[data-question='{number}']")
    with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
        choices = question.locator("label.choice")
        if choices.count():
            choices.first.click()
        else:
            field = question.locator("input[type=text], textarea").first
            field.fill("48小时")
            field.blur()


def test_7_supervisor_sees_the_matrix_and_exports_it(sign_in: SignIn, size: dict[str, int]) -> None:
    page = sign_in("supervisor", size)
    go(page, "团队任务")
    expect(page.get_by_role("columnheader", name=QUIZ)).to_be_visible()
    expect(page.get_by_role("rowheader", name=re.compile("王思琪"))).to_be_visible()
    assert page.get_by_text("宋佳琪").count() == 0  # an agent of the other client
    check(page, size)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert any(QUIZ in cell for cell in cells)
    assert not any(cell.data_type == "f" for row in book.active.iter_rows() for cell in row)
    page.get_by_role("link", name="王思琪").click()
    expect(page.get_by_text(QUIZ).first).to_be_visible()
    check(page, size)
