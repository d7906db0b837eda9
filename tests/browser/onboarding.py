"""What the walks through the onboarding week share: the state before them, and how a page is looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import PHONE, Server, check_axe, check_fits

ROOT = Path(__file__).parents[2]
MAKE = """
from sqlalchemy import select
from courses.lessons.services import Draft, create_lesson, show
from lms.app import create_app
from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.learning.enums import Dimension
from lms.learning.models import Competency
from lms.people.models import Person
from quizzes.bank.services import accept_item, add_item
from quizzes.papers.policies import Policy
from quizzes.papers.services import QuizData, add_items, create_quiz, publish_quiz

with create_app().app_context(), unit_of_work():
    trainer = db.session.scalars(select(Person).where(Person.account == "trainer")).one()
    shop_id, at = min(trainer.access.shop_ids), now()
    skill = db.session.scalars(select(Competency).where(Competency.code == "S1")).one()
    knowledge = db.session.scalars(select(Competency).where(Competency.code == "K1")).one()
    attitude = db.session.scalars(select(Competency).where(Competency.code == "A1")).one()
    def lesson(title, body, competency, kind="markdown"):
        made = create_lesson(actor=trainer, draft=Draft(title, body), competencies=[competency], shop_id=shop_id,
                             type_name=kind, at=at)
        show(lesson=made, at=at)
        print(f"/lessons/{made.id}")
    lesson("查物流三步", "## 三步\\n\\n先看单号，再看轨迹，最后说日子。", skill)
    lesson("不急不躁", "## 先应一声\\n\\n买家急，我们不急。", attitude)
    lesson("第一天跟岗", "```清单\\n跟三通接待 ｜ 开场都问好\\n```", skill, "checklist")
    item = add_item(actor=trainer, type="truefalse", stem="签收以后才能申请七天无理由退货。", definition={"key": True},
                    shop_id=shop_id, at=at)
    accept_item(actor=trainer, item=item, dimension=Dimension.KNOWLEDGE, competencies=[knowledge], at=at)
    for title in ("第一关小测", "第二关小测"):
        quiz = create_quiz(actor=trainer, at=at, data=QuizData(
            title=title, dimension=Dimension.KNOWLEDGE, shop_id=shop_id, draw_count=1, policy=Policy(cut_score=0.8)))
        add_items(actor=trainer, quiz=quiz, item_ids=[item.id], at=at)
        publish_quiz(actor=trainer, quiz=quiz, at=at)
"""


def run_in(server: Server, code: str) -> list[str]:
    """Run code on the server's home beside it; the words that it prints."""
    run = subprocess.run(
        [sys.executable, "-c", code], env=server.environment(), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def look(page: Page, size: dict[str, int]) -> None:
    """Fits a phone, and nothing serious for axe."""
    check_axe(page)
    if size is PHONE:
        check_fits(page)
