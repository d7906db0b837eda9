"""The demo follows two improvements up: one is being worked on, one is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.qa.enums import ImprovementState
from lms.qa.improvements.models import Improvement
from lms.qa.improvements.services import follow_up

SHOPS = (("songguo", "supervisor", "trainer"), ("shanyue", "supervisor-b", "trainer-b"))
PROPOSAL = "查单、改址、催发都要等后台，高峰期一查就是几分钟。先在话术里加一句“大约要等几分钟”，再请技术加缓存。"
OUTCOME = "话术已更新并通知到每个人；查单页面改为先显示缓存，等待从四分钟降到四十秒。"


def run(context: Any) -> str:
    """The oldest of each shop gets an owner; of the first shop the second one is done."""
    count = 0
    for key, supervisor, trainer in SHOPS:
        shop, actor = context.shop(key), context.person(supervisor)
        query = select(Improvement).where(Improvement.shop_id == shop.id).order_by(Improvement.id).limit(2)
        for place, improvement in enumerate(db.session.scalars(query)):
            done = place == 1
            if done and key != SHOPS[0][0]:
                continue
            follow_up(
                actor=actor,
                improvement=improvement,
                state=ImprovementState.DONE if done else ImprovementState.DOING,
                title=improvement.title,
                proposal=PROPOSAL,
                outcome=OUTCOME if done else "",
                owner_id=context.person(trainer).id if done else actor.id,
                due_on=to_local(context.at + timedelta(days=-2 if done else 5)).date(),
                at=context.days_ago(2, hour=17),
            )
            count += 1
    return f"跟进 {count} 条"


DEMO_STEPS = (DemoStep(89, "改进事项", run),)
