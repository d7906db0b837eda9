"""Reading a spreadsheet that somebody uploads: xlsx, xls, or CSV in whatever encoding their Excel or WPS wrote.

Kinds are told by content, not by name: shops' back offices export web pages and tab-separated text called .xls.
Nothing is trusted: a workbook is unpacked under a limit and measured before a reader that keeps every cell sees it.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from flask_babel import gettext as _

from lms.kernel.errors import DomainError

MAX_BYTES = 20 << 20
MAX_UNPACKED = 150 << 20
MAX_ROWS = 100_000
MAX_COLUMNS = 500
MAX_CELLS = 5_000_000
XLSX_PARTS = re.compile(
    r"(\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|sharedStrings|styles)\.xml|xl/_rels/.*|xl/worksheets/[^/]*\.xml)$"
)
WORKSHEET = re.compile(r"xl/worksheets/[^/]*\.xml$")
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})$")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

Row = list[Any]


class SheetError(DomainError):
    """A spreadsheet that can't be read: what is wrong with it, where, and what to do."""


def read_sheet(source: Path | bytes | IO[bytes], filename: str, *, max_bytes: int = MAX_BYTES) -> list[Row]:
    """The rows of the first visible sheet that has any, as the spreadsheet numbers them: rows[0] is its line 1.

    Cells are str, float, int, bool, datetime, date, time, or "" for an empty one; in CSV all are str.
    Raises SheetError.
    """
    data = _load(source, filename, max_bytes)
    if data.startswith(b"PK\x03\x04"):
        return _with_calamine(_checked_workbook(data, filename), filename)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _with_calamine(data, filename)
    return _read_text(data, filename)


def _load(source: Path | bytes | IO[bytes], filename: str, max_bytes: int) -> bytes:
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, Path):
        with source.open("rb") as file:
            data = file.read(max_bytes + 1)
    else:
        data = source.read(max_bytes + 1)
    if len(data) > max_bytes:
        limit = max_bytes >> 20
        raise SheetError(_("表格文件超过 %(n)s MB。", n=limit), where=filename, hint=_("请拆成几个文件分别上传。"))
    if not data.strip(b"\x00 \t\r\n"):
        raise SheetError(_("文件是空的。"), where=filename, hint=_("请检查是否选错了文件。"))
    return data


def _too_big(filename: str) -> SheetError:
    return SheetError(
        _("表格太大：最多 %(rows)s 行、%(columns)s 列。", rows=MAX_ROWS, columns=MAX_COLUMNS),
        where=filename,
        hint=_("请删去多余的空行空列，或拆成几个文件；只是格式刷到了最后一行时，把内容复制到新表格即可。"),
    )


def _broken(filename: str) -> SheetError:
    return SheetError(
        _("这个表格打不开，文件可能不完整。"),
        where=filename,
        hint=_("请用 Excel 或 WPS 打开后另存为 xlsx，再上传。"),
    )


# --- workbooks ---------------------------------------------------------------------------------------------------


def _checked_workbook(data: bytes, filename: str) -> bytes:
    """The workbook packed anew with only the parts that are read, every size known to be true."""
    clean = io.BytesIO()
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(clean, "w") as target:
            names = packed.namelist()
            if "xl/workbook.xml" not in names:
                raise SheetError(
                    _("这不是 xlsx 表格。"), where=filename, hint=_("请用 Excel 或 WPS 另存为 xlsx 或 CSV 后上传。")
                )
            for name in dict.fromkeys(names):
                if not XLSX_PARTS.match(name):
                    continue
                with packed.open(name) as part:
                    content = part.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _too_big(filename)
                if WORKSHEET.match(name):
                    _measure(content, filename)
                target.writestr(name, content)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError) as error:
        raise _broken(filename) from error
    except RuntimeError as error:  # zipfile's word for "encrypted"
        raise _locked(filename) from error
    except Exception as error:
        if isinstance(error, DomainError):
            raise
        raise _broken(filename) from error
    return clean.getvalue()


class _TooBig(Exception):
    pass


class _Extent:
    """How far a worksheet reaches. A reader allots rows × columns, so one cell at XFD1048576 would take 400 GB."""

    def __init__(self) -> None:
        self.row = self.column = self.rows = self.columns = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rsplit(":", 1)[-1]
        if name == "row":
            number = attributes.get("r", "")
            self.row = int(number) if number.isdigit() and len(number) < 9 else self.row + 1
            self.column = 0
        elif name == "c":
            place = REFERENCE.match(attributes.get("r", ""))
            if place:
                self.column, self.row = column_number(place[1]), int(place[2])
            else:
                self.column += 1
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
            if self.rows > MAX_ROWS or self.columns > MAX_COLUMNS or self.rows * self.columns > MAX_CELLS:
                raise _TooBig

    def refuse(self, *_arguments: Any) -> None:
        raise ValueError("a worksheet has no document type")


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _measure(content: bytes, filename: str) -> None:
    extent = _Extent()
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.start
    parser.StartDoctypeDeclHandler = extent.refuse
    try:
        parser.Parse(content, True)
    except _TooBig:
        raise _too_big(filename) from None
    except (expat.ExpatError, ValueError) as error:
        raise _broken(filename) from error


def _locked(filename: str) -> SheetError:
    return SheetError(_("文件设了密码，读不了。"), where=filename, hint=_("请取消密码后另存，再上传。"))


def _with_calamine(data: bytes, filename: str) -> list[Row]:
    import python_calamine as calamine  # here: a worker that reads no sheets does not carry it

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [meta.name for meta in book.sheets_metadata if meta.visible == calamine.SheetVisibleEnum.Visible]
        for name in visible or book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if len(rows) > MAX_ROWS or (rows and len(rows[0]) > MAX_COLUMNS):
                raise _too_big(filename)
            if any(cell != "" for row in rows for cell in row):
                return rows
    except calamine.PasswordError as error:
        raise _locked(filename) from error
    except DomainError:
        raise
    except BaseException as error:  # calamine's own errors, and panics of its Rust side
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P" in data:
            raise _locked(filename) from error
        raise _broken(filename) from error
    raise SheetError(_("表格里没有内容。"), where=filename, hint=_("请检查是否选错了文件，或内容在被隐藏的工作表里。"))


# --- text --------------------------------------------------------------------------------------------------------


def decode(data: bytes, filename: str) -> str:
    """The text of a file: by its BOM, else UTF-8, else GB18030, which every Chinese Excel writes."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            try:
                return data.decode(encoding).removeprefix("\ufeff")
            except UnicodeDecodeError as error:
                raise _unreadable(data, error.start, filename) from error
    if b"\x00" in data:
        raise SheetError(
            _("这不是表格文件。"), where=filename, hint=_("支持 xlsx、xls 和 CSV，请另存为其中一种后上传。")
        )
    problems = []
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            problems.append(error.start)
    raise _unreadable(data, max(problems), filename)


def _unreadable(data: bytes, at: int, filename: str) -> SheetError:
    line = data.count(b"\n", 0, at) + 1
    return SheetError(
        _("文字编码认不出来：既不是 UTF-8，也不是 GB18030（GBK）。"),
        where=_("%(file)s 第 %(line)s 行", file=filename, line=line),
        hint=_("请用 Excel 或 WPS 打开，另存为“CSV UTF-8”或 xlsx 后上传。"),
    )


def delimiter(text: str) -> str:
    """The character that divides the cells: the one that most lines hold equally often."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:20_000].splitlines()[:30] if line.strip()]
    best, best_score = ",", 0.0
    for candidate in (",", "\t", ";", "|", "，"):
        counts = [line.count(candidate) for line in lines]
        if lines and counts[0]:
            score = sum(count == counts[0] for count in counts) / len(counts) + counts[0] / 1000
            if score > best_score:
                best, best_score = candidate, score
    return best


def _read_text(data: bytes, filename: str) -> list[Row]:
    text = decode(data, filename)
    if re.match(r"\s*<(!doctype|html|table|\?xml|meta)", text[:500], re.IGNORECASE):
        raise SheetError(
            _("这个文件其实是网页，不是表格（有些后台导出的 xls 就是这样）。"),
            where=filename,
            hint=_("请用 Excel 或 WPS 打开，另存为 xlsx 后上传。"),
        )
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text))
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS or len(rows) >= MAX_ROWS:
                raise _too_big(filename)
            rows.append(list(row))
    except csv.Error as error:
        raise SheetError(
            _("CSV 格式有误，可能缺了引号。"),
            where=_("%(file)s 第 %(line)s 行", file=filename, line=reader.line_num),
            hint=_("请检查这一行的引号是否成对，或另存为 xlsx 后上传。"),
        ) from error
    return rows
