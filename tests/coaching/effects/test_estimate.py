"""The honest effect in a small sum by hand, and on a simulated shop (tests/bench/bench_effect.py in short)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lms.coaching.effects.estimate import ArmFigures, Naive, TrialCase, estimate
from lms.coaching.enums import Arm
from tests.coaching.effects.simulation import simulate

CASES = [
    TrialCase(1, Arm.NOW, 4, 5, before_passes=6, before_checks=10, after_passes=9, after_checks=10),
    TrialCase(2, Arm.NOW, 5, 5, before_passes=7, before_checks=10, after_passes=8, after_checks=10),
    TrialCase(3, Arm.LATER, 3, 5, before_passes=5, before_checks=10),
    TrialCase(1, Arm.LATER, 4, 5),
]


def test_a_sum_by_hand() -> None:
    # Shares 9/10 and 7/10, difference 0.2. Residuals: now 4 − 4.5 and 5 − 4.5, later 3 − 3.5 and 4 − 3.5; over the ten
    # checks of their half, later with the sign turned: agent 1: −0.05 − 0.05, agent 2: 0.05, agent 3: 0.05.
    # Variance 3/1 · (0.01 + 0.0025 + 0.0025) = 0.045; t₁ = 12.7062; half the width 12.7062 · √0.045 = 2.6954.
    effect = estimate(CASES, least=2, least_agents=2)
    assert (effect.now, effect.later) == (ArmFigures(2, 2, 10, 0.9), ArmFigures(2, 2, 10, 0.7))
    assert effect.difference == pytest.approx(0.2)
    assert (effect.low, effect.high) == (pytest.approx(0.2 - 2.6954, abs=1e-4), pytest.approx(0.2 + 2.6954, abs=1e-4))
    # Before and after of the two cases that have both: 13/20 → 17/20.
    assert effect.naive == Naive(2, 0.65, 0.85)
    assert effect.naive.gain == pytest.approx(0.2)


def test_it_is_silent_below_the_least() -> None:
    assert estimate(CASES).difference is None
    assert estimate(CASES, least=2, least_agents=3).low is None
    assert estimate([]).naive.gain is None


def test_cases_without_a_check_or_not_drawn_do_not_count() -> None:
    more = [*CASES, TrialCase(4, Arm.NOW, 0, 0), TrialCase(5, Arm.NONE, 5, 5)]
    assert estimate(more, least=2, least_agents=2) == estimate(CASES, least=2, least_agents=2)


def test_a_simulated_shop_is_not_fooled_by_regression_to_the_mean() -> None:
    null = [estimate(cases) for cases in simulate(40, 0.0, seed=4)]
    real = [estimate(cases) for cases in simulate(40, 0.10, seed=4)]
    assert sum(one.low <= 0 <= one.high for one in null if one.low is not None and one.high is not None) >= 36
    assert abs(sum(one.difference or 0 for one in null) / 40) < 0.012  # three standard errors of 40 runs
    assert 0.11 < sum(one.naive.gain or 0 for one in null) / 40 < 0.15
    assert sum(one.low is not None and one.low > 0 for one in real) >= 27


def test_importing_loads_no_heavy_library() -> None:
    code = (
        "import sys, lms.coaching.effects.estimate as e; e.estimate([]);"
        "print(sorted({'numpy', 'scipy'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
