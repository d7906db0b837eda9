"""Worked examples of rules, verdicts and the ladder of help, checked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.coaching.enums import Arm, CaseState, Help, RuleKind
from lms.coaching.loop.deciding import (
    Check,
    Given,
    Proposal,
    RuleSettings,
    draw_arm,
    judge,
    look,
    propose,
)

TWO_IN_A_ROW = RuleSettings()
THREE_OF_FIVE = RuleSettings(kind=RuleKind.OF_LAST, fails=3, last=5)


def checks(marks: str) -> list[Check]:
    """x a fault, o kept, ? counts neither way; line ids are the places."""
    return [Check(place, {"x": True, "o": False, "?": None}[mark]) for place, mark in enumerate(marks)]


@pytest.mark.parametrize(
    ("marks", "line", "met", "fails", "lines"),
    [
        ("x", 0, False, 1, (0,)),
        ("xx", 1, True, 2, (0, 1)),
        ("xx", 0, True, 2, (0, 1)),  # confirmed in the other order
        ("xox", 2, False, 1, (2,)),
        ("x?x", 2, True, 2, (0, 2)),  # a disputed one is stepped over
        ("xxo", 1, True, 2, (0, 1)),  # kept afterwards, while the fault waited for its confirmation
        ("oxxx", 3, True, 3, (1, 2, 3)),
    ],
)
def test_in_a_row(marks: str, line: int, met: bool, fails: int, lines: tuple[int, ...]) -> None:
    seen = look(TWO_IN_A_ROW, checks(marks), line)
    assert (seen.met, seen.fails, seen.line_ids) == (met, fails, lines)


@pytest.mark.parametrize(
    ("marks", "line", "met", "fails", "of"),
    [
        ("xoxox", 4, True, 3, 5),
        ("xooxox", 5, False, 2, 5),  # the first stands before the last five
        ("xxo", 1, False, 2, 3),  # only three checks so far
        ("xxx", 2, True, 3, 3),
        ("xoxoxoo", 4, True, 3, 5),
        ("x?x?x", 4, True, 3, 3),
    ],
)
def test_of_the_last(marks: str, line: int, met: bool, fails: int, of: int) -> None:
    seen = look(THREE_OF_FIVE, checks(marks), line)
    assert (seen.met, seen.fails, seen.checks) == (met, fails, of)


def test_what_is_kept_or_unknown_meets_nothing() -> None:
    assert not look(TWO_IN_A_ROW, checks("xxo"), 2).met
    assert not look(TWO_IN_A_ROW, checks("x?x"), 1).met
    assert not look(TWO_IN_A_ROW, checks("xx"), 7).met


@settings(max_examples=60)
@given(st.text("xo?", min_size=1, max_size=12), st.integers(1, 4), st.integers(0, 4), st.data())
def test_a_rule_never_counts_more_faults_than_there_are(marks: str, fails: int, more: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(marks) - 1))
    for kind in RuleKind:
        seen = look(RuleSettings(kind=kind, fails=fails, last=fails + more), checks(marks), place)
        assert seen.fails == len(seen.line_ids) <= marks.count("x")
        assert seen.met == (seen.fails >= fails and marks[place] == "x")


@pytest.mark.parametrize(
    ("marks", "over", "state"),
    [
        ("ooooo", False, CaseState.FIXED),
        ("oooo", False, None),
        ("oooo", True, CaseState.UNCLEAR),
        ("", True, CaseState.UNCLEAR),
        ("", False, None),
        ("oooox", False, CaseState.UNCLEAR),
        ("xx", False, CaseState.RELAPSED),
        ("ooxox", True, CaseState.RELAPSED),
        ("oooo?", True, None),  # a dispute is waited for
        ("ooooo?", False, None),
        ("xx?", False, CaseState.RELAPSED),
    ],
)
def test_verdicts_of_five_wanted(marks: str, over: bool, state: CaseState | None) -> None:
    assert judge(checks(marks), 5, over=over).state is state


def test_a_verdict_carries_its_interval() -> None:
    verdict = judge(checks("ooooo"), 5, over=False)
    assert (verdict.passes, verdict.checks, round(100 * verdict.low), round(100 * verdict.high)) == (5, 5, 57, 100)


def test_no_lesson_a_third_time_and_then_other_help() -> None:
    lesson, other = Given(Help.LESSON, 7), Given(Help.LESSON, 8)
    assert propose([], [7, 8]) == Proposal(Help.LESSON, 7)
    assert propose([lesson], [7, 8]) == Proposal(Help.LESSON, 8)
    assert propose([lesson, other], [7, 8]) == Proposal(Help.LESSON, 7)
    assert propose([lesson, lesson], [7]) == Proposal(Help.PRACTICE, None, (7,))
    practised = [lesson, lesson, Given(Help.PRACTICE, None)]
    assert propose(practised, [7]) == Proposal(Help.SOP_CHECK, None, (7,))
    assert propose([*practised, Given(Help.SOP_CHECK, None)], [7]).help is Help.LIGHTER_LOAD
    assert propose([], []) == Proposal(Help.PRACTICE)


def test_the_lot_is_fair_repeats_and_stays_in_its_bounds() -> None:
    assert draw_arm(TWO_IN_A_ROW, "any") == (Arm.NONE, 0)
    trial = RuleSettings(delay_days=14)
    lots = [draw_arm(trial, f"case:{n}") for n in range(2000)]
    assert lots == [draw_arm(trial, f"case:{n}") for n in range(2000)]
    assert {days for _arm, days in lots} == set(range(7, 15))
    assert 900 < sum(arm is Arm.NOW for arm, _days in lots) < 1100


def test_settings_survive_being_kept() -> None:
    assert RuleSettings.of(THREE_OF_FIVE.to_json()) == THREE_OF_FIVE
