"""Reads each chat once for what makes it risky, and keeps that beside who served it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update

from lms.conversations.enums import Side
from lms.conversations.models import Message
from lms.kernel.db import db
from lms.qa.chats.models import ChatAgent
from lms.qa.checks.protocol import ChatText, Said
from lms.qa.checks.settings import settings_of
from lms.qa.sampling.models import SamplingPlan
from lms.qa.sampling.queries import served_by
from lms.qa.sampling.signals import signals_in

PORTION = 400
MOST = 20_000  # chats read in one go; the next hour reads on


def read_signals(*, plan: SamplingPlan, week: date, most: int = MOST) -> int:
    """Read the week's chats that were not read yet; returns how many. A plan that draws all at random needs none."""
    if plan.random_share >= 1:
        return 0
    unread = (
        select(ChatAgent.conversation_id)
        .where(served_by(plan, week), ChatAgent.signals.is_(None))
        .order_by(ChatAgent.conversation_id)
        .limit(most)
    )
    idents = list(db.session.scalars(unread))
    own = settings_of(plan.shop_id).own_words
    for start in range(0, len(idents), PORTION):
        _read(idents[start : start + PORTION], own)
    return len(idents)


def _read(idents: Sequence[int], own_words: Sequence[str]) -> None:
    said: dict[int, list[Said]] = {ident: [] for ident in idents}
    query = (
        select(Message.conversation_id, Message.id, Message.side, Message.text, Message.sent_at, Message.kind)
        .where(Message.conversation_id.in_(idents), Message.side != Side.SYSTEM)
        .order_by(Message.conversation_id, Message.position)
    )
    for ident, message_id, side, text, sent_at, kind in db.session.execute(query):
        said[ident].append(Said(message_id, side, text, sent_at, kind))
    found = [
        {"conversation_id": ident, "signals": ",".join(signals_in(ChatText(tuple(lines)), own_words))}
        for ident, lines in said.items()
    ]
    db.session.execute(update(ChatAgent), found)
