"""The gain between two papers of the same people, with its interval. Pure; SciPy is imported only when it is needed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_PEOPLE = 5
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Gain:
    """Means and the mean gain as fractions; low and high bound its 95 % interval, None under LEAST_PEOPLE people."""

    n: int
    mean_pre: float | None
    mean_post: float | None
    mean_gain: float | None
    low: float | None = None
    high: float | None = None


def means(pairs: Sequence[tuple[float, float]]) -> Gain:
    """The gain without its interval: what a web page may work out by itself."""
    n = len(pairs)
    if not n:
        return Gain(0, None, None, None)
    pre, post = sum(one[0] for one in pairs) / n, sum(one[1] for one in pairs) / n
    return Gain(n, pre, post, post - pre)


def gain(pairs: Sequence[tuple[float, float]]) -> Gain:
    """The mean gain of (pre, post) pairs with the interval of the paired t-test.

    Mean of the differences ± t(0.975, n-1) · s / √n, s with n-1 below; the same as SciPy's ``ttest_rel``. People who
    all gain the same leave no room for doubt: the interval has no width.
    """
    plain = means(pairs)
    if plain.n < LEAST_PEOPLE or plain.mean_gain is None:
        return plain
    from scipy.stats import t  # 30 MB that a web worker does without

    differences = [post - pre for pre, post in pairs]
    variance = sum((one - plain.mean_gain) ** 2 for one in differences) / (plain.n - 1)
    half = float(t.ppf((1 + CONFIDENCE) / 2, plain.n - 1)) * (variance / plain.n) ** 0.5
    return Gain(
        plain.n, plain.mean_pre, plain.mean_post, plain.mean_gain, plain.mean_gain - half, plain.mean_gain + half
    )


def fingerprint(rows: Sequence[tuple[object, ...]]) -> str:
    """Names a set of rows, whatever their order: another attempt, mark or person gives another name."""
    return hashlib.sha256("\n".join(sorted(repr(row) for row in rows)).encode()).hexdigest()
