"""The lesson dialect of Markdown: four fenced blocks that trainers need and plain Markdown has not.

    ```chat 正例            a chat as bubbles; lines 买家: / 客服: / 系统: / 点评:
    ```平台规则 2027-05-20   a platform's rule, and the day by which it must be checked again
    ```自测                 questions with folded answers; lines 问： / 答：
    ```清单                 a checklist, one point a line

A block starts and ends at the beginning of a line, like any fence. Here text becomes data, nothing more: what is in a
block is never Markdown nor HTML, and the templates escape all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import gettext as _

from courses.types.protocol import Problem


class Verdict(StrEnum):
    """Whether a chat shows how to do it or how not to."""

    GOOD = "good"
    BAD = "bad"
    PLAIN = "plain"


class Speaker(StrEnum):
    """Who says a line of a chat."""

    BUYER = "buyer"
    AGENT = "agent"
    SYSTEM = "system"
    NOTE = "note"


@dataclass(frozen=True)
class Line:
    """A line of a chat: who, the word the author used for them, and what they say."""

    speaker: Speaker
    label: str
    text: str


@dataclass(frozen=True)
class Prose:
    """Ordinary Markdown between the blocks. ``line`` is where it starts, from 1."""

    line: int
    text: str


@dataclass(frozen=True)
class Chat:
    line: int
    verdict: Verdict
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Rule:
    line: int
    check_by: date | None
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """Self-check: (question, answer) pairs."""

    line: int
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Checklist:
    line: int
    points: tuple[str, ...]


Part = Prose | Chat | Rule | Check | Checklist

KINDS = {
    "chat": "chat",
    "对话": "chat",
    "rule": "rule",
    "平台规则": "rule",
    "selfcheck": "check",
    "自测": "check",
    "checklist": "checklist",
    "清单": "checklist",
    "對話": "chat",
    "平台規則": "rule",
    "平臺規則": "rule",
    "自測": "check",
    "清單": "checklist",
}
"""Traditional Chinese beside simplified: the messages below name the blocks in the reader's characters."""
VERDICTS = {"正例": Verdict.GOOD, "good": Verdict.GOOD, "反例": Verdict.BAD, "bad": Verdict.BAD}
SPEAKERS = {
    "买家": Speaker.BUYER,
    "顾客": Speaker.BUYER,
    "客户": Speaker.BUYER,
    "客服": Speaker.AGENT,
    "系统": Speaker.SYSTEM,
    "点评": Speaker.NOTE,
    "買家": Speaker.BUYER,
    "顧客": Speaker.BUYER,
    "客戶": Speaker.BUYER,
    "系統": Speaker.SYSTEM,
    "點評": Speaker.NOTE,
}
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\n`]*)$")
SAYS = re.compile(rf"^\s*({'|'.join(SPEAKERS)})\s*[:：]\s*(.*)$")
ASKS = re.compile(r"^\s*(问|問|答)\s*[:：]\s*(.*)$")
BULLET = re.compile(r"^\s*(?:[-*+]\s+)?(?:\[[ xX]\]\s+)?")


@dataclass(frozen=True)
class _Fenced:
    """A fenced block as found, before it is read. ``closed`` is False when the text ended first."""

    line: int
    kind: str
    info: str
    lines: list[str]
    closed: bool


def split(body: str) -> list[Part]:
    """The body as prose and blocks, in order. An unclosed block reaches to the end, like any fence."""
    return [part if isinstance(part, Prose) else _read(part) for part in _scan(body)]


def problems(body: str) -> list[Problem]:
    """What is wrong with the blocks, by line."""
    found: list[Problem] = []
    for part in _scan(body):
        if isinstance(part, Prose):
            continue
        if not part.closed:
            found.append(Problem(part.line, _("这一块没有结束，请在最后补一行 ```。")))
        block = _read(part)
        if isinstance(block, Chat) and not any(line.speaker in (Speaker.BUYER, Speaker.AGENT) for line in block.lines):
            found.append(Problem(part.line, _("对话里没有话，请写成“买家: ……”“客服: ……”，一行一句。")))
        if isinstance(block, Rule) and block.check_by is None:
            found.append(Problem(part.line, _("平台规则要写明核对日期，例如：```平台规则 2027-05-20。")))
        if isinstance(block, Check):
            if not block.pairs:
                found.append(Problem(part.line, _("自测里没有题，请写成“问：……”“答：……”。")))
            elif any(not question or not answer for question, answer in block.pairs):
                found.append(Problem(part.line, _("自测里有的题缺问题或缺答案。")))
        if isinstance(block, Checklist) and not block.points:
            found.append(Problem(part.line, _("清单是空的，请一行写一条。")))
    return found


def earliest_check(body: str) -> date | None:
    """The first day on which one of the platform rules must have been checked."""
    days = [part.check_by for part in split(body) if isinstance(part, Rule) and part.check_by is not None]
    return min(days, default=None)


def _scan(body: str) -> list[Prose | _Fenced]:
    parts: list[Prose | _Fenced] = []
    prose: list[str] = []
    prose_line = 1
    open_fence = ""
    block: _Fenced | None = None
    rows = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, row in enumerate(rows, start=1):
        fence = FENCE.match(row)
        if open_fence:
            closes = fence is not None and fence[1].startswith(open_fence) and not fence[2].strip()
            if block is None:
                prose.append(row)
            elif closes:
                parts.append(_Fenced(block.line, block.kind, block.info, block.lines, True))
                block, prose, prose_line = None, [], number + 1
            else:
                block.lines.append(row)
            open_fence = "" if closes else open_fence
            continue
        if fence:
            open_fence = fence[1]
            name, _, info = fence[2].strip().partition(" ")
            if name in KINDS and fence[1][0] == "`" and not row.startswith(" "):
                _close_prose(parts, prose, prose_line)
                block, prose = _Fenced(number, KINDS[name], info.strip(), [], False), []
                continue
        prose.append(row)
    if block is not None:
        parts.append(block)
    _close_prose(parts, prose, prose_line)
    return parts


def _close_prose(parts: list[Prose | _Fenced], rows: list[str], line: int) -> None:
    if any(row.strip() for row in rows):
        parts.append(Prose(line, "\n".join(rows)))


def _read(block: _Fenced) -> Part:
    if block.kind == "chat":
        return _chat(block)
    if block.kind == "rule":
        return Rule(block.line, _day(block.info), tuple(row.strip() for row in block.lines if row.strip()))
    if block.kind == "check":
        return _check(block)
    points = (BULLET.sub("", row, count=1).strip() for row in block.lines)
    return Checklist(block.line, tuple(point for point in points if point))


def _chat(block: _Fenced) -> Chat:
    word, _, rest = block.info.partition(" ")
    verdict = VERDICTS.get(word, Verdict.PLAIN)
    lines: list[Line] = []
    for row in block.lines:
        if said := SAYS.match(row):
            lines.append(Line(SPEAKERS[said[1]], said[1], said[2].strip()))
        elif row.strip() and lines:
            last = lines[-1]
            lines[-1] = Line(last.speaker, last.label, f"{last.text}\n{row.strip()}".strip())
        elif row.strip():
            lines.append(Line(Speaker.SYSTEM, "", row.strip()))
    title = (rest if word in VERDICTS else block.info).strip()
    return Chat(block.line, verdict, title, tuple(line for line in lines if line.text))


def _check(block: _Fenced) -> Check:
    pairs: list[tuple[str, str]] = []
    side = ""
    for row in block.lines:
        said = ASKS.match(row)
        if said and said[1] in ("问", "問"):
            pairs.append((said[2].strip(), ""))
            side = "问"
        elif not pairs:
            continue
        elif said:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}\n{said[2]}".strip())
            side = "答"
        elif side == "问":
            pairs[-1] = (f"{pairs[-1][0]}\n{row.strip()}".strip(), pairs[-1][1])
        else:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}\n{row.strip()}".strip())
    return Check(block.line, tuple(pairs))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
