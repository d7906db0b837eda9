"""Rows of a table, from CSV, TSV or XLSX alike. A broken row never swallows the ones below it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from flask_babel import gettext as _

from lms.conversations.formats.shape import LONGEST_TEXT, BadLine
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.workbook import MOST_COLUMNS, read_rows

DELIMITERS = (",", "\t", ";", "|")
_LONGEST_CELL_LINES = 200

csv.field_size_limit(4 << 20)


def delimiter_of(head: str) -> str:
    """The delimiter that cuts the first lines into the most equal numbers of columns; comma when none does."""
    lines = [line for line in head.split("\n")[:30] if line.strip()]
    best, score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [line.count(delimiter) for line in lines]
        if not widths or widths[0] == 0:
            continue
        same = sum(width == widths[0] for width in widths) / len(widths)
        if same * min(widths[0], 8) > score:
            best, score = delimiter, same * min(widths[0], 8)
    return best


def rows_of(source: ChatSource) -> Iterator[tuple[int, list[str]] | BadLine]:
    """(line number, cells) of each row that is not blank."""
    if source.is_workbook:
        with source.open() as stream:
            for number, cells in read_rows(stream):
                if any(cell.strip() for cell in cells):
                    yield number, cells
        return
    yield from _csv_rows(source, delimiter_of(source.head()))


def _csv_rows(source: ChatSource, delimiter: str) -> Iterator[tuple[int, list[str]] | BadLine]:
    """Records of a CSV, assembled by hand: a quote that is never closed costs its own line only."""
    waiting: deque[tuple[int, str]] = deque()
    lines = source.lines()

    def take() -> tuple[int, str] | BadLine | None:
        return waiting.popleft() if waiting else next(lines, None)

    while (line := take()) is not None:
        if isinstance(line, BadLine):
            yield line
            continue
        number, text = line
        if not text.strip():
            continue
        if text.count(delimiter) > MOST_COLUMNS:
            yield BadLine(
                number,
                _(
                    "这一行有 %(n)s 列，超过 %(most)s 列的上限，已跳过。",
                    n=text.count(delimiter) + 1,
                    most=MOST_COLUMNS,
                ),
            )
            continue
        if '"' not in text:
            yield number, text.split(delimiter)
            continue
        more: list[tuple[int, str]] = []
        record = text
        cells = _record(record, delimiter)
        length = len(record)
        while cells is None and len(more) < _LONGEST_CELL_LINES and length <= 4 * LONGEST_TEXT:
            following = take()
            if following is None:
                break
            if isinstance(following, BadLine):
                yield following
                continue
            more.append(following)
            length += len(following[1])
            # Only a line with a quote can close the cell; joining and trying at each line would be quadratic.
            if '"' in following[1]:
                cells = _record("\n".join([record, *(part for _n, part in more)]), delimiter)
        if cells is None:
            waiting.extendleft(reversed(more))
            yield BadLine(number, _("引号没有成对，这一行无法分列。"))
        else:
            yield number, cells


def _record(text: str, delimiter: str) -> list[str] | None:
    """The cells of one record, or None when a quoted cell is still open."""
    try:
        parsed = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
        if len(parsed) == 1:
            return parsed[0]
    except csv.Error:
        pass
    if "\n" in text:
        return None
    # A stray quote inside an unquoted cell (5" 屏) is text.
    opened = any(cell.lstrip().startswith('"') and not cell.rstrip().endswith('"') for cell in text.split(delimiter))
    return None if opened else next(csv.reader([text], delimiter=delimiter))
