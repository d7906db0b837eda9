"""The JDDC research dump: TSV without header, seven fields a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import Side
from lms.conversations.formats.grouping import Row, group_rows
from lms.conversations.formats.shape import (
    LONGEST_TEXT,
    BadLine,
    Event,
    ParsedConversation,
    ParsedMessage,
    ParseOptions,
)
from lms.conversations.formats.source import ChatSource

_FLAGS = ("0", "1")


class Jddc:
    """session id, user id, sent by agent 0/1, transferred 0/1, repeated 0/1, SKU or ``nan``, text."""

    name = "jddc"
    label: Any = _l("JDDC 数据集（TSV）")

    def sniff(self, head: str, filename: str) -> float:
        lines = [line for line in head.split("\n")[:50] if line.strip()]
        if not lines:
            return 0.0
        fit = sum(_fits(line.split("\t", 6)) for line in lines)
        return 0.98 * fit / len(lines)

    def parse(self, source: ChatSource, options: ParseOptions) -> Iterator[Event]:
        problems: list[BadLine] = []
        for key, rows in group_rows(self._rows(source, problems)):
            yield from problems
            problems.clear()
            yield _conversation(key, rows)
        yield from problems

    def _rows(self, source: ChatSource, problems: list[BadLine]) -> Iterator[tuple[str, Row]]:
        for line in source.lines():
            if isinstance(line, BadLine):
                problems.append(line)
                continue
            number, text = line
            fields = text.split("\t", 6)
            if not _fits(fields):
                if text.strip():
                    problems.append(BadLine(number, _reason(fields)))
            elif len(fields[6]) > LONGEST_TEXT:
                problems.append(BadLine(number, _("一条消息超过 %(n)s 字，已跳过。", n=LONGEST_TEXT)))
            elif not fields[6].strip():
                problems.append(BadLine(number, _("消息内容是空的。")))
            else:
                yield fields[0], (fields[1], int(fields[2]), fields[5], fields[6])


def _fits(fields: list[str]) -> bool:
    return (
        len(fields) == 7
        and fields[2] in _FLAGS
        and fields[3] in _FLAGS
        and fields[4] in _FLAGS
        and bool(fields[0].strip())
    )


def _reason(fields: list[str]) -> str:
    if len(fields) != 7:
        return _("应有 7 列，实际 %(n)s 列。", n=len(fields))
    if not fields[0].strip():
        return _("第 1 列（会话 ID）是空的。")
    return _("第 3～5 列应为 0 或 1。")


def _conversation(key: str, rows: list[Row]) -> ParsedConversation:
    messages = [
        ParsedMessage(seq, Side.AGENT if row[1] else Side.CUSTOMER, "", None, str(row[3]))
        for seq, row in enumerate(rows)
    ]
    skus = (str(row[2]) for row in rows)
    product = next((sku for sku in skus if sku not in ("nan", "", "0", "NULL")), "")
    return ParsedConversation(key, str(rows[0][0]), messages, product_ref=product)
