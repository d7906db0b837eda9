"""Text copied out of the 千牛 window: nick and time, together or on two lines, then the content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import Side
from lms.conversations.formats.days import DayCutter
from lms.conversations.formats.shape import LONGEST_TEXT, BadLine, Dropped, Event, ParsedMessage, ParseOptions
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.speakers import Speakers
from lms.conversations.formats.times import parse_time

_TIME = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\s+\d{1,2}:\d{2}:\d{2}"
_HEAD = re.compile(rf"^(.*?)\s*({_TIME})\s*$")
_ARROW = re.compile(r"^(.+?)\s*-{1,2}>\s*(.+?)$")
_DROP = re.compile(
    r"^\s*(?:已读|未读|发送中|送达|https?://\S+|www\.\S+|.{1,40}撤回了一条消息|当前用户来自.*|商品详情页|商品推荐|由\s*服务助手\s*转交给.*|.{0,40}转交给.{0,40}"
    r"|原因[：:]\s*【.*|[¥￥]\s*[\d.,]+(?:\s*[-~]\s*[¥￥]?\s*[\d.,]+)?.{0,12}|店小蜜.{0,20}接待.*)\s*$"
)
_READ = re.compile(r"(?<=[^\s已未])\s*(?:已读|未读)$")
_LONGEST_HEAD = 200
_LONGEST_NICK = 40
_NAMES_KEPT = 20_000


class QianniuCopy:
    """``nick YYYY-M-D H:MM:SS`` (glued, or the time below), or ``A --> B time``."""

    name = "qianniu-copy"
    label: Any = _l("千牛窗口复制的文字")

    def sniff(self, head: str, filename: str) -> float:
        lines = head.split("\n")
        heads = [
            match
            for line in lines
            if len(line) <= _LONGEST_HEAD and (match := _HEAD.match(line)) and len(match[1]) <= _LONGEST_NICK
        ]
        if not heads:
            return 0.0
        marks = sum(_DROP.match(line) is not None for line in lines)
        arrows = sum(_ARROW.match(match[1]) is not None for match in heads)
        loose = sum(re.search(r"\D\d[-:]|\s\d:|^$", match[0]) is not None or not match[1] for match in heads)
        glued = sum(bool(match[1]) and not match[0][len(match[1]) :].startswith((" ", "\t")) for match in heads)
        if arrows or glued or loose or marks:
            return 0.8
        return 0.55

    def parse(self, source: ChatSource, options: ParseOptions) -> Iterator[Event]:
        yield from _Reader(_sides(source, Speakers(options.shops))).read(source)


def _heads(source: ChatSource) -> Iterator[tuple[int, str, datetime | None, str] | BadLine]:
    """Each line as (number, nick or "", time or None, text); the time is given on lines that begin a message."""
    held: tuple[int, str] | None = None
    for line in source.lines():
        if isinstance(line, BadLine):
            yield line
            continue
        number, text = line
        match = _HEAD.match(text) if len(text) <= _LONGEST_HEAD else None
        if match is None or len(match[1]) > 2 * _LONGEST_NICK:
            if held is not None:
                yield held[0], "", None, held[1]
            held = (number, text) if text.strip() else None
            continue
        nick = match[1].strip()
        if not nick and held is not None and 0 < len(held[1].strip()) <= _LONGEST_NICK:
            nick, held = held[1].strip(), None
        if held is not None:
            yield held[0], "", None, held[1]
            held = None
        at = parse_time(match[2].replace("/", "-"))
        if at is None:
            yield BadLine(number, _("时间“%(time)s”不存在。", time=match[2]))
        elif not nick:
            yield BadLine(number, _("这个时间上面没有昵称，不知道是谁说的。"))
        else:
            yield number, nick, at, ""
    if held is not None:
        yield held[0], "", None, held[1]


def _sides(source: ChatSource, speakers: Speakers) -> dict[str, Side]:
    """Who is who, from all names of the file: where agents are known by their names, the others are customers."""
    names: dict[str, None] = {}
    for item in _heads(source):
        if isinstance(item, BadLine) or not item[1]:
            continue
        arrow = _ARROW.match(item[1])
        names.update(dict.fromkeys(arrow.groups() if arrow else (item[1],)))
        if len(names) > _NAMES_KEPT:
            break
    known = {name: side for name in names if (side := speakers.side_of(name)) is not None}
    if any(side is Side.AGENT for side in known.values()):
        return {name: known.get(name, Side.CUSTOMER) for name in names}
    return speakers.sides_in(names)


class _Reader:
    """Builds conversations; another customer's nick begins another one."""

    def __init__(self, sides: dict[str, Side]) -> None:
        self._sides = sides
        self._cutter = DayCutter()
        self._customer = ""
        self._before: list[ParsedMessage] = []

    def read(self, source: ChatSource) -> Iterator[Event]:
        message: ParsedMessage | None = None
        lines: list[str] = []
        length = 0
        for item in _heads(source):
            if isinstance(item, BadLine):
                yield item
                continue
            number, nick, at, text = item
            if at is not None:
                yield from self._done(message, lines)
                message, lines, length = self._begin(nick, at), [], 0
            elif len(text) <= _LONGEST_HEAD and _DROP.match(text):
                yield Dropped(number)
            elif message is None:
                yield BadLine(number, _("这一行之前没有“昵称 时间”，不知道是谁说的。"))
            elif length + len(text) > LONGEST_TEXT:
                yield BadLine(number, _("一条消息超过 %(n)s 字，已跳过。", n=LONGEST_TEXT))
            else:
                length += len(text)
                lines.append(_READ.sub("", text) if text.endswith(("已读", "未读")) and len(text) < 2000 else text)
        yield from self._done(message, lines)
        yield from self._release()
        yield from self._cutter.finish()

    def _begin(self, nick: str, at: datetime) -> ParsedMessage:
        arrow = _ARROW.match(nick)
        sender, receiver = (arrow[1], arrow[2]) if arrow else (nick, "")
        side = self._sides.get(sender, Side.CUSTOMER)
        partner = sender if side is Side.CUSTOMER else receiver
        if partner and self._sides.get(partner, Side.CUSTOMER) is Side.CUSTOMER:
            self._next_customer = partner
        else:
            self._next_customer = self._customer
        return ParsedMessage(0, side, "" if side is Side.CUSTOMER else sender, at, "")

    def _done(self, message: ParsedMessage | None, lines: list[str]) -> Iterator[Event]:
        text = "\n".join(lines).strip()
        if message is None or not text:
            return
        message.text = text
        if not self._next_customer:
            # The agent speaks first: wait until the customer's nick is known.
            self._before.append(message)
            return
        self._customer = self._next_customer
        yield from self._release()
        yield from self._cutter.add(self._customer, message)

    def _release(self) -> Iterator[Event]:
        for message in self._before:
            yield from self._cutter.add(self._customer, message)
        self._before = []
