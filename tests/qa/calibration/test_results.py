"""Agreement of a round by hand; the same three raters as in tests/qa/statistics/test_agreement.py."""

from __future__ import annotations

import pytest

from lms.qa.calibration.results import Given, Results, Standing, pairs_with_others, standing_of, work_out
from lms.qa.enums import CalibrationKind

ROWS = [(1, 1, 1), (1, 1, 0), (0, 0, 0), (1, 1, 1), (0, 1, 0), (1, None, 1)]
GIVEN = [
    Given(chat, 10 + rater, 7, value, 1, None if value is None else value == 1)
    for chat, row in enumerate(ROWS)
    for rater, value in enumerate(row)
]


def test_each_line_and_the_whole() -> None:
    results = work_out(GIVEN, [6, 7], {})
    assert results.people == (10, 11, 12)
    (line,) = results.lines  # nobody scored criterion 6
    assert (line.criterion_id, line.agreement.n, line.agreement.share) == (7, 6, 0.75)
    assert line.agreement.alpha == pytest.approx(17 / 33)
    assert line.kappa is None  # of three people there is none
    assert [(one.rater, one.mean) for one in line.biases] == [(0, 0), (1, 0.3), (2, -0.25)]
    assert results.whole.alpha == pytest.approx(17 / 33)
    assert Results.from_json(results.to_json()) == results


def test_two_people_have_kappa_too() -> None:
    results = work_out([one for one in GIVEN if one.person_id != 12], [7], {})
    assert results.lines[0].kappa == pytest.approx(6 / 11)


def test_each_against_most_of_the_others() -> None:
    # A: chat 1 others 1,1; 2 split; 3 0,0; 4 1,1; 5 split (B 1, C 0); 6 C alone: 1. B on chat 2: A 1, C 0 split.
    pairs = pairs_with_others(GIVEN, CalibrationKind.SHARED)
    assert pairs[10] == [(1, 1), (0, 0), (1, 1), (1, 1)]
    assert pairs[11] == [(1, 1), (0, 0), (1, 1), (1, 0)]  # chat 5: A and C say 0
    assert pairs[12] == [(1, 1), (0, 1), (0, 0), (1, 1), (1, 1)]  # chat 2: A and B say 1


def test_a_regrade_judges_only_who_scored_first() -> None:
    live = [Given(chat, 3, 7, value, 1, value == 1, live=True) for chat, value in enumerate((1, 0, 1))]
    again = [Given(chat, 4, 7, value, 1, value == 1) for chat, value in enumerate((1, 1, 1))]
    assert pairs_with_others(live + again, CalibrationKind.REGRADE) == {3: [(1, 1), (0, 1), (1, 1)]}


def test_who_is_below_the_bar() -> None:
    # 20 lines in two rounds: 10 kept by both, 4 faults by both, 3 and 3 apart. Agree 14/20. Ones 13 each of 40 values:
    # n₁ = 26, n₀ = 14; observed 2·6 ÷ 40, expected 2·26·14 ÷ (40·39); α = 1 − 39·12 ÷ 728 = 0.357.
    first, second = [(1, 1)] * 10, [(0, 0)] * 4 + [(1, 0)] * 3 + [(0, 1)] * 3
    standing = standing_of([first, second, []])
    assert (standing.lines, standing.rounds, standing.share) == (20, 2, 0.7)
    assert standing.alpha == pytest.approx(1 - 39 * 12 / 728)
    assert standing.is_below(0.6) and not standing.is_below(0.3)
    assert not Standing(19, 2, 0.5, 0.0).is_below(0.6)  # too few lines
    assert not Standing(40, 2, 1.0, None).is_below(0.6)  # everything was the same
