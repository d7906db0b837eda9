"""Items from a sheet: export → edit in Excel or WPS → import changes what was edited, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.knowledge.sop.models import SopEntry
from lms.learning.enums import Dimension
from lms.learning.models import Competency
from lms.people.models import Person
from lms.web.i18n import in_every_language, source_of
from quizzes.bank.exporters import COLUMNS, LETTERS, SCORING
from quizzes.bank.grounds import set_ground
from quizzes.bank.labels import DIMENSIONS, TYPES
from quizzes.bank.models import Item
from quizzes.bank.queries import competencies_for
from quizzes.bank.rules import can_see_item
from quizzes.bank.services import add_item, edit_item
from quizzes.types.normalising import fold
from quizzes.types.protocol import option_id

REQUIRED = ("题型", "题干", "正确答案")
_TRUE = {*in_every_language("对"), "正确", "是", "正確", "true", "t", "1", "√", "✓"}
_FALSE = {*in_every_language("错"), "错误", "否", "錯誤", "false", "f", "0", "×", "✗", "x"}


class SheetRefused(DomainError):
    """The sheet as a whole can't be read as items."""


@dataclass(slots=True)
class ImportReport:
    """What came of an import; errors are {row, reason}, rows as the spreadsheet numbers them."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


class BadRow(ValueError):
    """A row that can't be taken; the message says why."""


def import_rows(
    rows: Sequence[Sequence[Any]], *, actor: Person | None, shop_id: int | None, at: datetime
) -> ImportReport:
    """Take a sheet of items, row by row; a bad row is reported and changes nothing. `shop_id` is for new items.

    Raises SheetRefused when the header lacks a column.
    """
    header = [_column(str(cell).strip()) for cell in rows[0]] if rows else []
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise SheetRefused(
            _("表头缺少这些列：%(names)s。", names="、".join(_(name) for name in missing)),
            where=_("第 1 行"),
            hint=_("请先导出题库，在导出的表格上修改。"),
        )
    places = {name: header.index(name) for name in COLUMNS if name in header}
    report = ImportReport()
    competencies: dict[int | None, list[Competency]] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: _text(row[place]) if place < len(row) else "" for name, place in places.items()}
        if not any(cells.values()):
            continue
        try:
            with db.session.begin_nested():
                _take(cells, report, actor=actor, shop_id=shop_id, at=at, known=competencies)
        except (BadRow, DomainError) as error:
            message = error.message if isinstance(error, DomainError) else str(error)
            report.errors.append({"row": number, "reason": str(message)})
    return report


def _take(
    cells: dict[str, str],
    report: ImportReport,
    *,
    actor: Person | None,
    shop_id: int | None,
    at: datetime,
    known: dict[int | None, list[Competency]],
) -> None:
    kind = _kind(cells["题型"])
    item = _existing(cells.get("编号", ""), actor)
    if item is not None and item.type != kind:
        raise BadRow(
            _(
                "编号 %(id)s 是%(old)s题，不能改成%(new)s题",
                id=item.id,
                old=TYPES.get(item.type, item.type),
                new=TYPES[kind],
            )
        )
    old = item.current_version.definition if item is not None and item.current_version else {}
    definition = parse_definition(kind, cells, old)
    dimension = _dimension(cells.get("维度", ""), item)
    owner = item.shop_id if item is not None else shop_id
    if owner not in known:
        known[owner] = competencies_for(owner)
    chosen = _competencies(cells.get("能力项", ""), known[owner])
    stem, rationale = cells["题干"], cells.get("答案解析", "")
    if item is None:
        item = add_item(
            actor=actor,
            type=kind,
            stem=stem,
            definition=definition,
            rationale=rationale,
            dimension=dimension,
            shop_id=shop_id,
            competencies=chosen,
            at=at,
        )
        _set_ground(item, cells)
        report.added += 1
        return
    before = (item.sop_entry_id, item.current_version_id, item.dimension, sorted(one.id for one in item.competencies))
    if cells.get("维度"):
        item.dimension = dimension
    if "能力项" in cells and {one.id for one in chosen} != {one.id for one in item.competencies}:
        item.competencies = chosen
    kept = rationale if "答案解析" in cells else (item.current_version.rationale if item.current_version else "")
    edit_item(actor=actor, item=item, stem=stem, definition=definition, rationale=kept, at=at)
    _set_ground(item, cells)
    after = (item.sop_entry_id, item.current_version_id, item.dimension, sorted(one.id for one in item.competencies))
    if before == after:
        report.unchanged += 1
    else:
        report.changed += 1


def _set_ground(item: Item, cells: dict[str, str]) -> None:
    """The number of the SOP entry that the item rests on; without the column everything stays."""
    if "依据SOP" not in cells:
        return
    text = cells["依据SOP"]
    entry = db.session.get(SopEntry, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if text and (entry is None or entry.shop_id != item.shop_id):
        raise BadRow(_("依据SOP“%(text)s”不是这家店铺的条目编号", text=text))
    set_ground(item=item, entry=entry)


def parse_definition(kind: str, cells: dict[str, str], old: dict[str, Any]) -> dict[str, Any]:
    """The definition in a row. Option ids and settings that a sheet doesn't show are taken over from the old one."""
    key = cells["正确答案"]
    if kind in ("single", "multiple"):
        options = _options([cells.get(f"选项{letter}", "") for letter in LETTERS], old.get("options") or [])
        chosen = _chosen(key, [cells.get(f"选项{letter}", "") for letter in LETTERS], options)
        new: dict[str, Any] = {"options": options}
        if kind == "single":
            if len(chosen) != 1:
                raise BadRow(_("单选题的正确答案要填一个选项字母，例如 B"))
            new["key"] = chosen[0]
        else:
            before = old.get("keys") or []
            new["keys"] = before if set(before) == set(chosen) else chosen
            new["scoring"] = _scoring(cells.get("计分方式", ""), old.get("scoring", "partial"))
        new["shuffle"] = old.get("shuffle", True)
        return new
    if kind == "truefalse":
        value = fold(key) or key.strip()
        if value not in _TRUE | _FALSE and key.strip() not in _TRUE | _FALSE:
            raise BadRow(_("判断题的正确答案请填“%(right)s”或“%(wrong)s”", right=_("对"), wrong=_("错")))
        return {"key": value in _TRUE or key.strip() in _TRUE}
    if kind == "fill":
        blanks = [
            {"accepted": [one.strip() for one in re.split(r"[|｜]", line) if one.strip()]}
            for line in key.split("\n")
            if line.strip()
        ]
        return {"text": re.sub(r"_{3,}", "____", cells.get("填空句", "")), "blanks": blanks}
    if kind == "short":
        return {"model_answer": key, "points": _points(cells.get("得分点", ""), old.get("points") or [])}
    raise BadRow(_("这种题型不能用表格导入"))


def _column(text: str) -> str:
    """The column that a header means, in whatever language the sheet was written."""
    for name in COLUMNS:
        known, letter = (in_every_language("选项%(letter)s"), name[-1]) if name[:-1] == "选项" else (None, "")
        if text in ([one % {"letter": letter} for one in known] if known else in_every_language(name)):
            return name
    return text


def _named(text: str, name: str, label: Any) -> bool:
    """Whether a cell means what is kept as ``name`` and shown as ``label``, a lazy text, in any language."""
    return text == name or text in in_every_language(source_of(label))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "对" if value else "错"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value if value is not None else "").replace("\r\n", "\n").strip()


def _kind(text: str) -> str:
    for name, label in TYPES.items():
        if _named(text.removesuffix("题"), name, label):
            return name
    raise BadRow(
        _(
            "不认识的题型“%(text)s”，可以填：%(known)s",
            text=text,
            known="、".join(str(label) for label in TYPES.values()),
        )
    )


def _existing(text: str, actor: Person | None) -> Item | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadRow(_("编号“%(text)s”不是数字；新题请把编号留空", text=text))
    item = db.session.get(Item, int(text))
    if item is None or (actor is not None and not can_see_item(actor, item)):
        raise BadRow(_("找不到编号为 %(text)s 的题；新题请把编号留空", text=text))
    return item


def _dimension(text: str, item: Item | None) -> Dimension:
    if not text:
        return item.dimension if item is not None else Dimension.KNOWLEDGE
    for name, label in DIMENSIONS.items():
        if _named(text, name, label):
            return Dimension(name)
    raise BadRow(
        _(
            "不认识的维度“%(text)s”，可以填：%(known)s",
            text=text,
            known="、".join(str(label) for label in DIMENSIONS.values()),
        )
    )


def _competencies(text: str, known: Sequence[Competency]) -> list[Competency]:
    wanted = [one.strip() for one in re.split(r"[；;,，、\n]", text) if one.strip()]
    by_name = {one.name: one for one in known} | {one.code: one for one in known}
    unknown = [one for one in wanted if one not in by_name]
    if unknown:
        raise BadRow(_("没有这个能力项：%(names)s", names="、".join(unknown)))
    return [by_name[one] for one in dict.fromkeys(wanted)]


def _options(texts: Sequence[str], old: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Options with the ids they had: by their text, or else by their place."""
    given = [text for text in texts if text]
    by_text = {option["text"]: option["id"] for option in old}
    ids: list[str | None] = [by_text.get(text) for text in given]
    free = [option["id"] for option in old if option["id"] not in ids]
    options: list[dict[str, str]] = []
    for place, text in enumerate(given):
        taken = [option["id"] for option in options]
        number = ids[place]
        if number is None and place < len(old) and old[place]["id"] in free:
            number = old[place]["id"]
            free.remove(number)
        options.append(
            {
                "id": number
                if number and number not in taken
                else option_id(text, [*taken, *free, *filter(None, ids)]),
                "text": text,
            }
        )
    return options


def _chosen(key: str, texts: Sequence[str], options: Sequence[dict[str, str]]) -> list[str]:
    """Ids of the options named by letters (AC, A、C) or, when no letters were given, by their whole text."""
    filled = [LETTERS[n] for n, text in enumerate(texts) if text]
    named = [char for char in fold(key).upper() if char not in " ,，、;；/"]
    if named and all(char in LETTERS for char in named):
        lost = [char for char in named if char not in filled]
        if lost:
            raise BadRow(_("正确答案里的 %(letter)s 没有对应的选项", letter=lost[0]))
        wanted = [options[filled.index(char)]["id"] for char in named]
    else:
        wanted = [option["id"] for option in options if option["text"] in (key, *key.split("；"))]
    if not wanted:
        raise BadRow(_("正确答案请填选项字母，例如 B 或 AC"))
    return [option["id"] for option in options if option["id"] in wanted]


def _scoring(text: str, old: str) -> str:
    if not text:
        return old
    for name, label in SCORING.items():
        if _named(text, name, label):
            return name
    raise BadRow(_("计分方式请填其中一种：%(known)s", known="、".join(str(label) for label in SCORING.values())))


def _points(text: str, old: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        parts = [part.strip() for part in re.split(r"[#＃]", line)]
        try:
            mark = float(parts[1]) if len(parts) > 1 and parts[1] else 1.0
        except ValueError:
            raise BadRow(
                _("得分点的分值“%(text)s”不是数字；写法：要点 # 分值 # 关键词1 | 关键词2", text=parts[1])
            ) from None
        words = [word.strip() for word in re.split(r"[|｜]", parts[2]) if word.strip()] if len(parts) > 2 else []
        place = len(points)
        number = old[place]["id"] if place < len(old) else f"p{place + 1}"
        points.append({"id": number, "text": parts[0], "mark": mark, "keywords": words})
    return points
