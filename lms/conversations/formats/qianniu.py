"""旺旺/千牛 desktop TXT, with buyers' sections, and its variant 即时消息."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import Side
from lms.conversations.formats.days import DayCutter
from lms.conversations.formats.shape import LONGEST_TEXT, BadLine, Dropped, Event, ParsedMessage, ParseOptions
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.speakers import Speakers
from lms.conversations.formats.times import parse_time

_LONGEST_RULE = 300
_RULE = re.compile(r"^={20,}\s*$")
_BUYER = re.compile(r"^-{10,}(.+?)-{10,}\s*$")
_SAID = re.compile(r"^(.*)\((\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})\):\s{0,2}(.*)$")
_INSTANT = re.compile(r"^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})\s+(.+?)[:：]\s(.*)$")
_DATE = re.compile(r"^\s*\d{4}-\d{1,2}-\d{1,2}\s*$")
_ELSEWHERE = "请在客户端查看原始聊天记录"


class Qianniu:
    """``nick(time):  content`` below ``----buyer----``; the agent is the shop or ``shop:sub-account``."""

    name = "qianniu"
    label: Any = _l("千牛/旺旺聊天记录（TXT）")

    def sniff(self, head: str, filename: str) -> float:
        lines = head.split("\n")
        if _is_instant(lines):
            return 0.9 if any(_INSTANT.match(line) for line in lines) else 0.0
        said = sum(_SAID.match(line) is not None for line in lines)
        if any(_BUYER.match(line[:_LONGEST_RULE]) for line in lines) and any(_RULE.match(line) for line in lines):
            return 0.99 if said else 0.5
        return 0.7 if said >= 2 and said >= len(lines) / 10 else 0.0

    def parse(self, source: ChatSource, options: ParseOptions) -> Iterator[Event]:
        head = source.head().split("\n")
        reader = _Instant(options) if _is_instant(head) else _Sections(options)
        for line in source.lines():
            if isinstance(line, BadLine):
                yield line
            elif reader.over:
                break
            else:
                yield from reader.take(*line)
        yield from reader.finish()


def _is_instant(lines: list[str]) -> bool:
    return any("即时消息" in line for line in lines[:3])


class _Reader:
    """Collects the message under way; continuation lines join it."""

    def __init__(self, options: ParseOptions) -> None:
        self.options = options
        self.over = False
        self._cutter = DayCutter()
        self._open: tuple[int, str, ParsedMessage] | None = None
        self._lines: list[str] = []

    def take(self, number: int, text: str) -> Iterator[Event]:
        raise NotImplementedError

    def _begin(self, number: int, customer: str, message: ParsedMessage) -> Iterator[Event]:
        yield from self._flush()
        self._open, self._lines = (number, customer, message), [message.text]

    def _go_on(self, number: int, text: str) -> Iterator[Event]:
        if self._open is None:
            if text.strip():
                yield BadLine(number, _("这一行之前没有“昵称 时间”，不知道是谁说的。"))
            return
        if sum(map(len, self._lines)) + len(text) > LONGEST_TEXT:
            yield BadLine(number, _("一条消息超过 %(n)s 字，已跳过。", n=LONGEST_TEXT))
            return
        self._lines.append(text)

    def _flush(self) -> Iterator[Event]:
        if self._open is None:
            return
        number, customer, message = self._open
        self._open = None
        kept = [line for line in self._lines if _ELSEWHERE not in line]
        message.text = "\n".join(kept).strip()
        if message.text:
            yield from self._cutter.add(customer, message)
        else:
            yield Dropped(number)

    def finish(self) -> Iterator[Event]:
        yield from self._flush()
        yield from self._cutter.finish()


class _Sections(_Reader):
    """Sections of one buyer each."""

    def __init__(self, options: ParseOptions) -> None:
        super().__init__(options)
        self._shop = ""
        self._buyer = ""
        self._after_rule = False
        self._speakers = Speakers(options.shops)

    def take(self, number: int, text: str) -> Iterator[Event]:
        stripped = text.strip()
        if _RULE.match(text):
            yield from self._flush()
            self._after_rule = True
        elif self._after_rule and stripped == "群聊":
            self.over = True
        elif self._after_rule and stripped == "单聊":
            pass
        elif buyer := (_BUYER.match(text) if len(text) <= _LONGEST_RULE else None):
            yield from self.finish()
            self._buyer, self._after_rule = buyer[1].strip(), False
        elif said := _SAID.match(text):
            self._after_rule = False
            at = parse_time(said[2])
            if at is None:
                yield BadLine(number, _("时间“%(time)s”不存在。", time=said[2]))
                return
            nick = said[1].strip()
            side = self._side(nick)
            if not self._buyer and side is Side.CUSTOMER:
                self._buyer = nick
            sender = "" if side is Side.CUSTOMER else nick
            yield from self._begin(number, self._buyer, ParsedMessage(0, side, sender, at, said[3]))
        elif not self._shop and not self._buyer and stripped:
            self._shop = stripped.split(":")[0].split("：")[0]
        else:
            yield from self._go_on(number, text)

    def _side(self, nick: str) -> Side:
        if nick == self._buyer:
            return Side.CUSTOMER
        if self._shop and (nick == self._shop or nick.startswith((f"{self._shop}:", f"{self._shop}："))):
            return Side.AGENT
        guessed = self._speakers.side_of(nick)
        if guessed is not None:
            return guessed
        return Side.AGENT if self._buyer else Side.CUSTOMER


class _Instant(_Reader):
    """``time nick: content``; a bare date begins another chat."""

    def __init__(self, options: ParseOptions) -> None:
        super().__init__(options)
        self._speakers = Speakers(options.shops)
        self._held: list[tuple[int, str, ParsedMessage]] = []

    def take(self, number: int, text: str) -> Iterator[Event]:
        said = _INSTANT.match(text)
        if said:
            at = parse_time(said[1])
            if at is None:
                yield BadLine(number, _("时间“%(time)s”不存在。", time=said[1]))
                return
            self._held.append((number, said[2].strip(), ParsedMessage(0, Side.AGENT, said[2].strip(), at, said[3])))
            if len(self._held) >= 2000:
                yield from self._chat()
        elif _DATE.match(text):
            yield from self._chat()
        elif self._held:
            message = self._held[-1][2]
            if len(message.text) + len(text) > LONGEST_TEXT:
                yield BadLine(number, _("一条消息超过 %(n)s 字，已跳过。", n=LONGEST_TEXT))
            else:
                message.text += f"\n{text}"

    def _chat(self) -> Iterator[Event]:
        held, self._held = self._held, []
        sides = self._speakers.sides_in(nick for _number, nick, _message in held)
        customer = next((nick for nick, side in sides.items() if side is Side.CUSTOMER), "")
        for number, nick, message in held:
            message.side = sides[nick]
            message.sender = "" if message.side is Side.CUSTOMER else nick
            yield from self._begin(number, customer, message)
        yield from self._flush()
        yield from self._cutter.finish()

    def finish(self) -> Iterator[Event]:
        yield from self._chat()
        yield from super().finish()
