"""Cuts one customer's messages into conversations: a day is one, and a chat over midnight stays whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lms.conversations.enums import Side
from lms.conversations.formats.shape import MOST_MESSAGES, ParsedConversation, ParsedMessage
from lms.conversations.formats.times import local_day

_PAUSE = timedelta(minutes=30)


class DayCutter:
    """Takes messages in the order of the export and gives conversations.

    The key is the customer and the day of the first message, so that a later, longer export finds it again.
    """

    def __init__(self) -> None:
        self._messages: list[ParsedMessage] = []
        self._customer = ""
        self._part = 1

    def add(self, customer: str, message: ParsedMessage) -> Iterator[ParsedConversation]:
        """Take a message; yields the conversation that it ends, if any."""
        if self._messages:
            last = self._messages[-1].sent_at
            day_over = (
                last is not None
                and message.sent_at is not None
                and local_day(last) != local_day(message.sent_at)
                and abs(message.sent_at - last) > _PAUSE
            )
            if customer != self._customer or day_over:
                yield from self.finish()
            elif len(self._messages) >= MOST_MESSAGES:
                yield self._made()
                self._part += 1
                self._messages = []
        self._customer = customer
        message.seq = len(self._messages)
        self._messages.append(message)

    def finish(self) -> Iterator[ParsedConversation]:
        """The conversation under way, if any."""
        if self._messages:
            yield self._made()
        self._messages, self._part = [], 1

    def _made(self) -> ParsedConversation:
        first = self._messages[0].sent_at
        key = f"{self._customer}|{local_day(first) if first else ''}" + (f"#{self._part}" if self._part > 1 else "")
        agent = next((m.sender for m in self._messages if m.side is Side.AGENT and m.sender), "")
        return ParsedConversation(key, self._customer, self._messages, agent=agent, started_at=first)
