"""Intervals of shares and of their differences. Pure.

Wilson's and Newcombe's need no library, so that a page may work them out; the exact one imports SciPy, which web
workers must not load: for jobs, commands and tests only.
"""

from __future__ import annotations

import math

Z95 = 1.959964
"""The normal quantile of 97.5 %."""


def wilson(passes: int, checks: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share, two-sided 95 %; (0, 1) without a check.

    This is the interval that a verdict quotes: 5 of 5 gives 0.5655 to 1, read as 57–100 %.
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.
    """
    if checks == 0:
        return 0.0, 1.0
    share, z2 = passes / checks, z * z
    middle = (share + z2 / (2 * checks)) / (1 + z2 / checks)
    half = z / (1 + z2 / checks) * math.sqrt(share * (1 - share) / checks + z2 / (4 * checks * checks))
    # At the ends the formula gives 0 and 1 but for rounding.
    return 0.0 if passes == 0 else middle - half, 1.0 if passes == checks else middle + half


def clopper_pearson(passes: int, checks: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share, two-sided; (0, 1) without a check. It never covers less than ``level``.

    5 of 5 gives 0.4782 to 1 (0.025 to the power of 1/5), more cautious than Wilson's. Needs SciPy: not for pages.
    C. J. Clopper, E. S. Pearson (1934), Biometrika 26.
    """
    if checks == 0:
        return 0.0, 1.0
    from scipy.stats import binomtest

    bounds = binomtest(passes, checks).proportion_ci(confidence_level=level, method="exact")
    return float(bounds.low), float(bounds.high)


def newcombe(passes_a: int, checks_a: int, passes_b: int, checks_b: int) -> tuple[float, float]:
    """The 95 % interval of share a − share b of two independent samples, from their Wilson intervals; (−1, 1) when one
    is empty. Checks that cluster (several of one agent) need more than this: see ``coaching.effects.estimate``.

    R. G. Newcombe (1998), Interval estimation for the difference between independent proportions, method 10,
    Statistics in Medicine 17.
    """
    if checks_a == 0 or checks_b == 0:
        return -1.0, 1.0
    a, b = passes_a / checks_a, passes_b / checks_b
    low_a, high_a = wilson(passes_a, checks_a)
    low_b, high_b = wilson(passes_b, checks_b)
    return a - b - math.hypot(a - low_a, high_b - b), a - b + math.hypot(high_a - a, b - low_b)
