"""Rows that the bank's tests need."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from lms.conversations.enums import ImportState, Side
from lms.conversations.models import ChatImport, Conversation, Message
from lms.kernel.db import db
from lms.people.models import Person, Shop
from quizzes.bank.models import DraftBatch, Item
from quizzes.bank.services import add_item
from quizzes.mining.models import GroupAnswer, Question, QuestionGroup
from quizzes.types.protocol import make_options
from tests.factories import save

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
_numbers = count(1)
OPTIONS = make_options(["签收后 7 天内可以退货", "签收后 15 天内可以退货", "不可以退货", "只能换货"])
SINGLE: dict[str, Any] = {"options": OPTIONS, "key": OPTIONS[0]["id"], "shuffle": True}
MULTIPLE: dict[str, Any] = {
    "options": OPTIONS,
    "keys": [OPTIONS[0]["id"], OPTIONS[3]["id"]],
    "scoring": "partial",
    "shuffle": True,
}
FILL: dict[str, Any] = {"text": "签收后____内可以退货", "blanks": [{"accepted": ["7天", "一周"]}]}
SHORT: dict[str, Any] = {
    "model_answer": "您好，签收后 7 天内可以退货。",
    "points": [{"id": "p1", "text": "说明期限", "mark": 2.0, "keywords": ["7天"]}],
}
DEFINITIONS: dict[str, dict[str, Any]] = {
    "single": SINGLE,
    "multiple": MULTIPLE,
    "truefalse": {"key": True},
    "fill": FILL,
    "short": SHORT,
}


def make_chat(shop: Shop | None, *lines: tuple[str, str]) -> list[Message]:
    """A conversation of (customer or agent, text) lines; its messages."""
    n = next(_numbers)
    shop_id = shop.id if shop else None
    chat_import = save(ChatImport(shop_id=shop_id, state=ImportState.DONE, finished_at=AT, created_at=AT))
    conversation = save(
        Conversation(
            shop_id=shop_id,
            import_id=chat_import.id,
            format="jsonl",
            fingerprint=f"f{n}",
            source_digest=f"s{n}",
            customer_digest=f"c{n}",
            message_count=len(lines),
        )
    )
    return [
        save(
            Message(
                conversation_id=conversation.id, position=place, side=Side(side), text=text, digest=n * 1000 + place
            )
        )
        for place, (side, text) in enumerate(lines)
    ]


def make_group(shop: Shop | None, question: str, *answers: str, heat: int = 5, **fields: Any) -> QuestionGroup:
    """A mined group with one chat an answer."""
    chats = [make_chat(shop, ("customer", question), ("agent", answer)) for answer in answers]
    group = save(
        QuestionGroup(shop_id=shop.id if shop else None, question=question, count=heat, answer=answers[0], **fields)
    )
    for asked, answered in chats:
        place = {"group_id": group.id, "conversation_id": asked.conversation_id}
        save(Question(**place, message_id=asked.id, text=question, normalised=question))
        rank = chats.index([asked, answered]) + 1
        save(GroupAnswer(**place, message_id=answered.id, text=answered.text, count=1, rank=rank, general=True))
    return group


def make_item(
    actor: Person | None = None, *, shop: Shop | None = None, type: str = "single", stem: str = "", **fields: Any
) -> Item:
    """An item that waits for review."""
    n = next(_numbers)
    fields.setdefault("definition", DEFINITIONS[type])
    stem = stem or f"顾客问第 {n} 次：「可以退货吗？」"
    return add_item(actor=actor, type=type, stem=stem, shop_id=shop.id if shop else None, at=AT, **fields)


def make_batch(shop: Shop | None, *items: Item) -> DraftBatch:
    batch = save(DraftBatch(shop_id=shop.id if shop else None, created_at=AT, finished_at=AT, drafted=len(items)))
    for item in items:
        item.batch_id = batch.id
    db.session.flush()
    return batch
