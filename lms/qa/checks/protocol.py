"""What an automatic check of a chat is. Pure: no database, no request, the same chat gives the same hits.

A check gives hints to whoever scores; it never scores by itself. Offer one with the hook ``qa_checks``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from lms.conversations.enums import MessageKind, Side
from lms.qa.checks.settings import ShopSettings

_EMOTICON = re.compile(r"#E-[a-z]\d+|\[[^\[\]]{1,8}\]|/:[^ ]{1,6}")
_NO_WORDS = re.compile(r"[\W_]+")
QUOTE = 120


@dataclass(frozen=True)
class Said:
    """A message of a chat. ``sent_at`` is None where the export has no times."""

    id: int
    side: Side
    text: str
    sent_at: datetime | None = None
    kind: MessageKind = MessageKind.TEXT

    @property
    def words(self) -> str:
        """The text without emoticon codes; "" for a picture, a link or a card."""
        return _EMOTICON.sub("", self.text).strip() if self.kind is MessageKind.TEXT else ""

    @property
    def is_bare(self) -> bool:
        """Whether nothing is said: emoticons or punctuation only."""
        return self.kind in (MessageKind.TEXT, MessageKind.EMOTICON) and not _NO_WORDS.sub("", self.words)


@dataclass(frozen=True)
class ChatText:
    """A whole chat, in order."""

    messages: tuple[Said, ...]

    def of(self, side: Side) -> list[Said]:
        """What one side said."""
        return [said for said in self.messages if said.side is side]

    def runs(self) -> Iterator[tuple[Side, list[Said]]]:
        """Messages of one side without another in between; what the system writes divides nothing."""
        run: list[Said] = []
        for said in self.messages:
            if said.side is Side.SYSTEM:
                continue
            if run and run[0].side is not said.side:
                yield run[0].side, run
                run = []
            run.append(said)
        if run:
            yield run[0].side, run


@dataclass(frozen=True)
class Hit:
    """What a check found: the message (None: the chat as a whole), the words it goes by, and a sentence that says why
    they were found."""

    message_id: int | None
    quote: str
    explanation: str


class ChatCheck(Protocol):
    """A check. ``name`` is its key in settings; ``label`` and ``meaning`` are shown to people; ``on_by_default`` is
    True only for what was measured to be right in at least four of five hits."""

    name: str
    label: Any
    meaning: Any
    on_by_default: bool

    def find(self, chat: ChatText, settings: ShopSettings) -> Sequence[Hit]:
        """Everything in the chat that somebody should look at, in order; often nothing."""
        ...


def quote_of(said: Said, match: re.Match[str] | None = None) -> str:
    """The words around a match, short enough for a list."""
    text = said.text.strip()
    if match is None or len(text) <= QUOTE:
        return text[:QUOTE]
    start = max(0, match.start() - QUOTE // 3)
    return ("…" if start else "") + text[start : start + QUOTE]
