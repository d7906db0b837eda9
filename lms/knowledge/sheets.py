"""Reading a product sheet into rows, without looking at the database. Pure: rows of cells in, dataclasses out.

Columns are found by name. A column that is none of ours becomes a fact of each product, its header the label.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.knowledge.facts import FACTS_MAX, LABEL_MAX, VALUE_MAX
from lms.knowledge.models import CATEGORY_MAX, NAME_MAX, SKU_MAX
from lms.web.i18n import in_every_language

MAX_ROWS = 20_000
MAX_ERRORS = 2_000
HEADERS = ("SKU", _l("商品名称"), _l("类目"), _l("状态"))
"""In the reader's language; a sheet is read back in any."""

_COLUMNS = {
    "sku": (
        "sku", "skuid", "sku编码", "商品编号", "商品编码", "商品id", "宝贝id", "货号", "款号", "编码", "编号",
        "商品編號", "貨號", "itemid", "productid", "商家编码",
    ),
    "name": (
        "名称", "商品名称", "商品名", "品名", "产品", "产品名称", "商品标题", "宝贝标题", "标题", "商品", "name",
        "title", "名稱", "商品名稱",
    ),
    "category": ("类目", "商品类目", "分类", "商品分类", "类别", "品类", "category", "類目", "分類", "品類"),
    "active": ("状态", "商品状态", "上架状态", "在售状态", "是否上架", "status", "狀態"),
}  # fmt: skip
_ACTIVE_OF = {
    **dict.fromkeys(
        (
            "在售",
            "上架",
            "出售中",
            "已上架",
            "销售中",
            "正常",
            "启用",
            "是",
            "on sale",
            "1",
            "true",
            "yes",
            "y",
            "on",
            "active",
        ),
        True,
    ),
    **dict.fromkeys(
        (
            "下架",
            "停售",
            "已下架",
            "仓库中",
            "停用",
            "否",
            "0",
            "false",
            "no",
            "n",
            "off",
            "inactive",
            "删除",
            "刪除",
            "taken down",
        ),
        False,
    ),
}


@dataclass(frozen=True)
class ProductRow:
    """One good row. None means that the sheet has no such column, or an empty cell: leave it as it is."""

    line: int
    sku: str
    name: str | None
    category: str | None
    active: bool | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RowError:
    """What is wrong in one cell: the line as the spreadsheet numbers it, the column, and what to do."""

    line: int
    column: str
    reason: str


@dataclass
class ProductSheet:
    """A sheet as read: its good rows, and an error for every bad one."""

    rows: list[ProductRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read_products(lines: Iterable[Sequence[Any]]) -> ProductSheet:
    """Sort the lines of a sheet into rows and errors. The first line that isn't blank is the header.

    A row with any error is left out as a whole; the other rows stand. Of two rows with one SKU the first stands.
    """
    sheet = ProductSheet()
    header: _Header | None = None
    seen: dict[str, int] = {}
    for line, cells in enumerate(lines, start=1):
        texts = [cell_text(cell) for cell in cells]
        if not any(texts):
            continue
        if header is None:
            header = _read_header(texts)
            if "sku" not in header.columns:
                shown = "、".join(text[:20] for text in texts[:8] if text)
                reason = _("第一行应是表头，至少要有“SKU”（或“商品编号”）一列；现在是：%(shown)s。", shown=shown)
                sheet.errors.append(RowError(line, "", reason))
                return sheet
            continue
        if len(sheet.rows) >= MAX_ROWS or len(sheet.errors) >= MAX_ERRORS:
            reason = _("一次最多导入 %(n)s 行，请把文件拆开。", n=MAX_ROWS)
            if len(sheet.rows) < MAX_ROWS:
                reason = _("错误太多，后面的行没有再读。请先改正表格。")
            sheet.errors.append(RowError(line, "", reason))
            break
        _read_row(sheet, line, texts, header, seen)
    if header is None:
        sheet.errors.append(RowError(1, "", _("文件是空的，请先下载模板，填好再上传。")))
    elif not sheet.rows and not sheet.errors:
        sheet.errors.append(RowError(2, "", _("表头下面没有商品，请从第二行开始填写。")))
    return sheet


def cell_text(cell: Any) -> str:
    """A cell as text: numbers without ".0", dates as ISO, one line, blanks and control characters removed."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in str(cell))
    return " ".join(text.replace("\ufeff", "").replace("\u200b", "").split())


@dataclass(frozen=True)
class _Header:
    columns: dict[str, int]
    facts: tuple[tuple[int, str], ...]
    texts: tuple[str, ...]

    def name(self, column: str) -> str:
        return self.texts[self.columns[column]] if column in self.columns else ""


def _bare(text: str) -> str:
    return re.sub(r"[(（\[【*].*$", "", unicodedata.normalize("NFKC", text)).strip()


def _header_word(text: str) -> str:
    return re.sub(r"[\s_-]+", "", _bare(text)).casefold()


def _read_header(texts: Sequence[str]) -> _Header:
    words = {word: column for column, known in _COLUMNS.items() for word in known}
    own = {_header_word(word): words[known] for known in tuple(words) for word in in_every_language(known)}
    words = own | words
    columns: dict[str, int] = {}
    facts: list[tuple[int, str]] = []
    for index, text in enumerate(texts):
        # "商品编号（必填）" and "SKU *" are headers too.
        bare = _bare(text)
        column = words.get(_header_word(text))
        if column and column not in columns:
            columns[column] = index
        elif not column and bare and len(facts) < FACTS_MAX:
            facts.append((index, text[:LABEL_MAX]))
    return _Header(columns, tuple(facts), tuple(texts))


def _read_row(sheet: ProductSheet, line: int, texts: list[str], header: _Header, seen: dict[str, int]) -> None:
    problems: list[RowError] = []

    def text(column: str) -> str:
        index = header.columns.get(column, len(texts))
        return texts[index] if index < len(texts) else ""

    def refuse(column: str, reason: str) -> None:
        problems.append(RowError(line, header.name(column), reason))

    sku, name, category = text("sku"), text("name"), text("category")
    if not sku:
        refuse("sku", _("请填写 SKU，聊天记录靠它认出商品。"))
    elif re.fullmatch(r"\d(\.\d+)?[Ee]\+\d+", sku):
        refuse("sku", _("“%(sku)s”被表格软件改成了科学计数，请把这一列设为文本再填。", sku=sku))
    elif sku in seen:
        refuse("sku", _("和第 %(n)s 行重复，只采用了前一行。", n=seen[sku]))
    for column, value, most in (("sku", sku, SKU_MAX), ("name", name, NAME_MAX), ("category", category, CATEGORY_MAX)):
        if len(value) > most:
            refuse(column, _("太长了，最多 %(n)s 个字。", n=most))
    status = text("active")
    active = _ACTIVE_OF.get(status.casefold()) if status else None
    if status and active is None:
        refuse("active", _("看不懂“%(text)s”，请填“在售”或“下架”。", text=status[:20]))
    facts = tuple((label, texts[i]) for i, label in header.facts if i < len(texts) and texts[i])
    for label, value in facts:
        if len(value) > VALUE_MAX:
            problems.append(RowError(line, label, _("太长了，最多 %(n)s 个字。", n=VALUE_MAX)))
    if problems:
        sheet.errors.extend(problems)
        return
    seen[sku] = line
    sheet.rows.append(ProductRow(line, sku, name or None, category or None, active, facts))
