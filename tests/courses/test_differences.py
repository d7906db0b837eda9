"""What changed between two versions: nothing is lost, changes are found where a reader would see them."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.lessons.differences import Gap, Kind, Piece, after, before, characters, compare, counts, folded

LINE = st.text(alphabet="退货运费七天您好，。\n abc", max_size=12)
TEXT = st.lists(LINE, max_size=12).map("\n".join)


@given(TEXT, TEXT)
@settings(max_examples=60, deadline=None)
def test_both_texts_can_be_told_from_the_comparison(old: str, new: str) -> None:
    rows = compare(old, new)
    assert (before(rows), after(rows)) == (old, new)
    assert [row.old_number for row in rows if row.old_number] == list(range(1, old.count("\n") + 2))
    assert [row.new_number for row in rows if row.new_number] == list(range(1, new.count("\n") + 2))
    assert (not folded(rows)) == (old == new)
    shown = sum(part.lines if isinstance(part, Gap) else 1 for part in folded(rows))
    assert old == new or shown == len(rows)


def test_a_changed_line_is_marked_by_characters() -> None:
    old = "# 退货\n七天内可以退货，运费买家出。\n谢谢"
    new = "# 退货\n七天内可以退货，运费由我们承担。\n谢谢\n再见"
    rows = compare(old, new)
    assert [row.kind for row in rows] == [Kind.SAME, Kind.CHANGED, Kind.SAME, Kind.ADDED]
    assert rows[1].old == (Piece("七天内可以退货，运费"), Piece("买家出", True), Piece("。"))
    assert rows[1].new == (Piece("七天内可以退货，运费"), Piece("由我们承担", True), Piece("。"))
    assert counts(rows) == (2, 1)


def test_like_lines_are_set_side_by_side() -> None:
    rows = compare("先问用途\n再报价格给他看", "新的开场白\n先问清用途\n再报价格给她看看")
    assert [(row.kind, row.old_number, row.new_number) for row in rows] == [
        (Kind.ADDED, None, 1),
        (Kind.CHANGED, 1, 2),
        (Kind.CHANGED, 2, 3),
    ]


def test_single_equal_characters_between_changes_are_no_confetti() -> None:
    left, right = characters("甲的乙", "丙的丁")
    assert (left, right) == ((Piece("甲的乙", True),), (Piece("丙的丁", True),))


def test_far_unchanged_lines_are_left_out() -> None:
    old = "\n".join(str(n) * 5 for n in range(20))
    parts = folded(compare(old, old.replace("1010101010", "改了")))
    assert [part.lines if isinstance(part, Gap) else part.kind for part in parts] == [
        8, Kind.SAME, Kind.SAME, Kind.REMOVED, Kind.ADDED, Kind.SAME, Kind.SAME, 7,
    ]  # fmt: skip


def test_long_texts_take_no_long_time() -> None:
    """The longest body that is kept, as one line and as lines that are all the same."""
    started = time.perf_counter()
    compare("退" * 60_000, "货" * 60_000)
    compare("\n" * 30_000, "a\n" * 15_000)
    compare("退货\n" * 6_000, "退货\n换货\n" * 3_000)
    assert time.perf_counter() - started < 20  # a second on a quiet machine
