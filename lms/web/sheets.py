"""Tables to people's spreadsheets: downloads that open right in Excel and WPS, and whose cells never run.

A cell that begins with = + - @ or a control character is text, marked as such ("quote prefix": it stays text when
somebody edits it); in CSV, which has no text cells, it gets a leading apostrophe. Reading is in ``sheet_reading``.
"""

from __future__ import annotations

import csv
import io
import math
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import IO, Any
from unicodedata import east_asian_width

from flask import Response, send_file
from flask_babel import gettext as _

from lms.kernel.clock import to_local
from lms.web.sheet_reading import SheetError, read_sheet

__all__ = ["SheetError", "csv_response", "is_formula", "neutralise", "read_sheet", "write_xlsx", "xlsx_response"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_LIMIT = 32_767  # characters in a cell, Excel's own limit
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
MAX_EXACT = 10**15  # beyond this a spreadsheet rounds whole numbers; order numbers must not be rounded
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # not allowed in XML
WIDEST = 60
MEASURED_ROWS = 200


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might take this text for a formula."""
    return text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS)


def neutralise(text: str) -> str:
    """The text for a CSV cell: an apostrophe before what might run."""
    return f"'{text}" if is_formula(text) else text


def plain(value: Any) -> Any:
    """A value as a cell: None, a number, a naive Shanghai time, a date, or text (everything else)."""
    if value is None or isinstance(value, bool):
        return None if value is None else (_("是") if value else _("否"))
    if isinstance(value, datetime):
        return to_local(value).replace(tzinfo=None, microsecond=0) if value.tzinfo else value
    if isinstance(value, date):
        return value
    if isinstance(value, int):
        return value if abs(value) < MAX_EXACT else str(value)
    if isinstance(value, float | Decimal):
        amount = float(value)
        return amount if math.isfinite(amount) and abs(amount) < MAX_EXACT else str(value)
    text = str(value).encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROL.sub("", text)
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


def shown_width(value: Any) -> int:
    """How many columns of characters a cell takes; a Chinese character takes two."""
    if isinstance(value, datetime):
        return 16
    lines = str(value if value is not None else "").split("\n")
    return max(sum(2 if east_asian_width(char) in "WF" else 1 for char in line) for line in lines)


def write_xlsx(
    target: IO[bytes],
    headers: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "",
    formats: Mapping[int, str] | None = None,
) -> None:
    """One sheet: a frozen header with a filter, fitting widths. Rows are taken one by one, in bounded memory.

    formats: column index → number format, such as {3: "0%"}.
    """
    import xlsxwriter  # here: a worker that exports nothing does not carry it

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, {**options, "strings_to_numbers": False, "tmpdir": tempfile.gettempdir()})
    page = book.add_worksheet(sheet[:31] or None)
    head = book.add_format({"bold": True, "bg_color": "#E1F0EC", "bottom": 1, "valign": "vcenter"})
    quoted = book.add_format({"quote_prefix": True})
    at = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    by_column = {column: book.add_format({"num_format": fmt}) for column, fmt in (formats or {}).items()}
    page.freeze_panes(1, 0)
    # Widths must be known before the first row is written (rows leave memory at once), so a few are looked at first.
    stream = iter(rows)
    titles = [str(plain(header) or "") for header in headers]
    first = [[plain(value) for value in row] for row, _n in zip(stream, range(MEASURED_ROWS), strict=False)]
    for column in range(len(titles)):
        cells = [titles[column] + "  ", *(row[column] for row in first if column < len(row))]
        page.set_column(column, column, min(WIDEST, max(8, max(shown_width(cell) for cell in cells) + 2)))
    for column, title in enumerate(titles):
        page.write_string(0, column, title, head)

    def write_row(number: int, row: Sequence[Any]) -> None:
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                page.write_string(number, column, value, quoted if is_formula(value) else None)
            elif isinstance(value, datetime):
                page.write_datetime(number, column, value, at)
            elif isinstance(value, date):
                page.write_datetime(number, column, value, day)
            else:
                page.write_number(number, column, value, by_column.get(column))

    written = 0
    for cells in chain(first, ([plain(value) for value in row] for row in stream)):
        written += 1
        write_row(written, cells)
    if titles:
        page.autofilter(0, 0, written, len(titles) - 1)
    book.close()


def xlsx_response(
    filename: str,
    headers: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str = "",
    formats: Mapping[int, str] | None = None,
) -> Response:
    """A download of one sheet. ``filename`` may be Chinese; ".xlsx" is added when it is missing."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    write_xlsx(target, headers, rows, sheet=sheet, formats=formats)
    return _download(target, filename, ".xlsx", XLSX)


def csv_response(filename: str, headers: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Response:
    """A download as CSV in UTF-8 with BOM, which Excel needs to read Chinese."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for row in chain([headers], rows):
        writer.writerow([_csv_cell(value) for value in row])
    text.flush()
    text.detach()
    return _download(target, filename, ".csv", "text/csv; charset=utf-8")


def _csv_cell(value: Any) -> str:
    value = plain(value)
    if isinstance(value, str):
        return neutralise(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)


def _download(target: IO[bytes], filename: str, suffix: str, mimetype: str) -> Response:
    target.seek(0)
    name = filename if filename.endswith(suffix) else filename + suffix
    response = send_file(target, mimetype=mimetype, as_attachment=True, download_name=name, max_age=0, etag=False)
    response.call_on_close(target.close)
    return response
