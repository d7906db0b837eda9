"""Items as rows of a sheet, one row an item, made so that `importers` reads them back unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from quizzes.bank.labels import DIMENSIONS, STATES, TYPES
from quizzes.bank.models import Item
from quizzes.types.choice import ALL_OR_NOTHING

LETTERS = "ABCDEFGH"
COLUMNS = (
    "编号",
    "题型",
    "状态",
    "维度",
    "能力项",
    "题干",
    *(f"选项{letter}" for letter in LETTERS),
    "填空句",
    "正确答案",
    "得分点",
    "计分方式",
    "答案解析",
    "依据SOP",
)
SHOWN = (
    _l("编号"),
    _l("题型"),
    _l("状态"),
    _l("维度"),
    _l("能力项"),
    _l("题干"),
    _l("填空句"),
    _l("正确答案"),
    _l("得分点"),
    _l("计分方式"),
    _l("答案解析"),
    _l("依据SOP"),
)
"""The same for the catalogues; the options' letters are put in by ``header``."""
SCORING = {"partial": _l("按比例"), ALL_OR_NOTHING: _l("全对才得分")}


def header() -> list[str]:
    """The header in the reader's language; ``importers`` reads it in any."""
    return [_("选项%(letter)s", letter=name[-1]) if name[:-1] == "选项" else _(name) for name in COLUMNS]


def row_of(item: Item) -> list[Any]:
    """An item as a row. Items of types that a sheet can't hold have only their stem and explanation."""
    version = item.current_version
    if version is None:
        return [item.id, TYPES.get(item.type, item.type)]
    cells = cells_of(item.type, version.definition)
    return [
        item.id,
        str(TYPES.get(item.type, item.type)),
        str(STATES[item.state]),
        str(DIMENSIONS[str(item.dimension)]),
        "；".join(competency.code for competency in item.competencies),
        version.stem,
        *cells,
        version.rationale,
        item.sop_entry_id,
    ]


def rows_of(items: Iterable[Item]) -> Iterable[list[Any]]:
    return (row_of(item) for item in items)


def cells_of(kind: str, definition: dict[str, Any]) -> list[str]:
    """Options A–H, sentence with blanks, key, key points, scoring of a definition."""
    options = [str(option.get("text", "")) for option in definition.get("options") or []]
    filled = (options + [""] * len(LETTERS))[: len(LETTERS)]
    text = key = points = scoring = ""
    if kind == "single":
        key = letters(definition, [definition.get("key")])
    elif kind == "multiple":
        key = letters(definition, definition.get("keys") or [])
        scoring = str(SCORING.get(definition.get("scoring", "partial"), ""))
    elif kind == "truefalse":
        key = _("对") if definition.get("key") else _("错")
    elif kind == "fill":
        text = definition.get("text", "")
        key = "\n".join(" | ".join(blank.get("accepted", [])) for blank in definition.get("blanks", []))
    elif kind == "short":
        key = definition.get("model_answer", "")
        points = "\n".join(point_line(point) for point in definition.get("points", []))
    return [*filled, text, key, points, scoring]


def letters(definition: dict[str, Any], ids: Sequence[Any]) -> str:
    options = definition.get("options") or []
    return "".join(LETTERS[n] for n, option in enumerate(options[: len(LETTERS)]) if option.get("id") in ids)


def point_line(point: dict[str, Any]) -> str:
    """说明：可以换尺码 # 2 # 换尺码 | 换码"""
    words = " | ".join(point.get("keywords") or [])
    return f"{point['text']} # {point['mark']:g}" + (f" # {words}" if words else "")
