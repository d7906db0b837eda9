"""What the automatic checks found in a chat, beside the criterion that each of them belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.conversations.models import Message
from lms.qa.checks.running import chat_text, hints_in
from lms.qa.checks.settings import ShopSettings
from lms.qa.scorecards.definition import Definition

MOST = 3
ELSEWHERE = 0


@dataclass(frozen=True)
class ShownHint:
    """A hint as the scoring page shows it; ``number`` is that of the message in the chat, None for the whole chat."""

    check: str
    text: str
    message_id: int | None
    number: int | None


def hints_for(
    messages: Sequence[Message], definition: Definition, settings: ShopSettings
) -> dict[int, list[ShownHint]]:
    """{criterion id: at most three hints}; what belongs to no criterion stands under ``ELSEWHERE``. Never a score."""
    numbers = {message.id: message.position + 1 for message in messages}
    wanted: dict[str, list[int]] = {}
    for ident, spec in definition.by_id().items():
        for check in spec.checks:
            wanted.setdefault(check, []).append(ident)
    found: dict[int, list[ShownHint]] = {}
    for hint in hints_in(chat_text(messages), settings):
        said = f"{hint.label}：{hint.hit.explanation}"
        shown = ShownHint(hint.check, said, hint.hit.message_id, numbers.get(hint.hit.message_id or 0))
        for ident in wanted.get(hint.check, [ELSEWHERE]):
            there = found.setdefault(ident, [])
            if len(there) < MOST:
                there.append(shown)
    return found
