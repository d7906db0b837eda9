"""Export → edit → import changes what was edited, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.people.models import Person
from lms.web.sheets import read_sheet, write_xlsx
from quizzes.bank.exporters import COLUMNS, header, row_of, rows_of
from quizzes.bank.importers import SheetRefused, import_rows
from quizzes.bank.models import Item
from tests.conftest import Cast
from tests.factories import make_competency
from tests.quizzes.bank.making import AT, DEFINITIONS, make_item

Row = list[Any]


# Keys in another order than the options: a sheet can't show that, and must not change it.
UNORDERED = DEFINITIONS["multiple"] | {"keys": DEFINITIONS["multiple"]["keys"][::-1]}


@pytest.fixture
def items(cast: Cast, session: scoped_session) -> list[Item]:
    competency = make_competency("熟悉退换货规则")
    made = [
        make_item(
            cast.trainer, shop=cast.shop, type=kind, stem=f"{kind} 的题干", rationale="=1+1", competencies=[competency]
        )
        for kind in DEFINITIONS
    ]
    made.append(make_item(cast.trainer, shop=cast.shop, type="multiple", stem="次序", definition=UNORDERED))
    session.commit()
    return made


def exported(items: list[Item]) -> list[Row]:
    """What comes back after Excel: written as xlsx and read again."""
    target = io.BytesIO()
    write_xlsx(target, header(), rows_of(items))
    return read_sheet(target.getvalue(), "items.xlsx")


def column(name: str) -> int:
    return COLUMNS.index(name)


def test_an_untouched_sheet_changes_nothing(cast: Cast, session: scoped_session, items: list[Item]) -> None:
    before = [(item.current_version_id, item.competencies) for item in items]
    report = import_rows(exported(items), actor=cast.trainer, shop_id=cast.shop.id, at=AT)
    assert (report.added, report.changed, report.unchanged, report.errors) == (0, 0, len(items), [])
    assert [(item.current_version_id, item.competencies) for item in items] == before


def test_only_the_edits_change(cast: Cast, session: scoped_session, items: list[Item]) -> None:
    rows = exported(items)
    single, fill = rows[1], rows[4]
    single[column("选项B")] = "签收后 30 天内可以退货"
    single[column("正确答案")] = "B"
    fill[column("正确答案")] = "7天 | 七天 | 一周"
    rows.append(["", "判断", "", "技能", "", "新写的判断题", *[""] * 8, "", "错", "", "", ""])
    report = import_rows(rows, actor=cast.trainer, shop_id=cast.shop.id, at=AT)
    assert (report.added, report.changed, report.unchanged, report.errors) == (1, 2, 4, [])
    old = DEFINITIONS["single"]
    new = items[0].current_version
    assert new is not None and new.number == 2
    assert [option["id"] for option in new.definition["options"]] == [option["id"] for option in old["options"]]
    assert new.definition["key"] == old["options"][1]["id"]
    assert items[3].current_version is not None
    assert items[3].current_version.definition["blanks"] == [{"accepted": ["7天", "七天", "一周"]}]
    added = session.scalars(select(Item).order_by(Item.id.desc())).first()
    assert added is not None and added.current_version is not None
    assert (added.type, str(added.dimension), added.current_version.definition) == (
        "truefalse",
        "skill",
        {"key": False},
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"题型": "连线"}, "不认识的题型“连线”"),
        ({"编号": "abc"}, "不是数字"),
        ({"编号": "99999"}, "找不到编号为 99999 的题"),
        ({"题干": ""}, "题干不能为空"),
        ({"正确答案": "H"}, "H 没有对应的选项"),
        ({"正确答案": "AB"}, "一个选项字母"),
        ({"正确答案": ""}, "请填选项字母"),
        ({"维度": "心情"}, "不认识的维度"),
        ({"能力项": "没有的"}, "没有这个能力项：没有的"),
        ({"选项B": "签收后 7 天内可以退货"}, "有两个选项内容相同"),
        ({"题型": "判断"}, "是单选题，不能改成判断题"),
    ],
)
def test_a_bad_row_is_named_and_changes_nothing(
    cast: Cast, items: list[Item], changes: dict[str, str], reason: str
) -> None:
    rows = exported(items[:1])
    for name, value in changes.items():
        rows[1][column(name)] = value
    before = row_of(items[0])
    report = import_rows(rows, actor=cast.trainer, shop_id=cast.shop.id, at=AT)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 0)
    assert [error["row"] for error in report.errors] == [2] and reason in report.errors[0]["reason"]
    assert row_of(items[0]) == before


def test_another_shops_item_cannot_be_changed(cast: Cast, session: scoped_session) -> None:
    foreign = make_item(shop=cast.other_shop)
    session.commit()
    report = import_rows(exported([foreign]), actor=cast.trainer, shop_id=cast.shop.id, at=AT)
    assert report.errors == [{"row": 2, "reason": f"找不到编号为 {foreign.id} 的题；新题请把编号留空"}]


def test_a_sheet_without_the_columns_is_refused(cast: Cast) -> None:
    with pytest.raises(SheetRefused, match="题型、正确答案"):
        import_rows([["题干"], ["什么？"]], actor=cast.trainer, shop_id=None, at=AT)


def test_the_download_has_no_formula_and_goes_back_in(
    cast: Cast, session: scoped_session, sign_in: Callable[[Person], FlaskClient], items: list[Item], tmp_path: Path
) -> None:
    make_item(shop=cast.other_shop, stem="别家的题")
    evil = make_item(shop=cast.shop, stem='=HYPERLINK("http://x","点我")', type="truefalse")
    session.commit()
    client = sign_in(cast.trainer)
    sheet = client.get("/bank/export").data
    book = openpyxl.load_workbook(io.BytesIO(sheet)).active
    assert book is not None
    cells = [cell for row in book.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert "别家的题" not in {cell.value for cell in cells}
    answer = client.post("/bank/import", data={"file": (io.BytesIO(sheet), "题库.xlsx"), "shop": cast.shop.id})
    assert answer.status_code == 200
    session.expire_all()
    assert evil.current_version is not None and evil.current_version.number == 1
    broken = client.post("/bank/import", data={"file": (io.BytesIO(b"\x00\x01"), "x.xlsx"), "shop": cast.shop.id})
    assert broken.status_code == 400
