"""Another tool's sheet of results, read into chats with marks. Pure: rows of cells in, dataclasses out.

Two layouts: ``lines`` has a line for each criterion of a chat, ``chats`` a line for each chat with a column for each
criterion. How a sheet's columns are meant is a :class:`Reading`, guessed first and then confirmed by a person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from lms.conversations.formats.times import parse_time
from lms.kernel.clock import from_local
from lms.qa.enums import RootCause

LINES, CHATS = "lines", "chats"
MOST_LINES = 50_000
HEADER_WITHIN = 10
MOST_CRITERIA = 80
# What each column is called in the sheets of other tools; the first word is what our own samples use.
NAMES = {
    "agent": ("客服", "客服账号", "客服帐号", "客服名称", "客服昵称", "客服姓名", "坐席", "坐席账号", "坐席名称",
              "被检客服", "被质检人", "被检人", "子账号", "旺旺子账号", "接待客服", "agent"),
    "chat": ("会话编号", "会话id", "会话号", "聊天id", "sessionid", "会话流水号", "工单号"),
    "served_at": ("会话时间", "会话开始时间", "接待时间", "咨询时间", "开始时间", "聊天时间", "进线时间"),
    "evaluator": ("质检员", "质检人", "质检员账号", "质检人员", "评分人", "审核人", "质检账号"),
    "scored_at": ("质检时间", "评分时间", "质检完成时间", "审核时间", "质检日期"),
    "criterion": ("质检项", "评分项", "质检点", "检查项", "质检规则", "规则名称", "质检指标", "质检项名称"),
    "result": ("结果", "质检结果", "是否合格", "判定", "判定结果", "评分结果", "得分", "单项得分", "命中结果"),
    "full": ("满分", "分值", "单项满分", "项目分值"),
    "comment": ("备注", "说明", "评语", "质检备注", "质检评语", "扣分原因", "扣分说明", "点评"),
    "cause": ("责任归属", "原因归类", "问题归因", "归因", "责任方", "原因类型"),
    "quote": ("原话", "问题消息", "聊天原文", "命中内容", "会话内容", "证据"),
}  # fmt: skip
NEEDED = {LINES: ("agent", "criterion", "result"), CHATS: ("agent",)}
ONLY_LINES = ("criterion", "result", "full", "cause", "quote")
_NOT_CRITERIA = re.compile(
    r"序号|编号|店铺|总分|总得分|合计|得分率|订单|买家|客户|顾客|分组|小组|团队|部门|状态|链接|渠道|时长|日期|时间"
)
_PASS = frozenset(
    [
        "合格",
        "通过",
        "是",
        "达标",
        "符合",
        "正常",
        "未命中",
        "无",
        "√",
        "✓",
        "✔",
        "y",
        "yes",
        "pass",
        "passed",
        "true",
        "ok",
    ]
)
_FAIL = frozenset(
    [
        "不合格",
        "不通过",
        "否",
        "不达标",
        "不符合",
        "异常",
        "命中",
        "有",
        "×",
        "✗",
        "✘",
        "x",
        "n",
        "no",
        "fail",
        "failed",
        "false",
    ]
)
_NONE = frozenset(["", *["-", "—", "/", "不适用", "不涉及", "n/a", "na", "none", "未涉及", "无需评", "未评"]])
_FRACTION = re.compile(r"(\d+(?:\.\d+)?)\s*[/／]\s*(\d+(?:\.\d+)?)\s*分?$")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)\s*(分|%)?$")
_CAUSES = (
    (RootCause.PROCESS, ("流程", "规则", "系统", "制度", "平台")),
    (RootCause.PRODUCT, ("商品", "产品", "质量", "供应")),
    (RootCause.RARE, ("偶发", "其他", "不可抗")),
    (RootCause.PERSON, ("个人", "客服", "人员", "员工")),
)


@dataclass(frozen=True)
class Table:
    """A sheet: its headers, and (line number, cells by header) for each line that has any."""

    headers: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, Any]], ...]

    @property
    def signature(self) -> str:
        """What the header is known by, whatever the order of its columns."""
        return hashlib.sha256("\x1f".join(sorted(map(normal, self.headers))).encode()).hexdigest()


@dataclass(frozen=True)
class Reading:
    """How a sheet is meant: {field of NAMES: header}, and {label of a criterion: (our code or "", full mark)}."""

    layout: str
    columns: Mapping[str, str] = field(default_factory=dict)
    criteria: Mapping[str, tuple[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line of the sheet, and what to do about it."""

    line: int
    reason: str
    hint: str = ""


@dataclass(frozen=True)
class Mark:
    """A criterion as the other tool scored it: ``share`` 0–1 of the full mark, None when it did not apply."""

    line: int
    share: float | None
    said: str
    comment: str = ""
    cause: str = ""
    quote: str = ""


@dataclass
class ScoredChat:
    """A chat of the sheet with its marks by the label of their criterion; times are UTC."""

    line: int
    agent: str
    chat: str
    served_at: datetime | None
    evaluator: str
    scored_at: datetime | None
    comment: str = ""
    marks: dict[str, Mark] = field(default_factory=dict)


def normal(text: str) -> str:
    """A header or word without what differs by chance."""
    return re.sub(r"[\s_（）()：:*＊]+", "", text).casefold()


def text_of(cell: Any) -> str:
    """A cell as it is written: 5.0 is "5"."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell if cell is not None else "").strip()


def time_of(cell: Any) -> datetime | None:
    """The moment of a cell, in UTC; None when it says none."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else from_local(cell)
    if isinstance(cell, date):
        return from_local(datetime(cell.year, cell.month, cell.day))
    return parse_time(text_of(cell))


def read_table(rows: Sequence[Sequence[Any]]) -> Table:
    """The header is the line with most known names among the first; above it there may be a title."""
    known = {normal(name) for names in NAMES.values() for name in names}
    best, place = -1, 0
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        hits = sum(normal(text_of(cell)) in known for cell in row)
        if hits > best and any(text_of(cell) for cell in row):
            best, place = hits, number
    headers: list[str] = []
    for cell in rows[place] if rows else ():
        name = text_of(cell)[:60]
        twin = sum(one.rpartition("#")[0] == name or one == name for one in headers)
        headers.append(f"{name}#{twin + 1}" if name and twin else name)
    lines = []
    for number, row in enumerate(rows[place + 1 :], start=place + 2):
        cells = {header: cell for header, cell in zip(headers, row, strict=False) if header and text_of(cell)}
        if cells:
            lines.append((number, cells))
    return Table(tuple(header for header in headers if header), tuple(lines))


def guess(table: Table) -> Reading:
    """What the columns probably are, by their names and by what stands in them."""
    columns: dict[str, str] = {}
    for name, words in NAMES.items():
        wanted = {normal(word) for word in words}
        found = next((header for header in table.headers if normal(header) in wanted), None)
        if found is not None and found not in columns.values():
            columns[name] = found
    if {"criterion", "result"} <= set(columns):
        return Reading(LINES, columns)
    return Reading(CHATS, {name: header for name, header in columns.items() if name not in ONLY_LINES})


def labels_of(table: Table, reading: Reading) -> dict[str, float]:
    """The criteria that the sheet has, and the full mark of each as far as its numbers tell (else 1)."""
    fulls: dict[str, float] = {}
    if reading.layout == LINES:
        for _line, cells in table.rows:
            label = text_of(cells.get(reading.columns["criterion"], ""))[:100]
            if label:
                result = text_of(cells.get(reading.columns["result"], ""))
                fulls[label] = max(fulls.get(label, 1.0), _number(result))
        return dict(list(fulls.items())[:MOST_CRITERIA])
    used = set(reading.columns.values())
    for header in table.headers:
        if header in used or _NOT_CRITERIA.search(header):
            continue
        said = [text_of(cells[header]) for _line, cells in table.rows if header in cells]
        if said and all(_is_mark(text) for text in said):
            fulls[header] = max([1.0, *(_number(text) for text in said)])
    return dict(list(fulls.items())[:MOST_CRITERIA])


def _number(text: str) -> float:
    match = _NUMBER.match(text)
    return float(match[1]) if match and match[2] != "%" else 1.0


def _is_mark(text: str) -> bool:
    word = text.casefold()
    return word in _PASS | _FAIL | _NONE or bool(_NUMBER.match(text) or _FRACTION.match(text))


def share_of(text: str, full: float) -> float | None:
    """The share (0–1) that a result says, None when it did not apply. A deduction counts against the full mark.

    Raises ValueError for what is no result.
    """
    word = text.strip().casefold()
    if word in _NONE:
        return None
    if word in _PASS:
        return 1.0
    if word in _FAIL:
        return 0.0
    fraction = _FRACTION.match(word)
    if fraction and float(fraction[2]) > 0:
        return min(1.0, float(fraction[1]) / float(fraction[2]))
    number = _NUMBER.match(word)
    if number is None:
        raise ValueError(text)
    value = float(number[1])
    if number[2] == "%":
        full = 100.0
    if value < 0:
        value += full
    return max(0.0, min(1.0, value / full)) if full > 0 else 0.0


def cause_of(text: str) -> RootCause:
    """Where a fault comes from; what says nothing is a person's."""
    return next((cause for cause, words in _CAUSES if any(word in text for word in words)), RootCause.PERSON)


class _Wrong(Exception):
    """A cell that makes no sense."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


def read_chats(table: Table, reading: Reading) -> tuple[list[ScoredChat], list[Problem]]:
    """The chats of the sheet with their marks, and what can't be read. A chat with a bad line is left out whole."""
    problems: list[Problem] = []
    chats: dict[tuple[str, ...], ScoredChat] = {}
    broken: set[int] = set()
    last: ScoredChat | None = None
    for line, cells in table.rows[:MOST_LINES]:
        chat = None
        try:
            chat = _chat(line, cells, reading, chats, last)
            for label, mark in _marks(line, cells, reading):
                if label in chat.marks:
                    raise _Wrong(_("“%(name)s”在这通会话里出现了两次", name=label), _("请删去重复的一行。"))
                chat.marks[label] = mark
        except _Wrong as wrong:
            problems.append(Problem(line, wrong.reason, wrong.hint))
            broken |= {id(chat)} if chat is not None else set()
        last = chat
    if len(table.rows) > MOST_LINES:
        past = table.rows[MOST_LINES][0]
        problems.append(Problem(past, _("一次最多导入 %(n)s 行", n=MOST_LINES), _("请拆成几个文件。")))
    return [chat for chat in chats.values() if id(chat) not in broken and chat.marks], problems


def _chat(
    line: int,
    cells: Mapping[str, Any],
    reading: Reading,
    chats: dict[tuple[str, ...], ScoredChat],
    last: ScoredChat | None,
) -> ScoredChat:
    """The chat that a line belongs to."""

    def cell(name: str) -> Any:
        return cells.get(reading.columns.get(name, ""), "")

    def time(name: str) -> datetime | None:
        found = time_of(cell(name))
        if found is None and text_of(cell(name)):
            raise _Wrong(
                _("“%(column)s”不是时间：%(text)s", column=reading.columns[name], text=text_of(cell(name))[:40]),
                _("请写成 2026-03-02 14:05 的样子。"),
            )
        return found

    agent, chat_id = text_of(cell("agent"))[:100], text_of(cell("chat"))[:100]
    if reading.layout == LINES and not agent and not chat_id and last is not None:
        return last  # merged cells: only the first line of a chat says whose it is
    served_at, evaluator = time("served_at"), text_of(cell("evaluator"))[:100]
    comment = text_of(cell("comment")) if reading.layout == CHATS else ""
    head = ScoredChat(line, agent, chat_id, served_at, evaluator, time("scored_at"), comment)
    if not agent and not chat_id:
        raise _Wrong(_("没有写客服是谁"), _("请补上客服的账号或姓名。"))
    key: tuple[str, ...] = (agent.casefold(), chat_id, "" if chat_id else str(served_at), evaluator.casefold())
    if reading.layout == CHATS:
        key = (*key, str(line))
    return chats.setdefault(key, head)


def _marks(line: int, cells: Mapping[str, Any], reading: Reading) -> Iterable[tuple[str, Mark]]:
    def cell(name: str) -> str:
        return text_of(cells.get(reading.columns.get(name, ""), ""))

    if reading.layout == LINES:
        label = cell("criterion")[:100]
        if not label:
            raise _Wrong(_("没有写质检项"), _("请补上质检项的名称，或删去这一行。"))
        code, full = reading.criteria.get(label, ("", 1.0))
        if code:
            full = _number(cell("full")) if _NUMBER.match(cell("full")) else full
            said = cell("result")
            yield label, Mark(line, _share(label, said, full), said, cell("comment"), cell("cause"), cell("quote"))
        return
    for label, (code, full) in reading.criteria.items():
        if code and label in cells:
            said = text_of(cells[label])
            yield label, Mark(line, _share(label, said, full), said)


def _share(label: str, said: str, full: float) -> float | None:
    try:
        return share_of(said, full)
    except ValueError as error:
        raise _Wrong(
            _("“%(name)s”的结果看不懂：%(text)s", name=label, text=said[:40]),
            _("请写合格、不合格、不适用，或写分数。"),
        ) from error
