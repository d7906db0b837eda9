"""Worked examples of scores, computed by hand."""

from __future__ import annotations

from lms.qa.scorecards.scoring import Scored, Total, total


def line(weight: float, value: int | None, top: int = 1, *, critical: bool = False, failed: bool = False) -> Scored:
    return Scored(weight, critical, value, top, failed)


def test_weights_count_and_what_does_not_apply_leaves_both_sides() -> None:
    # (20·1 + 50·3/5) ÷ (20 + 50) = 50 ÷ 70
    assert total([line(20, 1), line(30, None), line(50, 3, 5)]) == Total(71.43, False, 0)


def test_a_critical_fault_zeroes_everything() -> None:
    assert total([line(20, 1), line(10, 0, critical=True, failed=True)]) == Total(0.0, True, 1)


def test_a_critical_line_of_no_weight_still_zeroes() -> None:
    assert total([line(20, 1), line(0, 0, critical=True, failed=True)]) == Total(0.0, True, 1)


def test_a_critical_line_that_does_not_apply_zeroes_nothing() -> None:
    assert total([line(20, 1), line(10, None, critical=True)]) == Total(100.0, False, 0)


def test_nothing_that_applied_has_no_score() -> None:
    assert total([line(20, None), line(30, None)]) == Total(None, False, 0)
    assert total([]) == Total(None, False, 0)
