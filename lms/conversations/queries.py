"""Lists of conversations and imports that a person may see, and searches in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from lms.conversations.digests import Digests
from lms.conversations.enums import Side
from lms.conversations.models import ChatImport, Conversation, Message
from lms.kernel.clock import from_local
from lms.kernel.db import db
from lms.people.models import Person, Shop
from lms.people.queries import shop_filter

_SNIPPETS = 300


@dataclass(frozen=True)
class ChatFilter:
    """What to look for. text is searched in messages (of one side, if ``side`` is set), product numbers and names;
    a customer's whole nick finds the customer's chats though no nick is stored."""

    text: str = ""
    side: Side | None = None
    shop_id: int | None = None
    import_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None


def conversations_visible_to(viewer: Person, wanted: ChatFilter | None = None) -> Select[tuple[Conversation]]:
    """Conversations of the viewer's shops, the latest first; those without a date come last."""
    wanted = wanted or ChatFilter()
    query = (
        select(Conversation)
        .where(shop_filter(viewer, Conversation.shop_id))
        .options(joinedload(Conversation.shop))
        .order_by(Conversation.started_at.desc().nulls_last(), Conversation.id.desc())
    )
    if wanted.shop_id is not None:
        query = query.where(Conversation.shop_id == wanted.shop_id)
    if wanted.import_id is not None:
        query = query.where(Conversation.import_id == wanted.import_id)
    if wanted.first_day is not None:
        query = query.where(Conversation.started_at >= from_local(datetime.combine(wanted.first_day, time())))
    if wanted.last_day is not None:
        after = wanted.last_day + timedelta(days=1)
        query = query.where(Conversation.started_at < from_local(datetime.combine(after, time())))
    if wanted.text:
        query = query.where(_mentions(viewer, wanted))
    return query


def _mentions(viewer: Person, wanted: ChatFilter) -> Any:
    said = select(Message.conversation_id).where(Message.text.contains(wanted.text, autoescape=True))
    if wanted.side is not None:
        return Conversation.id.in_(said.where(Message.side == wanted.side))
    return or_(
        Conversation.id.in_(said),
        Conversation.product_ref == wanted.text,
        Conversation.product_name.contains(wanted.text, autoescape=True),
        Conversation.customer_label == wanted.text.upper(),
        Conversation.customer_digest.in_(_customer_digests(viewer, wanted.text)),
    )


def _customer_digests(viewer: Person, name: str) -> list[str]:
    """The digests that a customer of this name has in each of the viewer's shops."""
    shop_ids = viewer.access.shop_ids
    shops: Sequence[int | None] = list(shop_ids) if shop_ids is not None else list(db.session.scalars(select(Shop.id)))
    return [Digests(shop_id).customer(name) for shop_id in [None, *shops]]


def snippets(conversation_ids: Sequence[int], wanted: ChatFilter) -> dict[int, Message]:
    """The first message of each conversation that holds the text looked for."""
    if not wanted.text or not conversation_ids:
        return {}
    query = (
        select(Message)
        .where(Message.conversation_id.in_(conversation_ids), Message.text.contains(wanted.text, autoescape=True))
        .order_by(Message.conversation_id, Message.position)
        .limit(_SNIPPETS)
    )
    if wanted.side is not None:
        query = query.where(Message.side == wanted.side)
    found: dict[int, Message] = {}
    for message in db.session.scalars(query):
        found.setdefault(message.conversation_id, message)
    return found


def messages_of(conversation: Conversation) -> Select[tuple[Message]]:
    """The conversation's messages in order."""
    return select(Message).where(Message.conversation_id == conversation.id).order_by(Message.position)


def place_of(conversation: Conversation, message_id: int) -> int | None:
    """How many messages stand before this one in the conversation; None when it is not of it."""
    return db.session.scalar(
        select(Message.position).where(Message.id == message_id, Message.conversation_id == conversation.id)
    )


def imports_visible_to(viewer: Person) -> Select[tuple[ChatImport]]:
    """Imports into the viewer's shops, the latest first."""
    return (
        select(ChatImport)
        .where(shop_filter(viewer, ChatImport.shop_id))
        .options(joinedload(ChatImport.shop), joinedload(ChatImport.created_by).lazyload(Person.grants))
        .order_by(ChatImport.created_at.desc(), ChatImport.id.desc())
    )
