"""Rows that the tests of mining need."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from lms.conversations.enums import ImportState, Side
from lms.conversations.models import ChatImport, Conversation, Message
from lms.people.models import Shop
from quizzes.mining.models import GroupAnswer, Question, QuestionGroup
from tests.factories import save

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
_numbers = count(1)
_SIDES = {"客": Side.CUSTOMER, "服": Side.AGENT, "机": Side.ROBOT}


def make_chat(shop: Shop | None, *lines: tuple[str, str], product: str = "") -> list[Message]:
    """A stored conversation of (客 or 服, text) lines; its messages."""
    n = next(_numbers)
    shop_id = shop.id if shop else None
    entry = save(ChatImport(shop_id=shop_id, state=ImportState.DONE, finished_at=AT, created_at=AT))
    conversation = save(
        Conversation(
            shop_id=shop_id,
            import_id=entry.id,
            format="jsonl",
            fingerprint=f"mine-{n}",
            source_digest=f"s{n}",
            customer_digest=f"c{n}",
            customer_label=f"顾客{n}",
            started_at=AT,
            product_ref=product,
            message_count=len(lines),
        )
    )
    return [
        save(Message(conversation_id=conversation.id, position=p, side=_SIDES[side], text=text, digest=n * 1000 + p))
        for p, (side, text) in enumerate(lines)
    ]


def make_group(
    shop: Shop | None, question: str, *answers: str, heat: int = 3, **fields: object
) -> tuple[QuestionGroup, list[GroupAnswer]]:
    """A stored group with one chat, its question and these answers."""
    asked, answered = make_chat(shop, ("客", question), ("服", answers[0] if answers else "您好"))
    group = save(
        QuestionGroup(
            shop_id=shop.id if shop else None,
            question=question,
            count=heat,
            variant_count=1,
            answer=answers[0] if answers else "",
            **fields,
        )
    )
    place = {"group_id": group.id, "conversation_id": asked.conversation_id}
    save(Question(**place, message_id=asked.id, text=question, normalised=question))
    rows = [
        save(GroupAnswer(**place, message_id=answered.id, text=text, count=1, rank=rank))
        for rank, text in enumerate(answers, start=1)
    ]
    return group, rows
