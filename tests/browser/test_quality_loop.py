"""The circle in real Chromium: score, finding, dispute lost, assignment, lesson and quiz, checks, verdict, effect.

The chats are those of ../shared/data/jd-store-chat, imported through the product; where that folder is missing, some
that were written here take their place. They have no times and name no agent, as many exports don't.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Server, SignIn, check_fits
from tests.browser.onboarding import look, run_in
from tests.browser.test_main_job import JOB_SECONDS, go
from tests.conftest import SHARED_DATA
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

REAL = SHARED_DATA / "jd-store-chat" / "sessions.jsonl"
SHOP, AGENT, LESSON, QUIZ = "晨光小家电", "苏晓禾", "收尾这一课", "收尾小测"
REASON = "我已经回答了客户最后的问题，不该扣分。"
# A shop with its people; the lesson and the quiz of one question for what the criterion asks; nothing else.
MAKE = f"""
from sqlalchemy import select
from courses.lessons.services import Draft, create_lesson, show
from lms.app import create_app
from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.learning.enums import Dimension
from lms.learning.models import Competency
from lms.people.enums import Role
from lms.qa.scorecards.models import Criterion
from quizzes.bank.services import accept_item, add_item
from quizzes.papers.policies import Policy
from quizzes.papers.services import QuizData, add_items, create_quiz, publish_quiz
from tests.factories import make_person, make_shop, make_team

with create_app().app_context(), unit_of_work():
    shop = make_shop("{SHOP}")
    team = make_team("客服部", shops=[shop])
    make_person("{AGENT}", Role.AGENT, team=team, account="agent1")
    make_person("许青", Role.EVALUATOR, team=team, account="checker")
    make_person("陈主管", Role.SUPERVISOR, team=team, account="boss")
    trainer = make_person("林老师", Role.TRAINER, team=team, account="teacher")
    at = now()
    criterion = db.session.scalars(select(Criterion).where(Criterion.code == "closing")).one()
    competency = db.session.get(Competency, criterion.competency_id)
    lesson = create_lesson(actor=trainer, draft=Draft("{LESSON}", "## 收尾\\n\\n问一句还有没有别的问题。"),
                           competencies=[competency], shop_id=shop.id, type_name="markdown", at=at)
    show(lesson=lesson, at=at)
    item = add_item(actor=trainer, type="truefalse", stem="结束前要问客户还有没有别的问题。",
                    definition={{"key": True}}, shop_id=shop.id, at=at)
    accept_item(actor=trainer, item=item, dimension=Dimension.SKILL, competencies=[competency], at=at)
    quiz = create_quiz(actor=trainer, at=at, data=QuizData(title="{QUIZ}", dimension=Dimension.SKILL, shop_id=shop.id,
                       draw_count=1, policy=Policy(cut_score=0.8)))
    add_items(actor=trainer, quiz=quiz, item_ids=[item.id], at=at)
    publish_quiz(actor=trainer, quiz=quiz, at=at)
    quiz.activity.competencies = [competency]
    print(criterion.name)
"""
HOUR = """
from lms.app import create_app
from lms.kernel.clock import now
from lms.kernel.db import unit_of_work
from lms.qa.sampling.tasks import fill_queues

with create_app().app_context(), unit_of_work():
    print(fill_queues(now()))
"""
EFFECTS = """
from lms.app import create_app
from lms.coaching.effects.tasks import turn
from lms.kernel.clock import now
from lms.kernel.db import unit_of_work

with create_app().app_context(), unit_of_work():
    turn(now())
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A home of its own without the demo: only this shop's chats are in the queue."""
    served = Server(tmp_path_factory.mktemp("served") / "home")
    served.lms("init")
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def criterion(server: Server) -> str:
    """The name of the criterion that this walk is about."""
    return run_in(server, MAKE)[-1]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two exports, one after the other: some chats of a week, and those of the next."""
    if REAL.is_file():
        lines = REAL.read_text(encoding="utf-8").splitlines()
        # Long ones are no better a test, and slow a keyboard down.
        short = [line for line in lines if 6 <= len(json.loads(line)["messages"]) <= 20]
        first, second = short[:12], short[12:30]
    else:
        first, second = [written(n) for n in range(12)], [written(n) for n in range(12, 30)]
    folder = tmp_path_factory.mktemp("exports")
    paths = folder / "first.jsonl", folder / "second.jsonl"
    for path, chats in zip(paths, (first, second), strict=True):
        path.write_text("\n".join(chats) + "\n", encoding="utf-8")
    return paths


def written(n: int) -> str:
    said = [
        ("customer", f"你好，第{n}单的电饭煲什么时候发货"),
        ("agent", "您好，今天下午五点前发出"),
        ("customer", "内胆能用钢丝球洗吗"),
        ("agent", "不建议，会刮花涂层，用软海绵就好"),
        ("customer", "好的，那我知道了"),
        ("agent", "祝您用得顺手"),
    ]
    return json.dumps(
        {"id": f"w{n}", "messages": [{"from": who, "text": text} for who, text in said]}, ensure_ascii=False
    )


def bring_in(sign_in: SignIn, path: Path) -> None:
    """The trainer imports an export; the supervisor says who served these chats."""
    page = sign_in("teacher", password=PASSWORD)
    page.goto("/chats/imports/new")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_text("新增消息")).to_be_visible(timeout=JOB_SECONDS)
    boss = sign_in("boss", password=PASSWORD)
    go(boss, "会话归属")
    boss.get_by_role("link", name="这批会话由谁接待").first.click()
    boss.get_by_label(re.compile(AGENT)).check()
    boss.get_by_role("button", name="指定", exact=True).click()
    expect(boss.get_by_text(re.compile("已指定|通"))).not_to_have_count(0)


def test_1_supervisor_plans_the_sampling_of_imported_chats(
    sign_in: SignIn, exports: tuple[Path, Path], criterion: str
) -> None:
    bring_in(sign_in, exports[0])
    page = sign_in("boss", password=PASSWORD)
    go(page, "抽检计划")
    page.get_by_role("link", name="新建计划").first.click()
    page.get_by_label("名称").fill("每周抽检")
    page.get_by_label(re.compile("每人每周抽几通")).fill("2")
    page.get_by_label(re.compile("其中随机抽")).fill("100")
    page.get_by_label(re.compile("新人每周多抽几通")).fill("0")
    look(page, DESKTOP)
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="补足这一周").click()
    expect(page.get_by_text("抽取完成，新增 2 通待评会话。")).to_be_visible(timeout=JOB_SECONDS)
    expect(page.get_by_role("row", name=re.compile(AGENT))).to_be_visible()


def fault(page: Page, name: str) -> None:
    """Fail one criterion by keyboard, with the first message of the agent as evidence; all others in full."""
    crit = page.locator("[data-crit]", has=page.locator(".crit-name", has_text=name))
    place = page.locator("[data-crit]").evaluate_all(
        "(all, id) => all.findIndex(c => c.id === id)", crit.get_attribute("id")
    )
    for _step in range(place):
        page.keyboard.press("j")
    page.keyboard.press("0")
    page.keyboard.press("p")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("e")
    expect(crit.locator(".chip")).to_have_count(1)
    page.keyboard.press("a")


def test_2_evaluator_scores_two_chats_by_keyboard(sign_in: SignIn, criterion: str) -> None:
    page = sign_in("checker", password=PASSWORD)
    go(page, "待评会话")
    page.get_by_role("button", name="评下一通").click()
    for n in (1, 2):
        expect(page.locator("[data-desk]")).to_be_visible()
        assert "随机" not in page.content()  # why a chat is in the queue is nobody's business who scores it
        fault(page, criterion)
        if n == 1:
            look(page, DESKTOP)
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("都评完了"))).to_be_visible()


def test_3_agent_accepts_one_and_disputes_the_other_on_a_phone(sign_in: SignIn, criterion: str) -> None:
    page = sign_in("agent1", PHONE, PASSWORD)
    go(page, "我的质检")
    look(page, PHONE)
    page.locator(".own-result").first.click()
    look(page, PHONE)
    page.get_by_role("button", name="全部确认").click()
    go(page, "我的质检")
    page.locator(".own-result.is-open").click()
    page.locator("summary", has_text="申诉").click()
    page.get_by_label("为什么不该扣分").fill(REASON)
    page.get_by_role("button", name="提交申诉").click()
    expect(page.get_by_text(re.compile("申诉")).first).to_be_visible()
    check_fits(page)
    page.goto("/learning/tasks")
    expect(page.get_by_text(LESSON)).to_have_count(0)  # one confirmed fault is not two


def test_4_the_dispute_is_lost_and_the_rule_assigns_lesson_and_quiz(sign_in: SignIn, criterion: str) -> None:
    checker = sign_in("checker", password=PASSWORD)
    answer = checker.goto("/qa/disputes")
    page = sign_in("boss", password=PASSWORD)
    go(page, "申诉")
    page.get_by_role("link", name=re.compile(criterion)).first.click()
    expect(page.get_by_text(REASON)).to_be_visible()
    page.get_by_text("该扣：申诉未成立").click()
    page.get_by_label("理由").fill("客户最后一句没有人接。")
    look(page, DESKTOP)
    page.get_by_role("button", name="提交裁定").click()
    expect(page.get_by_text("申诉未成立")).to_be_visible()
    go(page, "闭环看板")
    page.locator(".loop-stage", has_text="培训").click()
    expect(page.get_by_role("row", name=re.compile(AGENT))).to_contain_text("培训中")
    look(page, DESKTOP)
    page.goto("/coaching/loop/decisions")
    expect(page.get_by_text("连续 2 次不合格，达到规则的 2 次。")).to_be_visible()
    expect(page.get_by_text("目前 1 次不合格，规则要求 2 次。")).to_be_visible()
    assert answer is not None


def test_5_agent_does_lesson_and_quiz_on_a_phone(sign_in: SignIn) -> None:
    page = sign_in("agent1", PHONE, PASSWORD)
    page.goto("/learning/tasks")
    look(page, PHONE)
    page.get_by_role("link", name=re.compile(LESSON)).first.click()
    page.locator("[data-lesson-end]").scroll_into_view_if_needed()
    expect(page.get_by_text("这一节读完了")).to_be_visible(timeout=20_000)
    page.goto("/learning/tasks")
    page.get_by_role("link", name=re.compile(QUIZ)).first.click()
    page.get_by_role("button", name="开始作答").click()
    with page.expect_response(lambda response: response.request.method == "POST" and response.ok):
        page.locator("label.choice", has_text="正确").click()
    page.goto(page.url.split("#")[0] + "/hand-in")
    page.get_by_role("button", name="确认交卷").click()
    expect(page.locator(".result-figure")).to_have_text("100%")


def test_6_five_follow_up_checks_come_into_the_queue_and_look_like_any_other(
    sign_in: SignIn, server: Server, exports: tuple[Path, Path], criterion: str
) -> None:
    boss = sign_in("boss", password=PASSWORD)
    boss.goto("/coaching/loop?stage=following")
    expect(boss.get_by_role("row", name=re.compile(AGENT))).to_contain_text("还没有复检结果")
    bring_in(sign_in, exports[1])
    run_in(server, HOUR)  # an hour passes
    page = sign_in("checker", password=PASSWORD)
    go(page, "待评会话")
    waiting = int(page.locator(".stat", has_text="待评").locator(".stat-value").inner_text())
    assert waiting == 5
    assert "复检" not in page.content()
    page.get_by_role("button", name="评下一通").click()
    for _n in range(waiting):
        expect(page.locator("[data-desk]")).to_be_visible()
        assert "复检" not in page.content()
        page.keyboard.press("a")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
    expect(page.get_by_text(re.compile("都评完了"))).to_be_visible()


def test_7_the_verdict_says_how_sure_it_is_and_the_effect_page_stays_honest(
    sign_in: SignIn, server: Server, criterion: str
) -> None:
    page = sign_in("boss", password=PASSWORD)
    page.goto("/coaching/loop?stage=concluded")
    page.get_by_role("link", name=AGENT).first.click()
    expect(page.get_by_text("看来改好了：合格率在 57–100% 之间（5 通里 5 通合格）。")).to_be_visible()
    look(page, DESKTOP)
    run_in(server, EFFECTS)
    teacher = sign_in("teacher", password=PASSWORD)
    go(teacher, "课程效果")
    expect(teacher.get_by_text(LESSON).first).to_be_visible()
    expect(teacher.get_by_text(re.compile("还不能下结论")).first).to_be_visible()
    look(teacher, DESKTOP)
    agent = sign_in("agent1", PHONE, PASSWORD)
    agent.goto("/coaching/timeline/me")
    expect(agent.get_by_role("link", name=re.compile(LESSON)).first).to_be_visible()
    look(agent, PHONE)
