"""One session a line, in JSON; U-NEED's names of the fields too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import Side
from lms.conversations.formats.shape import (
    LONGEST_TEXT,
    MOST_MESSAGES,
    BadLine,
    Dropped,
    Event,
    ParsedConversation,
    ParsedMessage,
    ParseOptions,
)
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.speakers import side_of_word
from lms.conversations.formats.times import parse_time

_KEY = ("id", "sid", "session_id", "sessionId", "conversation_id", "dialogue_id", "会话ID")
_TURNS = ("messages", "dialogue", "dialog", "turns", "chats", "msgs", "conversation")
_SIDE = ("from", "sender_type", "role", "side", "speaker", "sender")
_TEXT = ("text", "send_content", "content", "message", "msg", "utterance")
_TIME = ("time", "sent_at", "send_time", "timestamp", "created_at")
_CUSTOMER = ("userid", "user_id", "customer", "buyer", "buyer_nick", "客户")
_AGENT = ("agent", "servicer", "客服")
_PRODUCT = ("sku", "product", "product_id", "item_id", "商品编号")
_PRODUCT_NAME = ("product_name", "item_name", "商品名称")
_ORDER = ("seq_no", "seq", "order")


class Jsonl:
    """``{id, messages: [{from, text, time?, sku?}]}``, or U-NEED's ``{sid, dialogue: [{seq_no, sender_type, …}]}``."""

    name = "jsonl"
    label: Any = _l("JSONL（一行一通会话）")

    def sniff(self, head: str, filename: str) -> float:
        first = head.lstrip()[:2000]
        if not first.startswith("{"):
            return 0.0
        named = any(f'"{name}"' in head for name in _TURNS)
        return 0.97 if named else 0.4

    def parse(self, source: ChatSource, options: ParseOptions) -> Iterator[Event]:
        for line in source.lines():
            if isinstance(line, BadLine):
                yield line
                continue
            number, text = line
            if text.strip():
                yield from _session(number, text)


def _session(number: int, text: str) -> Iterator[Event]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        cut = not text.rstrip().endswith("}")
        reason = _("这一行的 JSON 不完整，文件可能被截断。") if cut else _("这一行不是有效的 JSON。")
        yield BadLine(number, reason)
        return
    if not isinstance(record, dict):
        yield BadLine(number, _("这一行应是一个 JSON 对象（一通会话）。"))
        return
    turns = _first(record, _TURNS)
    if not isinstance(turns, list):
        yield BadLine(number, _("找不到消息列表 messages 或 dialogue。"))
        return
    messages: list[ParsedMessage] = []
    product = _text(_first(record, _PRODUCT))
    product_name = _text(_first(record, _PRODUCT_NAME))
    for position, turn in enumerate(turns, start=1):
        made = _message(position, turn)
        if isinstance(made, str):
            yield BadLine(number, _("第 %(n)s 条消息：%(reason)s", n=position, reason=made))
        elif made.side is Side.SYSTEM:
            yield Dropped(number)
        else:
            product = product or _text(_first(turn, _PRODUCT))
            messages.append(made)
    if not messages:
        return
    if all(message.seq for message in messages):
        messages.sort(key=lambda message: message.seq)
    key = _text(_first(record, _KEY)) or "".join(["?", *(message.text[:60] for message in messages[:3])])
    customer, agent = _text(_first(record, _CUSTOMER)), _text(_first(record, _AGENT))
    for part, at in enumerate(range(0, len(messages), MOST_MESSAGES), start=1):
        some = messages[at : at + MOST_MESSAGES]
        yield ParsedConversation(
            key if part == 1 else f"{key}#{part}",
            customer,
            some,
            agent=agent,
            started_at=some[0].sent_at,
            product_ref=product,
            product_name=product_name,
        )


def _message(position: int, turn: Any) -> ParsedMessage | str:
    """The message, or why it is none."""
    if not isinstance(turn, dict):
        return _("应是一个 JSON 对象。")
    text = _first(turn, _TEXT)
    if not isinstance(text, str) or not text.strip():
        return _("没有文字内容。")
    if len(text) > LONGEST_TEXT:
        return _("超过 %(n)s 字。", n=LONGEST_TEXT)
    side = side_of_word(_text(_first(turn, _SIDE)))
    if side is None:
        return _("看不出是客户还是客服发的。")
    order = _first(turn, _ORDER)
    at = _first(turn, _TIME)
    return ParsedMessage(
        order if isinstance(order, int) and not isinstance(order, bool) and order > 0 else 0,
        side,
        "",
        parse_time(_text(at)) if at is not None else None,
        text,
    )


def _first(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        value = record.get(name)
        if value is not None:
            return value
    return None


def _text(value: Any) -> str:
    return str(value).strip()[:200] if isinstance(value, (str, int)) else ""
