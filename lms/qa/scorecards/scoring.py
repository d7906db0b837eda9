"""From the lines of a scorecard to its score. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scored:
    """A line as it counts: ``value`` of ``top``, None = does not apply."""

    weight: float
    critical: bool
    value: int | None
    top: int
    failed: bool


@dataclass(frozen=True)
class Total:
    """``score`` is 0–100, None when nothing with a weight applied; ``faults`` counts failed lines."""

    score: float | None
    critical_failed: bool
    faults: int


def total(lines: Iterable[Scored]) -> Total:
    """The weighted mean of what applied, times 100; a critical fault makes it 0.

    What does not apply leaves both sides of the fraction, so that the other weights count for the whole: of weights
    20, 30, 50 with marks 1/1, N/A, 3/5 the score is (20·1 + 50·0.6) ÷ 70 = 71.43.
    """
    known = list(lines)
    applied = [line for line in known if line.value is not None]
    weight = sum(line.weight for line in applied)
    gained = sum(line.weight * line.value / line.top for line in applied if line.value is not None)
    critical = any(line.failed and line.critical for line in applied)
    score = None if weight == 0 else round(100 * gained / weight, 2)
    return Total(0.0 if critical else score, critical, sum(line.failed for line in applied))
