"""The demo names the agents' accounts of both shops, but one: there is something left to name."""

from __future__ import annotations

from typing import Any

from lms.kernel.hookspecs import DemoStep
from lms.qa.chats.queries import accounts_of, people_serving
from lms.qa.chats.services import name_agent

SUPERVISORS = {"songguo": "supervisor", "shanyue": "supervisor-b"}
NICKS = {
    "小宁": "lead", "阿琪": "agent", "雅雅": "agent2", "小宋": "agent-b", "梦梦": "limengyao", "浩浩": "zhanghaoran",
    "欣欣": "liuxinyi", "一鸣": "zhaoyiming", "佳佳": "sunjiahui", "阿凯": "fengkai", "婷婷": "jiangtingting",
    "子涵": "wuzihan", "小磊": "hanlei", "诗雨": "tangshiyu", "阳阳": "caoyang", "岚岚": "weilan",
}  # fmt: skip
NAMED = 7  # days ago


def run(context: Any) -> str:
    """Say whose each account is, as the shop's supervisor would; one nick stays unknown."""
    linked = 0
    for shop_key, supervisor in SUPERVISORS.items():
        shop, actor = context.shop(shop_key), context.person(supervisor)
        for account in accounts_of(shop.id, people_serving(shop.id)):
            nick = account.label.rpartition(":")[2]
            member = NICKS.get(nick)
            if member is not None or nick.startswith("机器人"):
                linked += name_agent(
                    actor=actor,
                    shop_id=shop.id,
                    label=account.label,
                    person=context.person(member) if member else None,
                    at=context.days_ago(NAMED, hour=11),
                )
    return f"{linked} 通会话知道由谁接待"


DEMO_STEPS = (DemoStep(81, "会话归属", run),)
