"""What the pages of the bank send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.learning.enums import Dimension
from lms.learning.models import Competency
from quizzes.bank.enums import RejectReason
from quizzes.bank.queries import ItemFilter
from quizzes.types import QuestionType


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The edit form of an item; its middle part belongs to the question type."""

    stem: str
    definition: dict[str, Any]
    rationale: str
    version_id: int | None
    sop_entry_id: int | None = None


def read_item(values: MultiDict[str, str], one: QuestionType) -> ItemForm:
    return ItemForm(
        stem=values.get("stem", "").replace("\r\n", "\n").strip(),
        definition=one.read_definition(values),
        rationale=values.get("rationale", "").replace("\r\n", "\n").strip(),
        version_id=number(values.get("version", "")),
        sop_entry_id=number(values.get("sop_entry", "")),
    )


def number(text: str) -> int | None:
    """A row's id in a form or an address; anything else is None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def numbers(texts: Sequence[str]) -> list[int]:
    return [value for text in texts if (value := number(text)) is not None]


def read_reason(text: str) -> RejectReason:
    return RejectReason(text) if text in set(RejectReason) else RejectReason.OTHER


def read_dimension(text: str) -> Dimension:
    return Dimension(text) if text in set(Dimension) else Dimension.KNOWLEDGE


def read_competencies(values: MultiDict[str, str], known: Sequence[Competency]) -> list[Competency]:
    """The competencies ticked or chosen, of those that may be."""
    wanted = set(numbers(values.getlist("competency")))
    return [one for one in known if one.id in wanted]


def read_filter(values: MultiDict[str, str]) -> ItemFilter:
    return ItemFilter(
        text=values.get("q", "").strip()[:100],
        type=values.get("type", "").strip()[:40],
        state=values.get("state", "").strip()[:20],
        dimension=values.get("dimension", "").strip()[:20],
        product=values.get("product", "").strip()[:200],
        shop_id=number(values.get("shop", "")),
        batch_id=number(values.get("batch", "")),
    )
