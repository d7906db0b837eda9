"""The notices' part of ``lms demo``: one that most have acknowledged, and a draft."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from courses.notices.questions import code_of, read_questions
from courses.notices.services import NoticeText, acknowledge, create_notice, publish_notice
from lms.kernel.clock import to_local
from lms.kernel.hookspecs import DemoStep

CHECK = """问：生效日之后下的现货订单，承诺多久发货？
+ 以详情页写的时效为准，写 24 小时就是 24 小时
- 统一回答 48 小时，留点余量
- 先不说时间，让客户等通知

问：客户在生效前一天下的单，按哪套时效回答？
+ 按下单时详情页的时效
- 一律按新的时效
- 按客服自己的估计"""
BODY = """**以前**：所有现货统一说“48 小时内发货”。

**现在**：生效日起，标了“24 小时发货”的商品按 24 小时算，其余现货还是 48 小时。详情页写多少，就说多少。

**客户问起怎么答**：先看订单里的商品标签，再说时间。例如：

> “这款标了 24 小时发货，您今天 15 点付的款，明天 15 点前会交给快递。”

拿不准的先查再说，不要说“尽快”。"""
WAITING = 3  # so many of the team have not acknowledged, for the list of who has not


def run(context: Any) -> str:
    """One notice told to everybody, acknowledged by all but a few, and the draft of another."""
    trainer, shop = context.person("trainer"), context.shop("songguo")
    told_at = context.days_ago(2, hour=9)
    effective = to_local(context.days_ago(-5)).date()
    text = NoticeText("现货发货时效分两档，按详情页说", BODY, CHECK, effective)
    notice = create_notice(actor=trainer, text=text, shop_id=shop.id, at=context.days_ago(3, hour=16))
    told = publish_notice(actor=trainer, notice=notice, teams=[context.team("songguo")], at=told_at)
    questions = read_questions(CHECK).questions
    right = {i: code_of(q.stem, q.right) for i, q in enumerate(questions)}
    lots = context.rng("notices")
    for agent in context.agents("songguo")[:-WAITING]:
        moment = told_at + timedelta(minutes=lots.randint(5, 20 * 60))
        if lots.random() < 0.3:
            wrong = right | {0: code_of(questions[0].stem, questions[0].wrong[0])}
            acknowledge(actor=agent, notice=notice, answers=wrong, at=moment)
        acknowledge(actor=agent, notice=notice, answers=right, at=moment + timedelta(minutes=1))
    draft = NoticeText("开票入口改到订单详情页", "**以前**：找客服开票。\n\n**现在**：客户在订单详情页自己申请。")
    create_notice(actor=trainer, text=draft, shop_id=shop.id, at=context.days_ago(1, hour=17))
    return f"2 条规则变更通知，通知 {told} 人"


DEMO_STEPS = (DemoStep(72, "规则变更通知", run),)
