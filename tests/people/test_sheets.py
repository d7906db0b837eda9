"""Reading a sheet of people: which cells are understood, and what is said about the others."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.people.enums import Role
from lms.people.sheets import MAX_ROWS, PersonRow, RoleWish, read_people, role_word
from lms.web.sheets import SheetError, read_sheet, write_xlsx

HEADER = ["账号", "姓名", "团队", "角色", "状态"]


@pytest.fixture(autouse=True)
def _words(app):
    """The messages need a language, which the app knows."""


def rows_of(*lines, header=HEADER):
    return read_people([header, *lines])


def test_a_plain_row():
    sheet = rows_of(["ZhangWei ", " 张 伟 ", "售后部/A组", "客服", "在职"])
    assert sheet.errors == []
    assert sheet.rows == [PersonRow(2, "zhangwei", "张 伟", ("售后部", "A组"), (RoleWish(Role.AGENT),), True)]


def test_blank_cells_and_missing_columns_leave_things_as_they_are():
    assert rows_of(["a1", "张伟", "", "", ""]).rows == [PersonRow(2, "a1", "张伟", None, None, None)]
    assert rows_of(["a1", "张伟"], header=["account", "name"]).rows == [PersonRow(2, "a1", "张伟", None, None, None)]
    assert rows_of(["a1", "张伟", "无", "无"]).rows == [PersonRow(2, "a1", "张伟", (), (), None)]


@pytest.mark.parametrize(
    "header",
    [
        ["Account", "Name", "Team", "Roles", "Status"],
        ["帐号", "员工姓名", "部门", "岗位", "在职状态"],
        ["账号（必填）", "姓名*", "团队 (路径)", "角色【可多个】", "状态"],
        ["賬號", "姓名", "團隊", "角色", "狀態"],
    ],
)
def test_headers_in_other_words(header):
    assert rows_of(["a1", "张伟", "售后部", "客服", "停用"], header=header).rows[0].active is False


def test_columns_in_any_order_among_others():
    sheet = read_people([["序号", "姓名", "手机", "账号"], [1.0, "张伟", "138", "a1"]])
    assert (sheet.rows[0].account, sheet.rows[0].name) == ("a1", "张伟")


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("客服", [Role.AGENT]),
        ("组长、客服", [Role.LEAD, Role.AGENT]),
        ("组长,客服；主管|培训师", [Role.LEAD, Role.AGENT, Role.SUPERVISOR, Role.TRAINER]),
        ("agent lead", [Role.AGENT, Role.LEAD]),
        ("Team Lead", [Role.LEAD]),
        ("team-lead, QA", [Role.LEAD, Role.EVALUATOR]),
        ("客服 客服", [Role.AGENT]),
        ("质检、管理员", [Role.EVALUATOR, Role.ADMIN]),
    ],
)
def test_roles_in_chinese_and_english(text, roles):
    assert [wish.role for wish in rows_of(["a1", "张伟", "部", text, ""]).rows[0].roles] == roles


def test_role_in_another_branch():
    wishes = rows_of(["a1", "张伟", "培训组", "培训师@售前部/A 组、客服", ""]).rows[0].roles
    assert wishes == (RoleWish(Role.TRAINER, ("售前部", "A 组")), RoleWish(Role.AGENT))


@pytest.mark.parametrize(
    ("cells", "column", "told"),
    [
        (["", "张伟", "", "", ""], "账号", "请填写账号"),
        (["a", "张伟", "", "", ""], "账号", "2 到 64 个字符"),
        (["x" * 65, "张伟", "", "", ""], "账号", "2 到 64 个字符"),
        (["=cmd|' /C calc'!A0", "张伟", "", "", ""], "账号", "账号只能用"),
        (["zhang wei", "张伟", "", "", ""], "账号", "账号只能用"),
        (["<script>", "张伟", "", "", ""], "账号", "账号只能用"),
        (["a1", "=HYPERLINK(1)", "", "", ""], "姓名", "当成公式"),
        (["a1", "+8613800000000", "", "", ""], "姓名", "当成公式"),
        (["a1", "@SUM(A1)", "", "", ""], "姓名", "当成公式"),
        (["a1", "张\u202e伟", "", "", ""], "姓名", "控制字符"),
        (["a1", "张\x07伟", "", "", ""], "姓名", "控制字符"),
        (["a1", "张" * 41, "", "", ""], "姓名", "最多 40 个字"),
        (["a1", "张伟", "=1+1", "", ""], "团队", "当成公式"),
        (["a1", "张伟", "///", "", ""], "团队", "路径"),
        (["a1", "张伟", "a/b/c/d/e/f/g", "", ""], "团队", "最多 6 级"),
        (["a1", "张伟", "部" * 41, "", ""], "团队", "最多 40 个字"),
        (["a1", "张伟", "部", "老板", ""], "角色", "不认识角色“老板”"),
        (["a1", "张伟", "部", "客服 老板", ""], "角色", "不认识角色“老板”"),
        (["a1", "张伟", "部", "客服", "休假"], "状态", "不认识状态“休假”"),
    ],
)
def test_bad_cells_say_where_and_what(cells, column, told):
    sheet = rows_of(["ok1", "好人", "", "", ""], cells)
    assert [row.account for row in sheet.rows] == ["ok1"]
    assert [(error.line, error.column) for error in sheet.errors] == [(3, column)]
    assert told in sheet.errors[0].reason


def test_a_row_with_three_errors_names_all_three():
    errors = rows_of(["", "=1", "部", "老板", ""]).errors
    assert [error.column for error in errors] == ["账号", "姓名", "角色"]


def test_the_second_of_two_same_accounts_is_named_with_the_first():
    sheet = rows_of(["a1", "张伟"], ["b1", "李娜"], ["A１", "张伟二"])
    assert [row.line for row in sheet.rows] == [2, 3]
    assert sheet.errors[0].line == 4
    assert "和第 2 行重复" in sheet.errors[0].reason


def test_blank_lines_are_skipped_and_lines_keep_their_numbers():
    sheet = read_people([[], ["", ""], HEADER, ["", "", "", "", ""], ["a1", "张伟"], [], ["b1", ""]])
    assert [row.line for row in sheet.rows] == [5, 7]


def test_numbers_and_booleans_in_cells():
    sheet = rows_of([1001.0, "张伟", "", "", True], [1002, "李娜", "", "", False])
    assert [(row.account, row.active) for row in sheet.rows] == [("1001", True), ("1002", False)]


@pytest.mark.parametrize("lines", [[], [["", ""]], [["姓名", "电话"], ["张伟", "1"]], [HEADER], [["x"] * 3]])
def test_sheets_without_people_say_what_is_missing(lines):
    sheet = read_people(lines)
    assert sheet.rows == []
    assert len(sheet.errors) == 1


def test_too_many_rows_stop():
    sheet = read_people([HEADER, *([f"a{n}", "张伟"] for n in range(MAX_ROWS + 5))])
    assert len(sheet.rows) == MAX_ROWS
    assert "请把文件拆开" in sheet.errors[0].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_encoding(encoding, delimiter):
    lines = [HEADER, ["a1", "张伟", "售后部/A组", "组长、客服", "在职"], ["b1", "李娜㐂", "售后部", "客服", ""]]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    sheet = read_people(read_sheet(text.encode(encoding), "people.csv"))
    assert sheet.errors == []
    assert [row.name for row in sheet.rows] == ["张伟", "李娜㐂"]
    assert sheet.rows[0].team == ("售后部", "A组")


def test_xlsx_as_spreadsheets_write_it():
    target = io.BytesIO()
    write_xlsx(target, HEADER, [[1001, "张伟", "售后部/A组", "客服", "在职"]])
    sheet = read_people(read_sheet(target.getvalue(), "people.xlsx"))
    assert sheet.rows[0].account == "1001"


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\x03" * 500, b"PK\x03\x04" + b"junk" * 99, b"\x89PNG\r\n\x1a\n" + b"\x00" * 99]
)
def test_binary_files_are_refused_with_words(content):
    with pytest.raises(SheetError) as caught:
        read_sheet(content, "people.xlsx")
    assert caught.value.hint


CELLS = st.one_of(st.none(), st.text(max_size=30), st.integers(), st.floats(allow_nan=True), st.booleans())


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(st.lists(CELLS, max_size=6), max_size=8))
def test_no_sheet_breaks_the_reader(lines):
    sheet = read_people([HEADER, *lines])
    assert all(error.reason for error in sheet.errors)
    assert len({row.account for row in sheet.rows}) == len(sheet.rows)


@pytest.mark.parametrize("role", list(Role))
def test_words_of_roles_can_be_read_back(role):
    assert rows_of(["a1", "张伟", "部", role_word(role), ""]).rows[0].roles == (RoleWish(role),)
