"""Intervals against figures worked out by hand or published."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.qa.statistics.intervals import clopper_pearson, newcombe, wilson


def test_five_of_five_reads_57_to_100() -> None:
    # With all passed Wilson's low end is n ÷ (n + z²) = 5 ÷ (5 + 3.8415) = 0.5655; the exact one would say 48.
    low, high = wilson(5, 5)
    assert (round(low, 4), high) == (0.5655, 1.0)
    assert f"{low:.0%}–{high:.0%}" == "57%–100%"


def test_the_exact_interval_at_the_ends() -> None:
    # Nothing failed in n: the low end is 0.025 to the power of 1/n; mirrored when nothing passed.
    assert clopper_pearson(5, 5) == (pytest.approx(0.025 ** (1 / 5)), 1.0)
    assert clopper_pearson(0, 5) == (0.0, pytest.approx(1 - 0.025 ** (1 / 5)))


def test_nothing_checked_says_nothing() -> None:
    assert wilson(0, 0) == clopper_pearson(0, 0) == (0.0, 1.0)
    assert newcombe(0, 0, 3, 4) == (-1.0, 1.0)


def test_newcombes_first_example() -> None:
    # Newcombe (1998), table II, example (a): 56/70 − 48/80, method 10.
    low, high = newcombe(56, 70, 48, 80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_lies_between_0_and_1_around_the_share_and_mirrors(case: tuple[int, int]) -> None:
    passes, checks = case
    low, high = wilson(passes, checks)
    assert 0 <= low <= passes / checks <= high <= 1
    assert wilson(checks - passes, checks) == (pytest.approx(1 - high), pytest.approx(1 - low))
