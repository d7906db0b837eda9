"""The demo's 前测 and 后测 for the big sale, taken by most of a shop; and items that wait because their SOP changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.knowledge.sop.models import SopEntry
from lms.knowledge.sop.services import VersionData, add_version
from lms.learning.enums import AssignmentReason, Dimension
from lms.learning.services import assign
from quizzes.bank.enums import ItemState
from quizzes.bank.grounds import set_ground
from quizzes.bank.models import Item, ItemVersion
from quizzes.gains.services import compute_gain
from quizzes.papers.models import Quiz
from quizzes.papers.policies import Policy
from quizzes.papers.queries import ItemFilter
from quizzes.papers.services import QuizData, choose_items, create_post_test, create_quiz, publish_quiz

DRAW = 10
# account, chance of being right before and after
TAKERS = (
    ("lead", 0.82, 0.95),
    ("limengyao", 0.55, 0.8),
    ("zhanghaoran", 0.7, 0.85),
    ("liuxinyi", 0.6, 0.85),
    ("zhaoyiming", 0.45, 0.6),
    ("sunjiahui", 0.75, 0.9),
    ("fengkai", 0.65, 0.7),
    ("jiangtingting", 0.5, 0.8),
    ("wuzihan", 0.4, 0.7),
)
RULE = "多久发货"


def pair(context: Any, sit: Any) -> Quiz:
    """Make the pair, let people take both, and work out the gain for those who look at it."""
    trainer, at = context.person("trainer"), context.days_ago(7, hour=18)
    data = QuizData(
        title="大促备战·前测",
        dimension=Dimension.KNOWLEDGE,
        shop_id=context.shop("songguo").id,
        draw_count=DRAW,
        policy=Policy(cut_score=0.8, attempts_allowed=1),
    )
    pre = create_quiz(actor=trainer, data=data, at=at)
    # Without key points: nothing of it waits for a marker.
    for kind, number in (("single", 20), ("truefalse", 14), ("multiple", 10)):
        choose_items(actor=trainer, quiz=pre, count=number, wanted=ItemFilter(type=kind), at=at)
    publish_quiz(actor=trainer, quiz=pre, at=at)
    post = publish_quiz(actor=trainer, quiz=create_post_test(actor=trainer, pre=pre, at=at), at=at)
    people = [context.person(account) for account, _before, _after in TAKERS]
    for quiz in (pre, post):
        assert quiz.activity is not None
        assign(
            actor=trainer, activity=quiz.activity, people=people, due_at=None, reason=AssignmentReason.BY_HAND, at=at
        )
    for account, before, after in TAKERS:
        sit(pre, account, 6, before)
        sit(post, account, 1, after)
    for account in ("trainer", "supervisor"):
        compute_gain(viewer=context.person(account), pre=pre, post=post, at=context.at)
    return pre


def change_ground(context: Any) -> int:
    """Two items rest on a SOP entry that the trainer changed yesterday; returns how many wait now."""
    shop, trainer = context.shop("songguo"), context.person("trainer")
    entry = db.session.scalars(select(SopEntry).where(SopEntry.title == RULE)).one_or_none()
    if entry is None:  # the plugin that brings it is off
        return 0
    query = (
        select(Item)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.shop_id == shop.id, Item.state == ItemState.ACCEPTED, ItemVersion.stem.contains("发货"))
        .order_by(Item.id)
        .limit(2)
    )
    for item in db.session.scalars(query).all():
        set_ground(item=item, entry=entry)
    at = context.days_ago(1, hour=9)
    body = "付款后 **48 小时内**发出；16 点前付的一般当天发。\n\n- 刻字款加 2 天\n- 周末照常发"
    add_version(actor=trainer, entry=entry, version=VersionData(body, to_local(at).date()), at=at)
    return len(db.session.scalars(select(Item.id).where(Item.sop_entry_id == entry.id, Item.stale.is_(True))).all())
