"""What a chat format gives: conversations, lines that did not fit, and lines of the system that are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from lms.conversations.enums import Side

if TYPE_CHECKING:
    from lms.conversations.formats.session_table import SessionTable
    from lms.conversations.formats.source import ChatSource

MOST_MESSAGES = 2000
"""A conversation with more messages is cut into several, so that one never fills the memory."""
LONGEST_TEXT = 20_000
"""Characters of one message; a longer one is reported, for it is a broken file."""


@dataclass(slots=True)
class ParsedMessage:
    """One message as the export has it, not masked yet. sent_at is aware UTC, or None when the export has no date."""

    seq: int
    side: Side
    sender: str
    sent_at: datetime | None
    text: str


@dataclass(slots=True)
class ParsedConversation:
    """One customer's chat. source_key is what the export calls it; facts are what a companion table adds."""

    source_key: str
    customer: str
    messages: list[ParsedMessage]
    agent: str = ""
    started_at: datetime | None = None
    product_ref: str = ""
    product_name: str = ""
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class BadLine:
    """A line that is no message; the reason is shown to people."""

    line: int
    reason: str


@dataclass(slots=True)
class Dropped:
    """A line of the system (a card, 已读, 转人工…): left out on purpose, and counted."""

    line: int


Event = ParsedConversation | BadLine | Dropped


@dataclass(frozen=True)
class ParseOptions:
    """What a parser may know besides the file.

    shops: names of shops, to tell agents from customers; columns: a table's columns by role, given by hand;
    sessions: the companion table of a ``jd-log``.
    """

    shops: tuple[str, ...] = ()
    columns: dict[str, int] | None = None
    sessions: SessionTable | None = None


class ChatFormat(Protocol):
    """A chat-export format, contributed by the hook ``chat_formats``."""

    name: str
    label: Any  # a lazy text

    def sniff(self, head: str, filename: str) -> float:
        """How surely the decoded beginning of a file is of this format, 0 to 1."""
        ...

    def parse(self, source: ChatSource, options: ParseOptions) -> Iterator[Event]:
        """The file's conversations, one after another, in bounded memory."""
        ...
