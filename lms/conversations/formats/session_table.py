"""The companion of a ``jd-log``: an XLSX or CSV with one session a row, joined by start time and masked name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from lms.conversations.formats.columns import plain
from lms.conversations.formats.rows import rows_of
from lms.conversations.formats.shape import BadLine
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.times import parse_time

_START, _CUSTOMER = "咨询时间", "顾客"
_KEPT_TEXT = (
    "咨询类型 客服 转接后客服 技能组 商品编号 商品名称 首次响应时间 平均响应时间 会话时长 客户消息数 客服消息数 "
    "满意度 是否解决"
)
_KEPT = _KEPT_TEXT.split()
_NEAR = timedelta(minutes=2)
_HEADER_WITHIN = 10


@dataclass
class SessionRow:
    """One session as the table has it. A row is given out once."""

    started_at: datetime
    customer: str
    facts: dict[str, str]
    taken: bool = False


@dataclass
class SessionTable:
    """The rows, found by their start."""

    by_start: dict[datetime, list[SessionRow]] = field(default_factory=dict)
    rows: int = 0
    matched: int = 0

    def agents(self) -> set[str]:
        """Every agent the table names."""
        names = (
            row.facts.get(key, "") for rows in self.by_start.values() for row in rows for key in ("客服", "转接后客服")
        )
        return {name for name in names if name}

    def match(self, started_at: datetime, customer: str) -> dict[str, str]:
        """The facts of the session: by start and name; by start where only one row has it; then within two minutes."""
        at = started_at.replace(microsecond=0)
        same = [row for row in self.by_start.get(at, []) if not row.taken]
        found = next((row for row in same if row.customer == customer), None)
        if found is None and len(same) == 1:
            found = same[0]
        if found is None:
            found = self._near(at, customer)
        if found is None:
            return {}
        found.taken = True
        self.matched += 1
        return found.facts

    def _near(self, at: datetime, customer: str) -> SessionRow | None:
        near = [
            (abs(seconds), row)
            for seconds in range(-int(_NEAR.total_seconds()), int(_NEAR.total_seconds()) + 1)
            for row in self.by_start.get(at + timedelta(seconds=seconds), [])
            if not row.taken
        ]
        named = sorted((pair for pair in near if pair[1].customer == customer), key=lambda pair: pair[0])
        if named:
            return named[0][1]
        return near[0][1] if len(near) == 1 else None


def is_session_table(source: ChatSource) -> bool:
    """Whether the file's header has 咨询时间 and 顾客 and no column of messages."""
    return _header(source) is not None


def _header(source: ChatSource) -> tuple[int, list[str]] | None:
    for row in islice(rows_of(source), _HEADER_WITHIN):
        if isinstance(row, BadLine):
            continue
        names = [plain(cell) for cell in row[1]]
        if _START in names and _CUSTOMER in names:
            texts = {"聊天内容", "发送内容", "消息内容", "内容"}
            return None if texts & set(names) else (row[0], names)
    return None


def read_session_table(source: ChatSource) -> SessionTable:
    """All rows of the companion; a row without a readable time is left out."""
    table = SessionTable()
    head = _header(source)
    if head is None:
        return table
    at, names = head
    places = {name: names.index(name) for name in (_START, _CUSTOMER, *_KEPT) if name in names}
    for row in rows_of(source):
        if isinstance(row, BadLine) or row[0] <= at:
            continue
        cells = row[1]
        values = {name: cells[i].strip() for name, i in places.items() if i < len(cells)}
        started = parse_time(values.get(_START, ""))
        if started is None:
            continue
        facts = {name: values[name] for name in _KEPT if values.get(name)}
        table.by_start.setdefault(started, []).append(SessionRow(started, values.get(_CUSTOMER, ""), facts))
        table.rows += 1
    return table
