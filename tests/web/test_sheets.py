"""Downloads that open right and never run; uploads in every shape that people have, and the ones that attack."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from flask import Flask
from flask_babel import Babel
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.web.sheet_reading import MAX_COLUMNS, column_number, delimiter
from lms.web.sheets import SheetError, csv_response, is_formula, read_sheet, write_xlsx, xlsx_response

FORMULAS = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    " =1+1",
    '=HYPERLINK("http://x","点我")',
    "=cmd|' /C calc'!A0",
]


@pytest.fixture(autouse=True)
def _context() -> Iterator[None]:
    app = Flask("sheets")
    Babel(app, default_locale="zh_CN")
    with app.test_request_context():
        yield


def written(headers: list[Any], rows: Any, **options: Any) -> bytes:
    target = io.BytesIO()
    write_xlsx(target, headers, rows, **options)
    return target.getvalue()


def workbook(rows: list[list[Any]]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet()
    for n, row in enumerate(rows):
        page.write_row(n, 0, row)
    book.close()
    return target.getvalue()


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_and_stays_text_when_edited(text: str) -> None:
    cell = openpyxl.load_workbook(io.BytesIO(written(["答案"], [[text]]))).active["A2"]
    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
    assert cell.quotePrefix


@pytest.mark.parametrize("text", ["5-3", "a=b", "3+2", "张三@售后", "你好", "（-）"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert not is_formula(text)


def test_a_workbook_has_types_header_filter_and_widths() -> None:
    at = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
    rows = [["安小客", 12, 0.85, at, date(2026, 11, 30), None, True, 12345678901234567890, float("nan"), "长" * 40000]]
    data = written(list("甲乙丙丁戊己庚辛壬癸"), iter(rows), sheet="成绩", formats={2: "0%"})
    page = openpyxl.load_workbook(io.BytesIO(data)).active
    assert page.title == "成绩"
    assert [cell.value for cell in page[1]] == list("甲乙丙丁戊己庚辛壬癸")
    values = [cell.value for cell in page[2]]
    assert values[:5] == ["安小客", 12, 0.85, datetime(2026, 11, 22, 13, 5), datetime(2026, 11, 30)]
    assert values[5:9] == [None, "是", "12345678901234567890", "nan"]
    assert len(values[9]) == 32767
    assert page["C2"].number_format == "0%"
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:J2"
    assert page.column_dimensions["D"].width > 14


def test_a_long_table_is_taken_row_by_row() -> None:
    taken: list[int] = []

    def rows() -> Any:
        for n in range(3000):
            taken.append(n)
            yield [n, "行"]

    rows_read = read_sheet(written(["号", "字"], rows()), "x.xlsx")
    assert len(taken) == 3000
    assert rows_read[-1] == [2999.0, "行"]


def test_downloads_carry_chinese_names() -> None:
    for answer, suffix in (
        (xlsx_response("团队成绩", ["甲"], [["=1"]]), ".xlsx"),
        (csv_response("团队成绩", ["甲"], [["=1"]]), ".csv"),
    ):
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment")
        assert "filename*=UTF-8''%E5%9B%A2%E9%98%9F%E6%88%90%E7%BB%A9" + suffix in disposition
        answer.direct_passthrough = False
        assert answer.get_data()


def test_csv_has_a_bom_and_apostrophes() -> None:
    answer = csv_response("x", ["答案", "分"], ([text, -3] for text in FORMULAS))
    answer.direct_passthrough = False
    data = answer.get_data()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1:]] == [f"'{text}".replace("\r", "\n") for text in FORMULAS]
    assert {row[1] for row in rows[1:]} == {"-3"}


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=4),
        max_size=8,
    )
)
@settings(max_examples=30, deadline=None)
def test_text_survives_the_way_out_and_in(table: list[list[str]]) -> None:
    rows = read_sheet(written(["头"], table), "x.xlsx")
    for written_row, read_row in zip(table, rows[1:], strict=False):
        cells = [str(cell) for cell in read_row]
        assert [cell for cell in cells if cell] == [cell for cell in written_row if cell]


# --- reading -----------------------------------------------------------------------------------------------------

TABLE = [["账号", "姓名"], ["a1", "张三"], ["", ""], ["a2", "李,四"]]


def text(encoding: str, sep: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sep).writerows(TABLE)
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("sep", [",", "\t", ";"])
def test_csv_in_any_encoding_and_with_any_separator(encoding: str, sep: str) -> None:
    assert read_sheet(text(encoding, sep), "人员.csv") == TABLE


def test_rows_keep_the_spreadsheet_s_numbers() -> None:
    rows = read_sheet(workbook([["账号"], [""], [""], ["a1"]]), "x.xlsx")
    assert rows[3] == ["a1"]
    assert read_sheet(b"a,b\n\n\nc,d\n", "x.csv")[3] == ["c", "d"]
    assert read_sheet('a,"两\n行"\nc,d\n'.encode(), "x.csv") == [["a", "两\n行"], ["c", "d"]]


def test_the_first_visible_sheet_with_content_counts() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, hidden, value in (("说明", True, "藏"), ("空", False, ""), ("人员", False, "账号")):
        page = book.add_worksheet(name)
        page.write_string(0, 0, value)
        if hidden:
            page.hide()
    book.worksheets()[1].activate()
    book.worksheets()[1].set_first_sheet()
    book.close()
    assert read_sheet(target.getvalue(), "x.xlsx") == [["账号"]]


def refused(data: bytes, words: str, filename: str = "人员.xlsx") -> None:
    with pytest.raises(SheetError) as raised:
        read_sheet(data, filename)
    assert words in raised.value.message
    assert filename in raised.value.where
    assert raised.value.hint


def test_files_that_are_no_tables_are_refused_in_words() -> None:
    refused(b"", "空的")
    refused(b"\x00" * 50, "空的")
    refused(b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "不是表格")
    refused(b"<html><table><tr><td>1</td></tr></table>", "网页", "导出.xls")
    refused(workbook(TABLE)[:500], "打不开")
    refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "打不开", "旧.xls")
    refused("账号,姓名\n".encode() + b"a1,\xff\xfe\xfa\xff\n", "编码", "x.csv")
    refused(b"x" * (21 << 20), "超过", "x.csv")
    refused(b",".join([b"a"] * (MAX_COLUMNS + 1)), "太大", "x.csv")
    refused(workbook([[""]]), "没有内容")


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(TABLE))) as good,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            bad.writestr(name, parts.pop(name, None) or good.read(name))
        for name, content in parts.items():
            bad.writestr(name, content)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1">' + b"<c><v>1</v></c>" * 20_000 + b"</row>",
        b'<row r="99999"><c r="SF99999"><v>1</v></c></row>',
        b'<row r="1"><c r="A1"><v>1</v></c></row>' + b"<row><c><v>1</v></c></row>" * 120_000,
    ],
)
def test_a_workbook_that_would_fill_the_memory_is_refused(rows: bytes) -> None:
    refused(packed({SHEET: HEAD + rows + TAIL}), "太大")


def test_a_zip_bomb_is_refused() -> None:
    refused(packed({"xl/sharedStrings.xml": b"<sst>" + b"<si><t>" + b"A" * (200 << 20)}), "太大")


def test_entities_are_refused() -> None:
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
        + HEAD
        + b'<row r="1"><c r="A1"><v>&b;</v></c></row>'
        + TAIL
    )
    refused(packed({SHEET: laughs}), "打不开")


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "x")
    refused(target.getvalue(), "不是 xlsx")


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_rows_or_a_sheet_error(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        try:
            assert isinstance(read_sheet(start + data, "x"), list)
        except SheetError as error:
            assert error.hint


def test_small_things() -> None:
    assert [column_number(letters) for letters in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16384]
    assert delimiter('a\t"b,c"\td\n1\t2\t3\n') == "\t"
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(text("utf-8"))
        file.flush()
        file.seek(0)
        assert read_sheet(file, "x.csv") == TABLE
