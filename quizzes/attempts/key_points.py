"""得分点 as the marker sees them: from the item, with the machine's hint beside each. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from quizzes.types import QuestionType
from quizzes.types.protocol import FormValues


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """得分点 of an item that people mark: what an answer must say, and its share in the slot's full mark."""

    id: str
    text: str
    mark: float
    hinted: bool = False
    evidence: str = ""


@runtime_checkable
class SuggestsPoints(Protocol):
    """A question type that can say which key points an answer seems to touch."""

    def suggest(self, definition: Mapping[str, Any], response: Mapping[str, Any] | None) -> Sequence[Any]: ...


def key_points(
    kind: QuestionType | None, definition: Mapping[str, Any], response: Mapping[str, Any] | None
) -> list[KeyPoint]:
    """The key points of an item with hints; none for a type that has no key points."""
    if not isinstance(kind, SuggestsPoints):
        return []
    return [
        KeyPoint(hit.point_id, hit.text, float(hit.mark), bool(hit.hit), str(hit.evidence))
        for hit in kind.suggest(definition, response)
    ]


def given_points(values: FormValues, points: Sequence[KeyPoint]) -> dict[str, float]:
    """Marks per key point from the form's ticks (field `point`, one value a point that was met)."""
    met = set(values.getlist("point"))
    return {point.id: point.mark if point.id in met else 0.0 for point in points}
