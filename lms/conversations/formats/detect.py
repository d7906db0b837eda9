"""Which format a file has: each plugin says how sure it is, the surest wins, and the choice is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from flask_babel import gettext as _

from lms.conversations.formats.errors import UnknownFormat
from lms.conversations.formats.rows import rows_of
from lms.conversations.formats.shape import BadLine, ChatFormat
from lms.conversations.formats.source import ChatSource

SURE_ENOUGH = 0.15


@dataclass(frozen=True)
class Detected:
    """The format chosen, how sure that is, and what else was thought of (name, score), best first."""

    format: ChatFormat
    score: float
    others: tuple[tuple[str, float], ...] = ()


def format_named(name: str, formats: Sequence[ChatFormat]) -> ChatFormat:
    """The format of that name, or UnknownFormat with the names there are."""
    for known in formats:
        if known.name == name:
            return known
    names = "、".join(known.name for known in formats)
    raise UnknownFormat(
        _("没有名为“%(name)s”的格式。", name=name), hint=_("可用的格式：auto、%(names)s。", names=names)
    )


def detect(source: ChatSource, formats: Sequence[ChatFormat]) -> Detected:
    """The surest format. Raises UnknownFormat when none is."""
    head = workbook_head(source) if source.is_workbook else source.head()
    scores = sorted(
        ((known.sniff(head, source.name), i, known) for i, known in enumerate(formats)), key=lambda s: (-s[0], s[1])
    )
    if source.is_workbook:
        scores = [score for score in scores if score[2].name == "table"] or scores
    if not scores or scores[0][0] < SURE_ENOUGH:
        raise UnknownFormat(
            _("认不出这是哪种聊天记录。"),
            hint=_("请在导入时选择格式；如果是表格，请确认第一行是列名，每行一条消息。"),
        )
    best = scores[0]
    others = tuple((known.name, score) for score, _index, known in scores[1:] if score >= SURE_ENOUGH)
    return Detected(best[2], best[0], others)


def workbook_head(source: ChatSource) -> str:
    """The first rows of a workbook as tab-separated text, so that formats can sniff at it."""
    rows = (row for row in islice(rows_of(source), 20) if not isinstance(row, BadLine))
    return "\n".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in cells) for _number, cells in rows)
