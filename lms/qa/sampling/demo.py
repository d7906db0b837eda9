"""The demo has a sampling plan a shop, drawn for the two weeks whose chats it has, and a part-time reviewer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.qa.chats.models import ChatAgent
from lms.qa.sampling.models import QueueEntry
from lms.qa.sampling.queries import scorecards_in_force
from lms.qa.sampling.reading import read_signals
from lms.qa.sampling.services import PlanData, add_reviewer, draw_week, save_plan
from lms.qa.sampling.weeks import due_of, week_of

SUPERVISORS = {"songguo": "supervisor", "shanyue": "supervisor-b"}
PART_TIME = {"songguo": "hejunjie", "shanyue": "tangshiyu"}
SEEDS = {"songguo": 618, "shanyue": 1111}
MADE = 7  # days ago


def run(context: Any) -> str:
    """Make the plans and draw."""
    queued = 0
    for shop_key, supervisor in SUPERVISORS.items():
        shop, actor = context.shop(shop_key), context.person(supervisor)
        at = context.days_ago(MADE, hour=14)
        latest = db.session.scalar(select(func.max(ChatAgent.served_at)).where(ChatAgent.shop_id == shop.id))
        card = next(iter(scorecards_in_force(actor)), None)
        if card is None or latest is None:
            continue
        data = PlanData("每周抽检", card, per_agent=4, new_hire_days=14, new_hire_extra=2)
        plan = save_plan(actor=actor, shop=shop, data=data, at=at, seed=SEEDS[shop_key])
        for week in (week_of(latest) - timedelta(days=7), week_of(latest)):
            read_signals(plan=plan, week=week)
            draw_week(actor=actor, plan=plan, week=week, at=at)
        add_reviewer(actor=actor, shop=shop, person=context.person(PART_TIME[shop_key]), weekly_quota=10, at=at)
        # The demo is opened days after its chats were drawn: what nobody scored in between is not overdue yet.
        late = update(QueueEntry).where(QueueEntry.plan_id == plan.id).values(due_at=due_of(context.at))
        db.session.execute(late.execution_options(synchronize_session=False))
        queued += db.session.scalar(select(func.count()).where(QueueEntry.plan_id == plan.id)) or 0
    return f"{queued} 通会话待评"


DEMO_STEPS = (DemoStep(82, "抽检计划", run),)
