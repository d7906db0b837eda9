"""Accepted items of every type and a published quiz, made directly, for the tests of papers and attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count
from typing import Any

from lms.kernel.clock import now
from lms.learning.enums import AssignmentReason, Dimension
from lms.learning.models import Assignment
from lms.learning.services import assign
from lms.people.models import Person, Shop
from quizzes.bank.enums import ItemState
from quizzes.bank.models import Item, ItemSource, ItemVersion
from quizzes.papers.models import Quiz
from quizzes.papers.policies import Policy
from quizzes.papers.services import QuizData, add_items, create_quiz, publish_quiz
from tests.factories import save

_numbers = count(1)

KEYS: dict[str, dict[str, Any]] = {
    "single": {"choice": "right"},
    "multiple": {"choices": ["right", "also"]},
    "truefalse": {"value": True},
    "fill": {"blanks": ["48小时"]},
    "short": {"text": "先致歉，再核实，48小时内答复。"},
}


def definition(kind: str, number: int) -> dict[str, Any]:
    """A definition whose key is KEYS[kind]."""
    match kind:
        case "single":
            texts = {"right": f"签收后7天内（{number}）", "w1": "签收后30天内", "w2": "不支持退货", "w3": "联系快递员"}
            return {"options": [{"id": k, "text": v} for k, v in texts.items()], "key": "right"}
        case "multiple":
            texts = {"right": "先致歉", "also": "核实订单", "w1": "让顾客自己查", "w2": "结束会话"}
            return {"options": [{"id": k, "text": v} for k, v in texts.items()], "keys": ["right", "also"]}
        case "truefalse":
            return {"key": True}
        case "fill":
            return {"text": "现货订单在____内发出。", "blanks": [{"accepted": ["48小时"]}]}
        case "short":
            return {
                "model_answer": "先致歉，再核实物流，最后给出时间。",
                "points": [
                    {"id": "p1", "text": "致歉", "mark": 1, "keywords": ["抱歉", "致歉"]},
                    {"id": "p2", "text": "核实物流", "mark": 2, "keywords": ["核实", "查询"]},
                    {"id": "p3", "text": "给出时间", "mark": 2, "keywords": ["小时", "今天"]},
                ],
            }
    raise ValueError(kind)


def make_item(
    kind: str = "single",
    *,
    shop: Shop | None = None,
    stem: str = "",
    state: ItemState = ItemState.ACCEPTED,
    dimension: Dimension = Dimension.KNOWLEDGE,
    stale: bool = False,
    rationale: str = "机密解析：以商品页为准。",
    quote: str = "亲，买错了能退吗",
    content: dict[str, Any] | None = None,
) -> Item:
    n = next(_numbers)
    item = save(
        Item(
            shop_id=shop.id if shop else None,
            type=kind,
            state=ItemState.DRAFT,
            dimension=dimension,
            stale=stale,
            sources=[ItemSource(quote=quote)] if quote else [],
        )
    )
    version = save(
        ItemVersion(
            item_id=item.id,
            number=1,
            stem=stem or f"第{n}号题：顾客问怎么退货，应该怎么答？",
            definition=content or definition(kind, n),
            rationale=rationale,
        )
    )
    item.current_version_id = version.id
    item.state = state
    return save(item)


def make_items(number: int, **kwargs: Any) -> list[Item]:
    return [make_item(**kwargs) for _ in range(number)]


def make_quiz(
    trainer: Person,
    items: Sequence[Item],
    *,
    shop: Shop | None,
    title: str = "退换货小测",
    draw_count: int | None = None,
    blueprint: dict[str, int] | None = None,
    publish: bool = True,
    open_practice: bool = False,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    at: datetime | None = None,
    **policy: Any,
) -> Quiz:
    at = at or now()
    quiz = create_quiz(
        actor=trainer,
        data=QuizData(
            title=title,
            dimension=Dimension.KNOWLEDGE,
            shop_id=shop.id if shop else None,
            draw_count=draw_count or len(items),
            blueprint=blueprint or {},
            policy=Policy(**policy),
            open_practice=open_practice,
            opens_at=opens_at,
            closes_at=closes_at,
        ),
        at=at,
    )
    if items:
        add_items(actor=trainer, quiz=quiz, item_ids=[item.id for item in items], at=at)
    return publish_quiz(actor=trainer, quiz=quiz, at=at) if publish else quiz


def give(trainer: Person, quiz: Quiz, *people: Person, at: datetime | None = None) -> list[Assignment]:
    assert quiz.activity is not None
    return assign(
        actor=trainer,
        activity=quiz.activity,
        people=people,
        due_at=None,
        reason=AssignmentReason.BY_HAND,
        at=at or now(),
    )
