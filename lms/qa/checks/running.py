"""Which checks run in a shop, and what they find in a chat."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lms.conversations.models import Message
from lms.kernel.plugins import plugins
from lms.qa.checks.protocol import ChatCheck, ChatText, Hit, Said
from lms.qa.checks.settings import ShopSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Hint:
    """A hit and the check that found it, for whoever scores the chat."""

    check: str
    label: Any
    hit: Hit


def chat_checks() -> list[ChatCheck]:
    """Every check that the plugins offer; of two with one name the first counts."""
    found: dict[str, ChatCheck] = {}
    for offered in plugins().all("qa_checks"):
        found.setdefault(offered.name, offered)
    return list(found.values())


def is_on(check: ChatCheck, settings: ShopSettings) -> bool:
    """Whether the check runs in the shop: as the shop said, else as it ships."""
    if check.name in settings.checks_off:
        return False
    return check.name in settings.checks_on or check.on_by_default


def chat_text(messages: Iterable[Message]) -> ChatText:
    """Stored messages, in order, as the checks read them."""
    return ChatText(tuple(Said(one.id, one.side, one.text, one.sent_at, one.kind) for one in messages))


def hints_in(chat: ChatText, settings: ShopSettings) -> list[Hint]:
    """What the shop's checks find, in the order of the chat. A check that raises finds nothing, and is logged."""
    hints = []
    for check in chat_checks():
        if not is_on(check, settings):
            continue
        try:
            hits = list(check.find(chat, settings))
        except Exception:
            log.exception("the check %s failed", check.name)
            continue
        hints += [Hint(check.name, check.label, hit) for hit in hits]
    place = {said.id: n for n, said in enumerate(chat.messages)}
    return sorted(hints, key=lambda hint: place.get(hint.hit.message_id or 0, len(place)))
