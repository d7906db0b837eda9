"""What changed between two texts: lines first, then the characters inside a changed line. Pure.

Chinese has no blanks between words, so a changed line is compared character by character; scraps of fewer than two
equal characters between changes are counted as changed, which reads better than confetti.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 2  # unchanged lines shown around a change
LONGEST_LINE = 4_000  # beyond this a changed line is marked as a whole: comparing takes the square of the length
LARGEST_BLOCK = 40  # changed lines on either side that are paired by likeness; larger blocks are paired in order
ALIKE = 0.45  # lines less alike than this are one removed and one added


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Piece:
    """A stretch of a line."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the comparison. Numbers count from 1; None where that side has no such line."""

    kind: Kind
    old_number: int | None
    new_number: int | None
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()

    @property
    def old_text(self) -> str:
        return "".join(piece.text for piece in self.old)

    @property
    def new_text(self) -> str:
        return "".join(piece.text for piece in self.new)


@dataclass(frozen=True)
class Gap:
    """Unchanged lines that are left out."""

    lines: int


def compare(old: str, new: str) -> list[Row]:
    """Every line of both texts, in order: :func:`before` and :func:`after` give the texts back."""
    a, b = old.split("\n"), new.split("\n")
    rows: list[Row] = []
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    rows += [_same(i, i, a[i]) for i in range(head)]
    inner_a, inner_b = a[head : len(a) - tail], b[head : len(b) - tail]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, inner_a, inner_b).get_opcodes():
        if tag == "equal":
            rows += [_same(head + i1 + k, head + j1 + k, inner_a[i1 + k]) for k in range(i2 - i1)]
        else:
            rows += _replaced(inner_a[i1:i2], inner_b[j1:j2], head + i1, head + j1)
    rows += [_same(len(a) - tail + k, len(b) - tail + k, a[len(a) - tail + k]) for k in range(tail)]
    return rows


def before(rows: Sequence[Row]) -> str:
    """The older text."""
    return "\n".join(row.old_text for row in rows if row.old_number is not None)


def after(rows: Sequence[Row]) -> str:
    """The newer text."""
    return "\n".join(row.new_text for row in rows if row.new_number is not None)


def folded(rows: Sequence[Row], context: int = CONTEXT) -> list[Row | Gap]:
    """The changes with some lines around them; what lies between becomes a gap. Empty when nothing changed."""
    changed = [i for i, row in enumerate(rows) if row.kind is not Kind.SAME]
    if not changed:
        return []
    shown = sorted({j for i in changed for j in range(max(0, i - context), min(len(rows), i + context + 1))})
    out: list[Row | Gap] = []
    last = -1
    for i in shown:
        left_out = i - last - 1
        if left_out == 1:
            out.append(rows[i - 1])
        elif left_out:
            out.append(Gap(left_out))
        out.append(rows[i])
        last = i
    if left_out := len(rows) - 1 - last:
        out.append(Gap(left_out) if left_out > 1 else rows[-1])
    return out


def counts(rows: Sequence[Row]) -> tuple[int, int]:
    """(lines added, lines removed); a changed line counts as both."""
    added = sum(row.kind in (Kind.ADDED, Kind.CHANGED) for row in rows)
    removed = sum(row.kind in (Kind.REMOVED, Kind.CHANGED) for row in rows)
    return added, removed


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    n = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        n += 1
    return n


def _same(i: int, j: int, text: str) -> Row:
    piece = (Piece(text),)
    return Row(Kind.SAME, i + 1, j + 1, piece, piece)


def _replaced(old: list[str], new: list[str], i: int, j: int) -> list[Row]:
    """Rows for lines that were replaced: like ones side by side, the others as removed and added."""
    rows: list[Row] = []
    x = y = 0
    for p, q in [*_pairs(old, new), (len(old), len(new))]:
        rows += [Row(Kind.REMOVED, i + k + 1, None, (Piece(old[k], True),)) for k in range(x, p)]
        rows += [Row(Kind.ADDED, None, j + k + 1, (), (Piece(new[k], True),)) for k in range(y, q)]
        if p < len(old) and q < len(new):
            old_pieces, new_pieces = characters(old[p], new[q])
            rows.append(Row(Kind.CHANGED, i + p + 1, j + q + 1, old_pieces, new_pieces))
        x, y = p + 1, q + 1
    return rows


def _pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Which changed lines belong together, in order, so that the sum of their likeness is greatest."""
    if max(len(old), len(new), 1) > LARGEST_BLOCK:
        return [(k, k) for k in range(min(len(old), len(new))) if _alike(old[k], new[k]) >= ALIKE]
    likeness = [[_alike(x, y) for y in new] for x in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for p in range(len(old) - 1, -1, -1):
        for q in range(len(new) - 1, -1, -1):
            paired = likeness[p][q] + best[p + 1][q + 1] if likeness[p][q] >= ALIKE else 0.0
            best[p][q] = max(paired, best[p + 1][q], best[p][q + 1])
    pairs, p, q = [], 0, 0
    while p < len(old) and q < len(new):
        if likeness[p][q] >= ALIKE and best[p][q] == likeness[p][q] + best[p + 1][q + 1]:
            pairs.append((p, q))
            p, q = p + 1, q + 1
        elif best[p][q] == best[p + 1][q]:
            p += 1
        else:
            q += 1
    return pairs


def _alike(x: str, y: str) -> float:
    if not x.strip() or not y.strip() or max(len(x), len(y)) > LONGEST_LINE:
        return 0.0
    matcher = SequenceMatcher(None, x, y)
    return 0.0 if matcher.quick_ratio() < ALIKE else matcher.ratio()


def characters(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The stretches of two lines, changed ones marked."""
    if max(len(old), len(new)) > LONGEST_LINE:
        return (Piece(old, True),), (Piece(new, True),)
    left: list[Piece] = []
    right: list[Piece] = []
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for n, (tag, i1, i2, j1, j2) in enumerate(steps):
        scrap = tag == "equal" and i2 - i1 < 2 and 0 < n < len(steps) - 1
        changed = tag != "equal" or scrap
        _add(left, old[i1:i2], changed)
        _add(right, new[j1:j2], changed)
    return tuple(left), tuple(right)


def _add(pieces: list[Piece], text: str, changed: bool) -> None:
    if not text:
        return
    if pieces and pieces[-1].changed == changed:
        pieces[-1] = Piece(pieces[-1].text + text, changed)
    else:
        pieces.append(Piece(text, changed))
