"""A conversation as it is shown: days, runs of one speaker, masked places marked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lms.conversations.masking import PLACEHOLDERS
from lms.conversations.models import Message
from lms.kernel.clock import to_local

_PLACEHOLDER = re.compile("|".join(re.escape(text) for text in PLACEHOLDERS.values()))


@dataclass(frozen=True)
class Line:
    """One message on the page. ``parts`` are (text, whether it is a masked place); ``day`` is set where one begins."""

    message: Message
    day: str
    goes_on: bool
    parts: list[tuple[str, bool]]


def parts_of(text: str) -> list[tuple[str, bool]]:
    """``text`` cut at masked places."""
    parts: list[tuple[str, bool]] = []
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > at:
            parts.append((text[at : match.start()], False))
        parts.append((match[0], True))
        at = match.end()
    if at < len(text):
        parts.append((text[at:], False))
    return parts


def lines_of(messages: Iterable[Message]) -> list[Line]:
    """The messages as lines of a page."""
    lines: list[Line] = []
    day, speaker = "", ("", "")
    for message in messages:
        this_day = to_local(message.sent_at).strftime("%Y-%m-%d") if message.sent_at else ""
        this_speaker = (message.side.value, message.sender)
        begins = this_day if this_day != day else ""
        goes_on = this_speaker == speaker and not begins
        lines.append(Line(message, begins, goes_on, parts_of(message.text)))
        day, speaker = this_day or day, this_speaker
    return lines
