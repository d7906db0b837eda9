"""What goes into drafting and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Source = tuple[int, int]
"""(conversation_id, message_id)"""


@dataclass(frozen=True, slots=True)
class GroupSource:
    """A mined group of same questions, as drafting needs it.

    `answers` are the agents' real answers, best first, with their repetitions left in when known; `sources` are the
    messages the questions and answers came from; `answer_sources` runs parallel to `answers` where it is given.
    """

    key: int
    question: str
    variants: tuple[str, ...]
    answers: tuple[str, ...]
    stage: str = "unknown"
    product: str = ""
    dimension: str = "knowledge"
    sources: tuple[Source, ...] = ()
    answer_sources: tuple[Source | None, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A drafted item, fit for review. `definition` is the one of its question type."""

    type: str
    stem: str
    definition: dict[str, Any]
    rationale: str
    group_key: int
    sources: tuple[Source, ...]
    dimension: str
    key_text: str = ""


@dataclass(frozen=True, slots=True)
class DraftResult:
    """Drafts in the order of their groups, and how many were refused for which reason (see `gate.REASONS`)."""

    items: list[DraftItem]
    rejected: dict[str, int] = field(default_factory=dict)

    @property
    def by_type(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for item in self.items:
            counts[item.type] = counts.get(item.type, 0) + 1
        return counts


TYPES: Sequence[str] = ("single", "multiple", "truefalse", "fill", "short")
