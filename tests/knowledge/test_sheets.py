"""Reading product sheets."""

from __future__ import annotations

from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.knowledge.sheets import cell_text, read_products


def test_columns_are_found_by_name_and_the_rest_are_facts(app: Flask) -> None:
    with app.test_request_context():
        sheet = read_products(
            [
                [None, None],
                ["商品编号（必填）", "产品名称", "类目", "保质期", "状态", "净含量"],
                [100012345678.0, " 每日 坚果\n30包 ", "坚果", "180天", "在售", ""],
                ["B-2", "灰枣", "", None, "下架", "500g"],
            ]
        )
    assert sheet.errors == []
    assert [(r.line, r.sku, r.name, r.category, r.active, r.facts) for r in sheet.rows] == [
        (3, "100012345678", "每日 坚果 30包", "坚果", True, (("保质期", "180天"),)),
        (4, "B-2", "灰枣", None, False, (("净含量", "500g"),)),
    ]


def test_a_bad_row_is_left_out_and_named_and_the_others_stand(app: Flask) -> None:
    with app.test_request_context():
        sheet = read_products(
            [
                ["SKU", "名称", "状态"],
                ["", "没有编号", ""],
                ["A1", "甲", "在售"],
                ["A1", "又一个甲", ""],
                ["A2", "乙", "也许"],
                ["6.92E+12", "科学计数", ""],
                ["A" * 65, "太长", ""],
                ["A3", "丙", "否"],
            ]
        )
    assert [(row.line, row.sku) for row in sheet.rows] == [(3, "A1"), (8, "A3")]
    assert [(error.line, error.column) for error in sheet.errors] == [
        (2, "SKU"),
        (4, "SKU"),
        (5, "状态"),
        (6, "SKU"),
        (7, "SKU"),
    ]
    assert "第 3 行" in sheet.errors[1].reason


def test_sheets_without_header_or_rows_say_what_is_missing(app: Flask) -> None:
    with app.test_request_context():
        assert "文件是空的" in read_products([]).errors[0].reason
        assert "至少要有" in read_products([["张三", "李四"]]).errors[0].reason
        assert "表头下面没有商品" in read_products([["SKU", "名称"]]).errors[0].reason


def test_twenty_thousand_rows_are_the_most(app: Flask) -> None:
    with app.test_request_context():
        sheet = read_products([["SKU", "名称"], *([f"S{n}", "商品"] for n in range(20_001))])
    assert len(sheet.rows) == 20_000
    assert [error.line for error in sheet.errors] == [20_002]


cells = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.datetimes())


@given(st.lists(st.lists(cells, max_size=6), max_size=8))
def test_no_sheet_breaks_the_reader(app_rows: list[list[Any]]) -> None:
    from flask import Flask
    from flask_babel import Babel

    app = Flask("reader")
    Babel(app)
    with app.test_request_context():
        sheet = read_products([["SKU", "名称", "类目", "状态", "规格"], *app_rows])
    assert all(row.sku and row.line >= 2 for row in sheet.rows)
    assert len({row.sku for row in sheet.rows}) == len(sheet.rows)


@given(cells)
def test_a_cell_is_one_line_without_control_characters(cell: Any) -> None:
    text = cell_text(cell)
    assert text == text.strip()
    assert not any(ord(char) < 32 for char in text)
