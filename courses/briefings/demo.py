"""The briefings' part of ``lms demo``: last week's, drafted and published."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from courses.briefings.services import draft_briefing, edit_briefing, publish_briefing, week_of
from lms.kernel.clock import to_local
from lms.kernel.hookspecs import DemoStep

OPENING = "这一周有几个少见的问题，请大家记一下；拿不准的，早会上问。\n\n"


def run(context: Any) -> str:
    """Drafted by the program from what happened, with a word of the trainer's before it."""
    trainer, shop = context.person("trainer"), context.shop("songguo")
    monday = week_of(to_local(context.at).date()) - timedelta(days=7)
    friday = context.days_ago(to_local(context.at).weekday() + 3, hour=17)
    briefing = draft_briefing(actor=trainer, shop=shop, monday=monday, at=friday)
    edit_briefing(
        actor=trainer,
        briefing=briefing,
        title=briefing.title,
        body=OPENING + briefing.body,
        base=friday,
        at=friday + timedelta(minutes=20),
    )
    told = publish_briefing(actor=trainer, briefing=briefing, at=friday + timedelta(minutes=21))
    return f"1 份每周简报，通知 {told} 人"


DEMO_STEPS = (DemoStep(76, "每周简报", run),)
