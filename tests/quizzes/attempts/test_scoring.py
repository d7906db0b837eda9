"""Marks, partial credit, cut score: worked by hand."""

import pytest

from quizzes.attempts.scoring import DimensionScore, SlotMark, Total, by_dimension, facility, slot_mark, total


@pytest.mark.parametrize(
    ("fraction", "max_mark", "partial", "mark"),
    [
        (1.0, 5, True, 5.0),
        (0.5, 5, True, 2.5),
        (0.5, 5, False, 0.0),
        (1.0, 5, False, 5.0),
        (1 / 3, 1, True, 0.3333),
        (0.0, 2, True, 0.0),
        (None, 2, True, None),
        (-0.5, 2, True, 0.0),
        (1.5, 2, True, 2.0),
    ],
)
def test_the_mark_of_a_slot(fraction: float | None, max_mark: float, partial: bool, mark: float | None) -> None:
    assert slot_mark(fraction, max_mark, partial_credit=partial) == mark


def test_a_paper_is_passed_at_the_cut_score() -> None:
    slots = [SlotMark(1, 1, "skill")] * 4 + [SlotMark(0, 1, "skill")]
    assert total(slots, cut_score=0.8) == Total(4, 5, 0.8, True, 0)
    assert total(slots, cut_score=0.81) == Total(4, 5, 0.8, False, 0)


def test_items_of_unlike_weight() -> None:
    slots = [SlotMark(2, 2, "skill"), SlotMark(2.5, 5, "skill"), SlotMark(0, 3, "skill")]
    assert total(slots, cut_score=0.45) == Total(4.5, 10, 0.45, True, 0)


def test_thirds_add_up_to_the_cut_score() -> None:
    slots = [SlotMark(0.1, 1, "skill")] * 7
    assert total(slots, cut_score=0.1) == Total(0.7, 7, 0.1, True, 0)


def test_a_total_is_null_while_a_slot_waits() -> None:
    slots = [SlotMark(1, 1, "skill"), SlotMark(None, 4, "skill"), SlotMark(None, 4, "skill")]
    assert total(slots, cut_score=0.5) == Total(1, 9, None, None, 2)


def test_an_empty_paper_scores_nothing() -> None:
    assert total([], cut_score=0.5) == Total(0, 0, 0.0, False, 0)


def test_scores_by_dimension() -> None:
    slots = [
        SlotMark(1, 2, "skill"),
        SlotMark(1, 1, "attitude"),
        SlotMark(0, 2, "skill"),
        SlotMark(None, 1, "knowledge"),
    ]
    assert by_dimension(slots) == [
        DimensionScore("attitude", 1, 1.0),
        DimensionScore("knowledge", 1, None),
        DimensionScore("skill", 2, 0.25),
    ]


def test_facility_is_silent_under_thirty() -> None:
    assert facility([1.0] * 29) is None
    assert facility([1.0] * 15 + [0.0] * 15) == 0.5
    assert facility([]) is None
