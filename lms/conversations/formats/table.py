"""CSV, TSV or XLSX with one message a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import Side
from lms.conversations.formats.columns import ROLES, guess, missing
from lms.conversations.formats.errors import NeedsMapping, TableHead, UnreadableFile
from lms.conversations.formats.grouping import Row, group_rows
from lms.conversations.formats.rows import delimiter_of, rows_of
from lms.conversations.formats.shape import (
    LONGEST_TEXT,
    BadLine,
    Dropped,
    Event,
    ParsedConversation,
    ParsedMessage,
    ParseOptions,
)
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.speakers import Speakers, side_of_word
from lms.conversations.formats.times import CLOCK, local_day, parse_time

_HEADER_WITHIN = 10
_SAMPLE_ROWS = 5


class Table:
    """Columns are found by their names, else a person maps them."""

    name = "table"
    label: Any = _l("表格（CSV/XLSX，一行一条消息）")

    def sniff(self, head: str, filename: str) -> float:
        delimiter = delimiter_of(head)
        lines = [line for line in head.split("\n")[:_HEADER_WITHIN] if line.strip()]
        for line in lines:
            columns = guess([cell.strip('" ') for cell in line.split(delimiter)])
            if not missing(columns):
                return 0.95
        if filename.lower().endswith((".csv", ".tsv", ".xlsx")):
            return 0.3
        widths = {line.count(delimiter) for line in lines}
        return 0.2 if len(lines) > 1 and len(widths) == 1 and widths != {0} else 0.0

    def parse(self, source: ChatSource, options: ParseOptions) -> Iterator[Event]:
        head, at = read_head(source)
        columns = options.columns if options.columns is not None else head.guessed
        lacks = missing(columns)
        if lacks:
            raise NeedsMapping(head, [str(ROLES[role]) for role in lacks])
        problems: list[BadLine | Dropped] = []
        speakers = Speakers(options.shops)
        for key, rows in group_rows(_rows(source, at, columns, problems)):
            yield from problems
            problems.clear()
            yield from _conversations(key, rows, speakers, by_day="session" not in columns)
        yield from problems


def read_head(source: ChatSource) -> tuple[TableHead, int]:
    """The header with some rows below it, and the header's line number. Lines above it (a title) are skipped."""
    rows = list(islice(rows_of(source), _HEADER_WITHIN + _SAMPLE_ROWS))
    top = [row for row in rows if not isinstance(row, BadLine)]
    if not top:
        reason = next((row.reason for row in rows if isinstance(row, BadLine)), _("没有一行有内容。"))
        raise UnreadableFile(_("读不到表头：%(reason)s", reason=reason), hint=_("请确认第一行是列名，每行一条消息。"))
    scores = [len(guess(cells)) for _number, cells in top[:_HEADER_WITHIN]]
    index = max(range(len(scores)), key=lambda i: (scores[i], -i))
    if scores[index] < 2:
        index = 0
    number, header = top[index]
    samples = tuple(tuple(cells) for _number, cells in top[index + 1 : index + 1 + _SAMPLE_ROWS])
    return TableHead(tuple(cell.strip() for cell in header), samples, guess(header)), number


def _rows(
    source: ChatSource, header_at: int, columns: dict[str, int], problems: list[BadLine | Dropped]
) -> Iterator[tuple[str, Row]]:
    def cell(cells: Sequence[str], role: str) -> str:
        index = columns.get(role)
        return cells[index].strip() if index is not None and index < len(cells) else ""

    for row in rows_of(source):
        if isinstance(row, BadLine):
            problems.append(row)
            continue
        number, cells = row
        if number <= header_at:
            continue
        text, key = cell(cells, "text"), cell(cells, "session") or cell(cells, "customer")
        word = cell(cells, "side")
        side = side_of_word(word) if word else None
        reason = ""
        if not key:
            reason = _("会话（或客户）一列是空的。")
        elif not text:
            reason = _("消息内容是空的。")
        elif len(text) > LONGEST_TEXT:
            reason = _("一条消息超过 %(n)s 字，已跳过。", n=LONGEST_TEXT)
        elif "side" in columns and side is None:
            reason = _("发送方“%(word)s”看不出是客户还是客服。", word=word[:20])
        if reason:
            problems.append(BadLine(number, reason))
            continue
        if side is Side.SYSTEM:
            problems.append(Dropped(number))
            continue
        time, date = cell(cells, "time"), cell(cells, "date")
        if date and CLOCK.match(time):
            time = f"{date.split(' ')[0]} {time}"
        yield (
            key,
            (
                number,
                text,
                side.value if side else "",
                cell(cells, "sender"),
                time or date,
                cell(cells, "order"),
                cell(cells, "customer"),
                cell(cells, "agent"),
                cell(cells, "product"),
                cell(cells, "product_name"),
            ),
        )


def _conversations(key: str, rows: list[Row], speakers: Speakers, *, by_day: bool) -> Iterator[Event]:
    customer = next((str(row[6]) for row in rows if row[6]), "")
    sides = speakers.sides_in((str(row[3]) for row in rows if not row[2]), customer)
    messages: list[tuple[tuple[float, ...], ParsedMessage]] = []
    for row in rows:
        time = str(row[4])
        at = parse_time(time) if time else None
        if time and at is None and not CLOCK.match(time):
            yield BadLine(int(row[0] or 0), _("时间“%(time)s”看不懂。", time=time[:30]))
            continue
        side = Side(str(row[2])) if row[2] else sides[str(row[3])]
        sender = "" if side is Side.CUSTOMER else str(row[3] or row[7])
        messages.append((_place(row, time), ParsedMessage(0, side, sender, at, str(row[1]))))
    if all(len(place) == 1 for place, _message in messages):
        messages.sort(key=lambda pair: pair[0])
    found = [message for _place_, message in messages]
    if all(message.sent_at for message in found):
        found.sort(key=lambda message: message.sent_at.timestamp() if message.sent_at else 0)
    agents = (str(row[7] or (row[3] if row[2] == Side.AGENT.value else "") or "") for row in rows)
    agent = next(filter(None, agents), "")
    product = next((str(row[8]) for row in rows if row[8] and str(row[8]) != "nan"), "")
    product_name = next((str(row[9]) for row in rows if row[9] and str(row[9]) != "nan"), "")
    for part, some in _by_day(key, found) if by_day else [(key, found)]:
        for seq, message in enumerate(some):
            message.seq = seq
        if some:
            yield ParsedConversation(
                part, customer or (key if by_day else ""), some, agent, some[0].sent_at, product, product_name
            )


def _place(row: Row, time: str) -> tuple[float, ...]:
    """Where the row belongs in its session: its number there, else its clock time; () when neither is known."""
    order = str(row[5])
    if order.isdigit():
        return (float(order),)
    clock = CLOCK.match(time)
    if clock:
        hour, minute, second = (int(part or 0) for part in clock.groups())
        return (float(hour * 3600 + minute * 60 + second),)
    return ()


def _by_day(key: str, messages: list[ParsedMessage]) -> Iterator[tuple[str, list[ParsedMessage]]]:
    """A customer's messages of one day are one conversation where the export numbers none."""
    days: dict[str, list[ParsedMessage]] = {}
    for message in messages:
        days.setdefault(local_day(message.sent_at) if message.sent_at else "", []).append(message)
    for day, some in days.items():
        yield (f"{key}|{day}" if day else key), some
