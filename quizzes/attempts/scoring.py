"""From marks to a score: pure functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Marks are kept to this many decimals, so that thirds add up and a score that equals the cut score passes.
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class SlotMark:
    """What one slot brought; `mark` is None while it waits for a marker."""

    mark: float | None
    max_mark: float
    dimension: str


@dataclass(frozen=True, slots=True)
class Total:
    """The whole paper. `score` and `passed` are None while a slot waits."""

    mark: float
    max_mark: float
    score: float | None
    passed: bool | None
    waiting: int


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """One dimension's part of the paper; `score` is None while one of its slots waits."""

    dimension: str
    slots: int
    score: float | None


def slot_mark(fraction: float | None, max_mark: float, *, partial_credit: bool = True) -> float | None:
    """The mark of a slot graded by its type: a fraction of the full mark, all or nothing without partial credit."""
    if fraction is None:
        return None
    if not partial_credit and fraction < 1:
        fraction = 0.0
    return round(min(1.0, max(0.0, fraction)) * max_mark, DECIMALS)


def total(slots: Sequence[SlotMark], *, cut_score: float) -> Total:
    """Add up a paper; passed means score ≥ cut score, compared at four decimals. A paper without marks scores 0."""
    reached = round(sum(slot.mark or 0.0 for slot in slots), DECIMALS)
    full = round(sum(slot.max_mark for slot in slots), DECIMALS)
    waiting = sum(slot.mark is None for slot in slots)
    if waiting:
        return Total(reached, full, None, None, waiting)
    score = round(reached / full, DECIMALS) if full else 0.0
    return Total(reached, full, score, score >= round(cut_score, DECIMALS), 0)


def by_dimension(slots: Iterable[SlotMark]) -> list[DimensionScore]:
    """The score a dimension, in the order attitude, knowledge, skill; dimensions without a slot are left out."""
    grouped: dict[str, list[SlotMark]] = {}
    for slot in slots:
        grouped.setdefault(slot.dimension, []).append(slot)
    return [
        DimensionScore(dimension, len(members), total(members, cut_score=0).score)
        for dimension, members in sorted(grouped.items())
    ]


def facility(fractions: Sequence[float], *, least: int = 30) -> float | None:
    """Mean mark ÷ full mark of an item, or None under `least` answers, where chance speaks louder than the item."""
    return sum(fractions) / len(fractions) if len(fractions) >= least else None
