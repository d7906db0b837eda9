"""How far people agree who scored the same chats. Pure.

Ratings are rows: one chat each, with a column a rater; None where a rater did not score it or it did not apply. Shares,
kappa and bias are plain Python. Krippendorff's alpha and the intervals import krippendorff, NumPy and SciPy, which web
workers must not load: they are for jobs, whose results are kept.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

Row = Sequence[int | None]

LEAST_FOR_INTERVAL = 10
"""Resampling fewer chats than this says little about other chats: no interval is given."""
RESAMPLES = 1000


class Level(StrEnum):
    """Whether values only differ, or also lie nearer or farther apart."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"


@dataclass(frozen=True)
class Kappa:
    """Two raters' table. ``expected`` holds how often each pair of values would meet by chance, as counts.

    ``value`` is None when nothing is left to explain: no chat in common, or both gave one and the same value always.
    """

    n: int
    observed_share: float
    expected_share: float
    value: float | None
    counts: dict[tuple[int, int], int]
    expected: dict[tuple[int, int], float]


@dataclass(frozen=True)
class Agreement:
    """Of ``n`` chats that at least two scored. ``share``: pairs of raters that gave the same. ``alpha`` is None when
    all values are the same (there is nothing to tell apart); ``low`` and ``high`` bound it at 95 %, None under
    LEAST_FOR_INTERVAL chats."""

    n: int
    share: float | None
    alpha: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Bias:
    """By how much a rater gives more (+) or less (−) than the others on the same chats, as a share of the scale."""

    rater: int
    n: int
    mean: float
    low: float | None = None
    high: float | None = None


def comparable(rows: Sequence[Row]) -> list[list[int | None]]:
    """The chats that at least two raters scored; the others tell nothing of agreement."""
    return [list(row) for row in rows if sum(value is not None for value in row) >= 2]


def pair_share(rows: Sequence[Row]) -> float | None:
    """Pairs of raters of one chat that gave the same, of all such pairs; None without any."""
    same = pairs = 0
    for row in rows:
        known = [value for value in row if value is not None]
        for a, b in combinations(known, 2):
            pairs += 1
            same += a == b
    return same / pairs if pairs else None


def cohen_kappa(a: Row, b: Row) -> Kappa:
    """Cohen's kappa of two raters over the chats that both scored: (observed − expected) ÷ (1 − expected).

    J. Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20.
    """
    both = [(x, y) for x, y in zip(a, b, strict=True) if x is not None and y is not None]
    n = len(both)
    if n == 0:
        return Kappa(0, 0.0, 0.0, None, {}, {})
    of_a, of_b = Counter(x for x, _ in both), Counter(y for _, y in both)
    values = sorted(set(of_a) | set(of_b))
    expected = {(x, y): of_a[x] * of_b[y] / n for x in values for y in values}
    observed_share = sum(x == y for x, y in both) / n
    expected_share = sum(expected[x, x] for x in values) / n
    value = None if len(values) == 1 else (observed_share - expected_share) / (1 - expected_share)
    counted = Counter(both)
    return Kappa(n, observed_share, expected_share, value, {pair: counted[pair] for pair in expected}, expected)


def bias(rows: Sequence[Row], tops: Sequence[int] | None = None) -> list[Bias]:
    """Each rater's mean difference to the mean of the others of the same chat, with the interval of the t-test.

    ``tops`` are the tops of the rows' scales (1 by default). A rater who shares no chat with anybody is left out.
    """
    found = []
    width = max((len(row) for row in rows), default=0)
    for rater in range(width):
        gaps = []
        for place, row in enumerate(rows):
            others = [value for n, value in enumerate(row) if n != rater and value is not None]
            own = row[rater]
            if own is not None and others:
                gaps.append((own - sum(others) / len(others)) / (tops[place] if tops else 1))
        if gaps:
            found.append(Bias(rater, len(gaps), sum(gaps) / len(gaps), *_t_interval(gaps)))
    return found


def _t_interval(values: Sequence[float]) -> tuple[float | None, float | None]:
    n = len(values)
    if n < LEAST_FOR_INTERVAL:
        return None, None
    from scipy.stats import t

    mean = sum(values) / n
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / (n - 1))
    half = float(t.ppf(0.975, n - 1)) * spread / math.sqrt(n)
    return mean - half, mean + half


def agreement(rows: Sequence[Row], level: Level = Level.NOMINAL, *, seed: int = 0) -> Agreement:
    """Krippendorff's alpha of all raters at once, missing values allowed, with the share of pairs that agree.

    The interval is the percentile one of RESAMPLES draws of whole chats, since a chat's scores belong together; draws
    in which everything is the same have no alpha and are left out. The same seed gives the same interval.
    K. Krippendorff (2011), Computing Krippendorff's alpha-reliability, University of Pennsylvania.
    """
    known = comparable(rows)
    share = pair_share(known)
    values = sorted({value for row in known for value in row if value is not None})
    if len(values) < 2:
        return Agreement(len(known), share, None)
    import numpy as np

    counts = np.array([[sum(given == value for given in row) for value in values] for row in known])
    alpha = _alpha(counts, values, level)
    if len(known) < LEAST_FOR_INTERVAL:
        return Agreement(len(known), share, alpha)
    chance = np.random.default_rng(seed)
    drawn = []
    for picked in chance.integers(0, len(known), (RESAMPLES, len(known))):
        sample = counts[picked]
        if (sample.sum(axis=0) > 0).sum() > 1:
            drawn.append(_alpha(sample, values, level))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Agreement(len(known), share, alpha, float(low), float(high))


def _alpha(counts: Any, values: list[int], level: Level) -> float:
    import krippendorff

    return float(krippendorff.alpha(value_counts=counts, value_domain=values, level_of_measurement=level.value))
