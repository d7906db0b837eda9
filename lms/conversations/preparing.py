"""From what a parser gives to what may be stored: masked, typed, with digests. Raw text ends here."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from lms.conversations.digests import Digests
from lms.conversations.enums import MessageKind, Side
from lms.conversations.formats.shape import ParsedConversation
from lms.conversations.masking import mask

_IMAGE = re.compile(
    r"^(?:<img\b[^>]*>|\[?图片\]?|\[图片[:：].*\]|\S{1,120}\.(?:jpe?g|png|gif|webp|bmp))$", re.IGNORECASE
)
_LINK = re.compile(r"^(?:<url>|\[链接x?\]|(?:https?:)?//\S+|www\.\S+)$", re.IGNORECASE)
_CARD = re.compile(
    r"^(?:\[?订单(?:编号|号)\s*[:：]\s*(?:\[[^\]]*\]|[\w*]+)\s*(?:[,，]?\s*(?:订单(?:金额|状态)|下单时间|商品\s?(?:ID|号|编号)).*)?\]?|\[商品快照\].*|【此消息为欢迎卡片.*|咨询(?:订单号|商品)[:：].*)$",
    re.IGNORECASE | re.DOTALL,
)
_EMOTICON = re.compile(r"^(?:#E-[a-z]\d+|\[[\u4e00-\u9fff]{1,4}\]|/:[\w^$!~*@><)(-]+|\s)+$")
_ANYBODY_TEXT = "客户 买家 用户 顾客 访客 会员 消费者 匿名 匿名用户 匿名买家 nan null none customer user buyer"
_ANYBODY = frozenset(_ANYBODY_TEXT.split())
_PREVIEW = 60
# Halves of characters and control codes, which neither a database nor a page can hold.
_UNSTORABLE = re.compile(r"[\ud800-\udfff\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def kind_of(text: str) -> MessageKind:
    """What a message is, by its text: a picture's name, a bare link, an order card, emoticons only, or words."""
    if len(text) > 400:
        return MessageKind.TEXT
    first = text[:1]
    if first in "#[/" and _EMOTICON.match(text) and not _IMAGE.match(text) and not _LINK.match(text):
        return MessageKind.EMOTICON
    if (first in "[<" or text[-4:-3] == "." or text[-5:-4] == ".") and _IMAGE.match(text):
        return MessageKind.IMAGE
    if first in "<[h/wH" and _LINK.match(text):
        return MessageKind.LINK
    if first in "[【订咨" and _CARD.match(text):
        return MessageKind.CARD
    return MessageKind.TEXT


@dataclass(slots=True)
class PreparedMessage:
    """A message ready to be stored; ``at`` is naive UTC in ISO form, or None."""

    side: str
    sender: str
    at: str | None
    kind: str
    text: str
    digest: int


@dataclass(slots=True)
class Prepared:
    """A conversation ready to be stored."""

    source_digest: str
    customer_digest: str
    customer_label: str
    agent_label: str
    product_ref: str
    product_name: str
    preview: str
    facts: dict[str, str]
    messages: list[PreparedMessage] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Prepared:
        messages = [PreparedMessage(**message) for message in data.pop("messages")]
        return cls(**data, messages=messages)


@lru_cache(maxsize=4096)
def mask_label(label: str) -> str:
    """An agent's name, a product's name or a file's name as it may be shown."""
    return mask(_UNSTORABLE.sub("", label)).text[:100]


def product_number(ref: str) -> str:
    """A product's number; what looks like a mobile number is left out, whatever the column is called."""
    ref = ref.strip()[:100]
    return "" if re.fullmatch(r"1[3-9]\d{9}", ref) else ref


class Preparer:
    """Masks and prepares conversations of one shop, counting what was masked by kind."""

    def __init__(self, shop_id: int | None) -> None:
        self._digests = Digests(shop_id)
        self.masked: dict[str, int] = {}

    def prepare(self, parsed: ParsedConversation) -> Prepared:
        """The conversation without personal data."""
        customer = parsed.customer.strip()
        nicks = (customer,) if _is_telling(customer) else ()
        customer_digest = self._digests.customer(customer)
        made = Prepared(
            source_digest=self._digests.session(parsed.source_key),
            customer_digest=customer_digest,
            customer_label=customer_digest[:6].upper(),
            agent_label=mask_label(parsed.agent) if parsed.agent else "",
            product_ref=product_number(parsed.product_ref),
            product_name=mask_label(parsed.product_name) if parsed.product_name else "",
            preview="",
            facts={key: mask_label(value) for key, value in parsed.facts.items()},
        )
        for message in parsed.messages:
            masked = mask(_UNSTORABLE.sub("", message.text), nicks=nicks)
            for kind, count in masked.counts.items():
                self.masked[kind] = self.masked.get(kind, 0) + count
            at = None if message.sent_at is None else _naive(message.sent_at)
            kind = kind_of(masked.text)
            made.messages.append(
                PreparedMessage(
                    message.side.value,
                    mask_label(message.sender) if message.sender else "",
                    at,
                    kind.value,
                    masked.text,
                    self._digests.message(message.side.value, at or "", message.text.strip()),
                )
            )
        made.preview = preview_of(made.messages)
        return made


def preview_of(messages: list[PreparedMessage]) -> str:
    """The customer's first words of some length, else the first message."""
    own = [m.text for m in messages if m.side == Side.CUSTOMER.value and m.kind == MessageKind.TEXT.value]
    text = next((t for t in own if len(t) >= 6), None) or (own or [messages[0].text if messages else ""])[0]
    text = " ".join(text.split())
    return text if len(text) <= _PREVIEW else f"{text[: _PREVIEW - 1]}…"


def _naive(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat(sep=" ")


def _is_telling(customer: str) -> bool:
    """Whether the customer's name may be looked for in the text: not a bare word for customers, not a short number."""
    if customer.lower() in _ANYBODY:
        return False
    return len(customer) >= (5 if customer.isdigit() else 3 if customer.isascii() else 2)
