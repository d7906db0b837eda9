"""Reads the first sheet of an XLSX row by row, so that a large one never stands in memory as a whole.

The spreadsheet reader that pages use loads the whole sheet, which for a million messages is over a gigabyte.
"""

from __future__ import annotations

import posixpath
import re
import tempfile
import zipfile
from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, BinaryIO, Literal
from xml.etree.ElementTree import Element, ParseError, iterparse

from flask_babel import gettext as _

from lms.conversations.formats.errors import UnreadableFile, truncated_file

MOST_COLUMNS = 500
_EPOCH = datetime(1899, 12, 30)
_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_CELL = re.compile(r"([A-Z]{1,3})[0-9]+")


def read_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """(row number from 1, its cells as text) of the first sheet. Dates come as YYYY-MM-DD HH:MM:SS.

    Raises UnreadableFile when the file is no workbook, is cut off or encrypted.
    """
    try:
        with zipfile.ZipFile(stream) as book:
            sheet = _first_sheet(book)
            dates = _date_styles(book)
            with _Strings(book) as strings, book.open(sheet) as xml:
                yield from _rows(xml, strings, dates)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise truncated_file() from error
    except RuntimeError as error:
        raise UnreadableFile(_("这个 Excel 文件加了密码。"), hint=_("请取消密码后再上传。")) from error
    except (ParseError, KeyError, ValueError) as error:
        raise UnreadableFile(
            _("这不是有效的 XLSX 文件，内容已损坏。"), hint=_("请用 Excel 或 WPS 打开后另存为 XLSX 或 CSV。")
        ) from error


def _events(xml: IO[bytes], *kinds: Literal["start", "end"]) -> Iterator[tuple[str, Element]]:
    # Expat itself stops entity bombs and fetches nothing from outside; a test holds it to that.
    return iterparse(xml, events=kinds)  # noqa: S314


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _first_sheet(book: zipfile.ZipFile) -> str:
    """The path of the first sheet in the order of the workbook."""
    names = set(book.namelist())
    if "xl/workbook.xml" not in names:
        raise KeyError("xl/workbook.xml")
    relation = ""
    with book.open("xl/workbook.xml") as xml:
        for _event, node in _events(xml, "end"):
            if _local(node.tag) == "sheet" and not relation:
                relation = next((value for key, value in node.attrib.items() if _local(key) == "id"), "")
    with book.open("xl/_rels/workbook.xml.rels") as xml:
        for _event, node in _events(xml, "end"):
            if _local(node.tag) == "Relationship" and node.get("Id") == relation:
                target = node.get("Target", "")
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                if path in names:
                    return path
    raise KeyError("sheet")


def _date_styles(book: zipfile.ZipFile) -> set[int]:
    """Indexes of cell styles that show a number as a date or time."""
    if "xl/styles.xml" not in book.namelist():
        return set()
    custom: set[int] = set()
    styles: set[int] = set()
    with book.open("xl/styles.xml") as xml:
        inside = False
        index = 0
        for event, node in _events(xml, "start", "end"):
            tag = _local(node.tag)
            if tag == "numFmt" and event == "end":
                code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", node.get("formatCode", ""))
                if re.search(r"[ymdhs]", code, re.IGNORECASE):
                    custom.add(int(node.get("numFmtId", "0")))
            elif tag == "cellXfs":
                inside = event == "start"
            elif tag == "xf" and inside and event == "end":
                ident = int(node.get("numFmtId", "0"))
                if ident in _DATE_IDS or ident in custom:
                    styles.add(index)
                index += 1
    return styles


class _Strings:
    """The shared strings, kept in a nameless temporary file; only their offsets stand in memory."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115 - closed by __exit__
        self._ends = array("Q", [0])
        if "xl/sharedStrings.xml" in book.namelist():
            with book.open("xl/sharedStrings.xml") as xml:
                self._load(xml)

    def _load(self, xml: IO[bytes]) -> None:
        at = 0
        root: Element | None = None
        for event, node in _events(xml, "start", "end"):
            if root is None:
                root = node
            if event == "end" and _local(node.tag) == "si":
                at += self._file.write(_plain(node).encode("utf-8", "replace"))
                self._ends.append(at)
                root.clear()

    def __getitem__(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            raise ValueError("shared string")
        start, end = self._ends[index], self._ends[index + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode()

    def __enter__(self) -> _Strings:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._file.close()


def _plain(node: Element) -> str:
    """The text of a string item, without phonetic hints."""
    parts = []
    for child in node:
        tag = _local(child.tag)
        if tag == "t":
            parts.append(child.text or "")
        elif tag == "r":
            parts += [t.text or "" for t in child if _local(t.tag) == "t"]
    return "".join(parts)


def _rows(xml: IO[bytes], strings: _Strings, dates: set[int]) -> Iterator[tuple[int, list[str]]]:
    data: Element | None = None
    number = 0
    for event, node in _events(xml, "start", "end"):
        tag = _local(node.tag)
        if event == "start":
            if tag == "sheetData":
                data = node
            continue
        if tag != "row" or data is None:
            continue
        number = int(node.get("r", number + 1))
        cells: list[str] = []
        for cell in node:
            match = _CELL.match(cell.get("r", ""))
            column = _column(match[1]) if match else len(cells)
            if column >= MOST_COLUMNS:
                break
            cells += [""] * (column - len(cells))
            cells.append(_value(cell, strings, dates))
        yield number, cells
        data.clear()


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _value(cell: Element, strings: _Strings, dates: set[int]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_plain(child) for child in cell if _local(child.tag) == "is")
    raw = next((child.text or "" for child in cell if _local(child.tag) == "v"), "")
    if kind == "s":
        return strings[int(raw)] if raw else ""
    if kind != "n" or not raw:
        return raw
    if dates and int(cell.get("s", "0")) in dates:
        return _date(float(raw))
    if "E" in raw or "e" in raw or raw.endswith(".0"):
        number = float(raw)
        return str(int(number)) if number.is_integer() else raw
    return raw


def _date(serial: float) -> str:
    if not 0 <= serial < 2_958_466:
        return str(serial)
    at = _EPOCH + timedelta(seconds=round(serial * 86400))
    return at.strftime("%H:%M:%S") if serial < 1 else at.strftime("%Y-%m-%d %H:%M:%S")
