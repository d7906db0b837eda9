"""The onboarding week in real Chromium: a trainer writes it, new hires come in and open the second day.

The steps build on one another, in one home: what the trainer publishes first is what the new hires learn on a phone and
at a desk. Certificates and gains are walked in ``test_going_live.py``.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Server, SignIn, check_axe, check_fits
from tests.browser.onboarding import MAKE, look, run_in
from tests.browser.test_main_job import go
from tests.media.making import PDF, docx, picture

pytestmark = pytest.mark.browser

VIDEO = Path(__file__).parent / "data/eight-seconds.mp4"
COURSE, LESSON, LIST, QUIZ = "春季新人课", "称呼与开场", "第一天跟岗", "第一关小测"
PROGRAMME = "文具店新人两日营"
SIZES = [pytest.param(PHONE, "xinren1", id="phone"), pytest.param(DESKTOP, "xinren2", id="desktop")]
DAYS = [("先开口", LESSON, "第一关小测"), ("去跟岗", LIST, "第二关小测")]
NEW_PASSWORD = "chun-cha-2026"
PASSWORDS: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def made(server: Server) -> list[str]:
    """What is there before the walk: two short lessons, a checklist, and two quizzes of one question. Their paths."""
    return run_in(server, MAKE)


def pick_files(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Choose files as the editor's button takes them."""
    page.set_input_files(
        "[data-media-tools] [data-media-input]",
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files],
    )


# --- 1. a trainer writes a course ----------------------------------------------------------------------------------


def test_1a_trainer_builds_a_course_and_writes_a_lesson(sign_in: SignIn) -> None:
    page = sign_in("trainer")
    go(page, "课时管理")
    page.get_by_role("link", name="课程目录").click()
    page.get_by_role("link", name="新建课程").first.click()
    page.get_by_label("课程名称").fill(COURSE)
    page.get_by_role("button", name="保存").click()
    for module in ("第一章 开口", "第二章 查单"):
        page.get_by_label("添加一章").fill(module)
        page.get_by_role("button", name="添加", exact=True).click()
    page.get_by_role("link", name="新建课时").first.click()
    check_axe(page)
    page.get_by_role("link", name=re.compile("图文")).click()
    page.get_by_label("标题").fill(LESSON)
    page.get_by_role("checkbox", name=re.compile("^A1 ")).check()
    body, preview = page.locator("#body"), page.locator("#preview")
    body.fill("开场先**问好**，再问订单号。\n")
    body.press("Control+End")
    for button, reply, comment in (
        ("这样说", "您好，我在的，请问想了解哪一款？", "先应声，再问一句具体的"),
        ("别这样说", "说事", "两个字把人推开了"),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        for text in ("在吗", reply, comment):  # the cursor stands where the first word is missing
            page.keyboard.insert_text(text)
            page.keyboard.press("ArrowDown")
            page.keyboard.press("End")
        body.press("Control+End")
    expect(preview.locator(".chat")).to_have_count(2)
    expect(preview).to_contain_text("两个字把人推开了")
    pick_files(
        page,
        ("问候.png", "image/png", picture()),
        ("问候.mp4", "video/mp4", VIDEO.read_bytes()),
        ("问候语.pdf", "application/pdf", PDF),
        ("问候语.docx", "application/octet-stream", docx()),
    )
    expect(preview.locator(".media-card")).to_have_count(2)
    expect(preview.locator("img, video")).to_have_count(2)
    # The server is gone: the preview goes on in the browser, and saving says so and loses nothing.
    page.context.set_offline(True)
    body.press("Control+End")
    page.keyboard.insert_text("\n## 断网时写的\n\n- 一\n- 二\n")
    expect(preview.locator("h2")).to_have_text("断网时写的")
    expect(page.get_by_text("离线预览，样子从简")).to_be_visible()
    page.get_by_role("button", name="保存并送审").click()
    expect(page.get_by_text("连不上服务器，还没有保存。")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_label("改了什么").fill("第一稿")
    page.get_by_role("button", name="保存并送审").click()
    expect(page.get_by_text("已保存并送审版本 1，审核人会收到通知。")).to_be_visible()
    # The author does not publish: neither here, nor in the list, nor on the page of reviews.
    expect(page.get_by_role("button", name=re.compile("发布"))).to_have_count(0)
    page.get_by_role("link", name="查看", exact=True).first.click()
    expect(page.get_by_text("您写过其中的内容，要由别人审核后发布。")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("发布"))).to_have_count(0)
    check_axe(page)


def test_1b_lessons_are_ordered_by_mouse_and_by_keyboard(sign_in: SignIn) -> None:
    page = sign_in("trainer")
    page.goto("/courses/manage/")
    page.get_by_role("link", name=COURSE).click()
    for title in ("查物流三步", "不急不躁"):
        page.get_by_label("放入已有的课时").select_option(label=title)
        page.get_by_role("button", name="放入", exact=True).click()
    assert order(page) == ["第一章 开口", "第二章 查单", LESSON, "查物流三步", "不急不躁"]
    first = page.get_by_role("heading", name="第一章 开口")
    drag(page, row(page, LESSON).locator("[data-grip]"), first)
    expect(page.get_by_text("顺序已改动，还没有保存。")).to_be_visible()
    row(page, "不急不躁").focus()
    page.keyboard.press("Alt+ArrowUp")
    page.get_by_role("button", name="保存顺序").click()
    expect(page.get_by_text("顺序已保存。")).to_be_visible()
    assert order(page) == ["第一章 开口", LESSON, "第二章 查单", "不急不躁", "查物流三步"]
    check_axe(page)


def row(page: Page, title: str) -> Locator:
    return page.locator(".outline-lesson", has_text=title)


def order(page: Page) -> list[str]:
    """Chapters and lessons of the outline as they stand."""
    return page.locator(".outline-title, .outline-text > a").all_inner_texts()


def drag(page: Page, grip: Locator, onto: Locator) -> None:
    grip.hover()
    page.mouse.down()
    onto.scroll_into_view_if_needed()
    box = onto.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()


def test_1c_somebody_else_publishes(sign_in: SignIn) -> None:
    page = sign_in("admin")
    page.goto("/lessons/manage/reviews/")
    page.get_by_role("link", name=LESSON).click()
    expect(page.get_by_text("第一稿")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="通过并发布").click()
    expect(page.get_by_text("已发布版本 1，可以布置为培训任务了。")).to_be_visible()


# --- 2. days, steps, gates -----------------------------------------------------------------------------------------


def test_2_trainer_builds_a_programme_of_two_days(sign_in: SignIn) -> None:
    page = sign_in("trainer")
    go(page, "计划管理")
    for template in ("新客服入职周", "一年一度训练营", "来客服坐一天"):
        expect(page.get_by_role("link", name=template)).to_be_visible()
    page.get_by_role("link", name=re.compile("新建")).first.click()
    page.get_by_label("名称").fill(PROGRAMME)
    page.get_by_role("button", name="开始搭建").click()
    for n, (title, step, gate) in enumerate(DAYS, 1):
        if page.locator(".builder-day").count() < n:
            page.get_by_role("button", name="加一天").click()
        day = page.locator(f"#day-{n}")
        day.get_by_label("标题").fill(title)
        day.get_by_label("开始后第几个日历日").fill("1")
        day.get_by_role("button", name="加步骤").click()
        page.get_by_role("checkbox", name=step).check()
        page.get_by_role("button", name="加入所选").click()
        day.get_by_role("button", name="选关卡").click()
        page.get_by_role("radio", name=gate).check()
        page.get_by_role("button", name="设为关卡").click()
    expect(page.locator("#day-1 .builder-step")).to_have_count(2)
    page.get_by_label("第 1 天合格线").fill("90")
    check_axe(page)
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("已发布第 1 版，可以安排给人了。")).to_be_visible()
    expect(page.get_by_label("第 1 天合格线")).to_have_value("90")


# --- 3. new hires come in ------------------------------------------------------------------------------------------


def test_3a_admin_brings_new_hires_in_with_one_sheet(sign_in: SignIn) -> None:
    page = sign_in("admin")
    go(page, "人员")
    page.get_by_role("link", name="导入", exact=True).click()
    check_axe(page)
    page.set_input_files("input[type=file]", {"name": "新人.xlsx", "mimeType": "", "buffer": sheet()})
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("row", name=re.compile("xinren1"))).to_contain_text(
        re.compile(f"售前一组.*角色：客服.*{PROGRAMME}.*岗位：售前")
    )
    expect(page.get_by_text(re.compile("会新建团队|不会导入"))).to_have_count(0)
    check_axe(page)
    page.get_by_role("button", name="确认导入 2 人").click()
    expect(page.get_by_text("下面这些行没有导入")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载初始密码").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    for values in book.active.iter_rows(min_row=2, values_only=True):
        words = [str(value) for value in values if value is not None]
        account = next(word for word in words if word in ("xinren1", "xinren2"))
        PASSWORDS[account] = words[-1]
    assert len(PASSWORDS) == 2


def sheet() -> bytes:
    """Two new hires of one team: role, post and programme in the same row."""
    book = Workbook()
    book.active.append(["账号", "姓名", "团队", "角色", "岗位", "培训计划"])
    for account, name in (("xinren1", "方小满"), ("xinren2", "夏知秋")):
        book.active.append([account, name, "云栖客服中心/松果项目部/售前一组", "客服", "售前", PROGRAMME])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_3b_a_change_of_post_shows_what_it_adds_and_drops(sign_in: SignIn) -> None:
    page = sign_in("supervisor")
    go(page, "岗位与调岗")
    page.get_by_role("searchbox").fill("刘欣怡")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name=re.compile("调岗.*刘欣怡")).click()
    page.get_by_role("checkbox", name="售前", exact=True).uncheck()
    page.get_by_role("checkbox", name="售后", exact=True).check()
    page.get_by_role("button", name="看看有什么变化").click()
    expect(page.get_by_role("heading", name="售前 → 售后")).to_be_visible()
    for part in ("新要求", "照旧", "不再要求", "布置这些任务"):
        expect(page.get_by_text(part, exact=False).first).to_be_visible()
    expect(page.get_by_text("退款路径与到账")).to_be_visible()
    check_axe(page)
    page.get_by_role("button", name="确认调岗").click()
    expect(page.get_by_text("售前 → 售后")).to_be_visible()


# --- 4. the agent, on a phone and at a desk ------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "account"), SIZES)
def test_4a_agent_starts_the_first_day(sign_in: SignIn, made: list[str], size: dict[str, int], account: str) -> None:
    page = sign_in(account, size, PASSWORDS[account])
    page.locator("input[name=current]").fill(PASSWORDS[account])
    page.locator("input[name=new]").fill(NEW_PASSWORD)
    page.locator("input[name=again]").fill(NEW_PASSWORD)
    page.get_by_role("button", name="保存新密码").click()
    today = page.locator(".card", has_text="第 1 天 / 2")
    expect(today.get_by_role("link", name=LESSON)).to_be_visible()
    assert page.locator(".dash .card-title").first.inner_text() == PROGRAMME
    look(page, size)
    # The second day's checklist by its address: refused, with the reason and the way back.
    answer = page.goto(made[2])
    assert answer is not None and answer.status == 403
    expect(page.get_by_text("第一关小测")).to_be_visible()
    look(page, size)
    go(page, "培训计划")
    expect(page.get_by_role("heading", name=PROGRAMME)).to_be_visible()
    look(page, size)
    page.get_by_role("link", name=LESSON).click()
    look(page, size)
    pictures = page.locator(".lesson-body img")
    pictures.last.scroll_into_view_if_needed()
    assert all(pictures.evaluate_all("found => found.map(picture => picture.naturalWidth > 0)"))
    expect(page.locator(".lesson-body .media-card")).to_have_count(2)


@pytest.mark.parametrize(("size", "account"), SIZES)
def test_4b_the_gate_opens_the_second_day(sign_in: SignIn, size: dict[str, int], account: str) -> None:
    page = sign_in(account, size, NEW_PASSWORD)
    page.locator(".card", has_text="第 1 天 / 2").get_by_role("link", name=LESSON).click()
    page.locator("[data-lesson-end]").scroll_into_view_if_needed()  # seen to the end is read, without a button
    expect(page.get_by_text("这一节读完了")).to_be_visible(timeout=20_000)
    go(page, "培训计划")
    pass_gate(page, "第一关小测")
    go(page, "培训计划")
    expect(page.get_by_role("heading", name="去跟岗")).to_be_visible()
    page.get_by_role("link", name=LIST).click()
    expect(page.get_by_text("跟三通接待")).to_be_visible()
    look(page, size)


def test_4c_lead_signs_on_a_phone_and_keeps_attendance(sign_in: SignIn) -> None:
    page = sign_in("lead", PHONE)
    for name in ("方小满", "夏知秋"):
        go(page, "带教清单")
        check_fits(page)
        page.get_by_role("link", name=f"去签{name}的《{LIST}》").click()
        page.get_by_role("radio", name="合格").check()
        look(page, PHONE)
        page.get_by_role("button", name="签字", exact=True).click()
        expect(page.get_by_text(f"已给{name}签了 1 条。")).to_be_visible()
        expect(page.get_by_role("heading", name="带教清单")).to_be_visible()


@pytest.mark.parametrize(("size", "account"), SIZES)
def test_4d_the_last_gate_ends_the_programme(sign_in: SignIn, size: dict[str, int], account: str) -> None:
    page = sign_in(account, size, NEW_PASSWORD)
    go(page, "培训计划")
    pass_gate(page, "第二关小测")
    go(page, "培训计划")
    expect(page.get_by_text("全部完成")).to_be_visible()
    look(page, size)
    page.goto("/learning/transcript")
    for dimension in ("态度", "知识", "技能"):
        expect(page.get_by_role("progressbar", name=re.compile(dimension)).first).to_be_attached()
    expect(page.get_by_text(PROGRAMME).first).to_be_visible()
    look(page, size)


# --- 7. who is where; 1 again: who finished which version -----------------------------------------------------------


def test_7_supervisor_sees_who_is_where_and_drills_down(sign_in: SignIn) -> None:
    page = sign_in("supervisor")
    go(page, "培训计划进度")
    page.get_by_role("link", name=PROGRAMME).click()
    for name in ("方小满", "夏知秋"):
        expect(page.get_by_role("row", name=re.compile(name))).to_contain_text("已通过 100")
    go(page, "培训计划进度")
    page.get_by_role("link", name="新客服入职周").click()
    stuck = page.get_by_role("row", name=re.compile("赵一鸣"))
    expect(stuck).to_contain_text("入职第一天小测")
    assert page.get_by_text("曹阳").count() == 0  # of the other client
    check_axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出", exact=True).click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert any("赵一鸣" in [str(cell) for cell in values] for values in book.active.iter_rows(values_only=True))
    # Late people are listed on the roll, and attendance is kept there.
    page.get_by_role("link", name="今日考勤").click()
    page.locator(".standing-tab", has_text="落后").click()
    late = page.get_by_role("row", name=re.compile("赵一鸣"))
    late.get_by_role("button", name="请假").click()
    expect(page.get_by_text("已登记赵一鸣的考勤。")).to_be_visible()
    page.set_viewport_size(PHONE)
    check_fits(page)
    page.get_by_role("link", name="赵一鸣").click()
    expect(page.get_by_role("heading", name="关卡成绩")).to_be_visible()
    look(page, PHONE)


def test_8_each_publication_is_a_version(sign_in: SignIn) -> None:
    page = sign_in("trainer")
    page.goto("/lessons/manage/?q=" + LESSON)
    page.get_by_role("link", name=LESSON).click()
    body = page.locator("#body")
    body.fill(body.input_value().replace("再问订单号", "再问看中哪一款"))
    page.get_by_role("button", name="保存并送审").click()
    expect(page.get_by_text("已保存并送审版本 2，审核人会收到通知。")).to_be_visible()
    reviewer = sign_in("admin")
    reviewer.goto("/lessons/manage/reviews/")
    reviewer.get_by_role("link", name=LESSON).click()
    expect(reviewer.locator("ins", has_text="看中哪一款").first).to_be_visible()
    check_axe(reviewer)
    reviewer.get_by_role("button", name="通过并发布").click()
    page.get_by_role("link", name="版本", exact=True).click()
    page.get_by_role("link", name="谁学完了").click()
    expect(page.get_by_role("row", name=re.compile("方小满"))).to_contain_text("版本 1")
    expect(page.get_by_role("link", name="学完旧版、没学新版 2 人")).to_be_visible()
    check_axe(page)
    agent = sign_in("xinren1", PHONE, NEW_PASSWORD)
    agent.goto("/lessons/")
    agent.get_by_role("link", name=re.compile(LESSON)).first.click()
    agent.get_by_role("link", name="看看改了什么").click()
    expect(agent.locator("del", has_text="订单号").first).to_be_visible()
    look(agent, PHONE)


def pass_gate(page: Page, quiz: str) -> None:
    """Take the quiz of one question from the programme's page, and get it right."""
    page.get_by_role("link", name=re.compile(quiz)).click()
    page.get_by_role("button", name="开始作答").click()
    with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
        page.locator("label.choice", has_text="正确").click()
    page.goto(page.url.split("#")[0] + "/hand-in")
    page.get_by_role("button", name="确认交卷").click()
    expect(page.locator(".result-figure")).to_have_text("100%")
