"""Coefficients of agreement, each worked out by hand from its textbook definition.

The fixture: three raters A, B, C score six chats kept (1) or not (0); B did not score the last.

    chat   A  B  C
    1      1  1  1
    2      1  1  0
    3      0  0  0
    4      1  1  1
    5      0  1  0
    6      1  –  1
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from lms.qa.statistics.agreement import Agreement, Level, agreement, bias, cohen_kappa, pair_share

ROWS = [(1, 1, 1), (1, 1, 0), (0, 0, 0), (1, 1, 1), (0, 1, 0), (1, None, 1)]
A, B, C = ([row[rater] for row in ROWS] for rater in range(3))


def test_share_of_pairs_that_agree() -> None:
    # Pairs a chat: 3 of 3, 1 of 3, 3 of 3, 3 of 3, 1 of 3, 1 of 1 = 12 of 16.
    assert pair_share(ROWS) == 12 / 16


def test_kappa_of_two_raters_with_the_counts_expected_by_chance() -> None:
    # A and B share chats 1–5. A: three 1, two 0; B: four 1, one 0. They agree on 4 of 5.
    # Expected 1–1: 3·4/5 = 2.4; 1–0: 3·1/5; 0–1: 2·4/5; 0–0: 2·1/5. By chance (2.4 + 0.4) ÷ 5 = 0.56.
    # κ = (0.8 − 0.56) ÷ (1 − 0.56) = 6/11.
    kappa = cohen_kappa(A, B)
    assert (kappa.n, kappa.observed_share, kappa.expected_share) == (5, 0.8, pytest.approx(0.56))
    assert kappa.expected == {(1, 1): 2.4, (1, 0): 0.6, (0, 1): 1.6, (0, 0): 0.4}
    assert kappa.counts == {(1, 1): 3, (1, 0): 0, (0, 1): 1, (0, 0): 1}
    assert kappa.value == pytest.approx(6 / 11)


def test_kappa_of_the_other_pairs() -> None:
    # A and C, six chats: 5/6 observed; A has four 1, C three: (4·3 + 2·3) ÷ 36 = 1/2 expected; κ = (5/6 − 1/2) ÷ 1/2.
    assert cohen_kappa(A, C).value == pytest.approx(2 / 3)
    # B and C, five chats: 3/5 observed; (4·2 + 1·3) ÷ 25 = 11/25 expected; κ = (15 − 11) ÷ (25 − 11).
    assert cohen_kappa(B, C).value == pytest.approx(2 / 7)


def test_alpha_of_the_three() -> None:
    # Coincidences, each ordered pair of a chat with m scores counting 1/(m − 1):
    #   1–1: 3 + 1 + 3 + 2 = 9 (chats 1, 2, 4, 6); 0–0: 3 + 1 = 4 (3, 5); 0–1 and 1–0: 1 + 1 = 2 each (2, 5).
    # n₁ = 9 + 2 = 11, n₀ = 4 + 2 = 6, n = 17. Observed 4/17, expected 2·11·6 ÷ (17·16).
    # α = 1 − 16·4 ÷ 132 = 17/33.
    assert agreement(ROWS) == Agreement(6, 0.75, pytest.approx(17 / 33))


def test_alpha_of_steps_counts_near_as_less_wrong_than_far() -> None:
    # Two raters on steps 0–2: (0,0) (1,2) (2,2) (1,1). n₀ = 2, n₁ = 3, n₂ = 3, n = 8.
    # Distances: δ²(0,1) = (5 − 2.5)² = 6.25, δ²(0,2) = (8 − 2.5)² = 30.25, δ²(1,2) = (6 − 3)² = 9.
    # Observed 2·1·9 ÷ 8; expected 2·(6·6.25 + 6·30.25 + 9·9) ÷ (8·7) = 600/56; α = 1 − 18·7/600 = 0.79.
    steps = [(0, 0), (1, 2), (2, 2), (1, 1)]
    assert agreement(steps, Level.ORDINAL).alpha == pytest.approx(0.79)
    # As mere names: observed 2/8, expected 2·(6 + 6 + 9) ÷ 56 = 42/56; α = 1 − 14/42 = 2/3.
    assert agreement(steps).alpha == pytest.approx(2 / 3)


def test_krippendorffs_own_example() -> None:
    # Krippendorff (2011), section C: four observers, twelve units, missing data: α nominal 0.743, ordinal 0.815.
    none = None
    observers = [
        (1, 2, 3, 3, 2, 1, 4, 1, 2, none, none, none),
        (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, none, 3),
        (none, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, none),
        (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, none),
    ]
    units = list(zip(*observers, strict=True))
    nominal, ordinal = agreement(units), agreement(units, Level.ORDINAL)
    assert (round(nominal.alpha or 0, 3), round(ordinal.alpha or 0, 3)) == (0.743, 0.815)
    assert nominal.n == 11  # the twelfth was seen by one observer only
    assert nominal.low is not None and nominal.low < 0.743 < (nominal.high or 0) <= 1


def test_the_interval_repeats_by_seed_and_is_left_out_for_few_chats() -> None:
    many = ROWS * 3
    assert agreement(many, seed=7) == agreement(many, seed=7)
    assert agreement(ROWS).low is None


def test_without_variation_there_is_no_coefficient_but_a_share() -> None:
    assert agreement([(1, 1), (1, 1), (1, None)]) == Agreement(2, 1.0, None)
    assert cohen_kappa([1, 1], [1, 1]).value is None
    assert agreement([(1, None), (None, 0)]) == Agreement(0, None, None)
    assert cohen_kappa([1], [None]).value is None


def test_bias_is_the_mean_difference_to_the_others() -> None:
    # A: 0, 1 − ½, 0, 0, 0 − ½, 0 = 0. B, five chats: 0, ½, 0, 0, 1 → 0.3. C: 0, −1, 0, 0, −½, 0 → −0.25.
    assert [(one.rater, one.n, one.mean) for one in bias(ROWS)] == [(0, 6, 0), (1, 5, 0.3), (2, 6, -0.25)]
    # On a scale of 5 the same differences are a fifth.
    assert [one.mean for one in bias(ROWS, [5] * 6)] == pytest.approx([0, 0.06, -0.05])


def test_bias_has_the_interval_of_the_t_test_once_there_are_enough_chats() -> None:
    # Ten chats, gaps +1 five times and 0 five times: mean 0.5, s = √(10·0.25 ÷ 9) = 0.5270, t₉ = 2.2622,
    # half = 2.2622·0.5270 ÷ √10 = 0.3770.
    first = bias([(1, 0)] * 5 + [(1, 1)] * 5)[0]
    assert (first.mean, round(first.low or 0, 3), round(first.high or 0, 3)) == (0.5, 0.123, 0.877)


def test_importing_loads_no_heavy_library() -> None:
    code = (
        "import sys, lms.qa.statistics.agreement as a, lms.qa.statistics.intervals as i;"
        "a.cohen_kappa([1, 0], [1, 1]); i.newcombe(1, 2, 1, 2);"
        "print(sorted({'numpy', 'scipy', 'krippendorff'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
