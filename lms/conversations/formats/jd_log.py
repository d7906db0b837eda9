"""京东咚咚 "聊天记录": sender and time on a line, the content below, sessions between lines of stars."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import Side
from lms.conversations.formats.shape import (
    LONGEST_TEXT,
    MOST_MESSAGES,
    BadLine,
    Dropped,
    Event,
    ParsedConversation,
    ParsedMessage,
    ParseOptions,
)
from lms.conversations.formats.source import ChatSource
from lms.conversations.formats.speakers import Speakers, frequent_senders
from lms.conversations.formats.times import parse_time

_LONGEST_HEAD = 200
_HEAD = re.compile(r"^(.+?)\s+(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})\s*$")
_STARS = re.compile(r"^\s*/\*{5,}.*")
_SYSTEM = re.compile(
    r"^(?:用户发起转人工|转人工|【此消息为欢迎卡片.*|您选择了一个订单进行咨询.*|订单号[:：].*商品ID[:：].*)\s*$"
)
_PRODUCT = re.compile(r"商品ID[:：]\s*([0-9A-Za-z]+)")
_NOT_A_NAME = re.compile(r"[，。！？；]|.{60}")
_SOON = timedelta(hours=6)
_SESSIONS_LOOKED_AT = 5000


class JdLog:
    """Customers' names may be hidden in part (a****12); agents are known by their names, or by serving many."""

    name = "jd-log"
    label: Any = _l("京东咚咚聊天记录（LOG/TXT）")

    def sniff(self, head: str, filename: str) -> float:
        lines = head.split("\n")
        starts = sum("一通会话" in line and line.lstrip().startswith("/*") for line in lines)
        heads = sum(len(line) <= _LONGEST_HEAD and _HEAD.match(line) is not None for line in lines)
        if starts and heads:
            return 0.99
        return 0.6 if heads >= 2 and heads >= len(lines) / 12 else 0.0

    def parse(self, source: ChatSource, options: ParseOptions) -> Iterator[Event]:
        staff = frequent_senders(_senders(source))
        if options.sessions is not None:
            staff |= options.sessions.agents()
        session = _Session(Speakers(options.shops, staff), options)
        for line in source.lines():
            if isinstance(line, BadLine):
                yield line
                continue
            number, text = line
            if _STARS.match(text):
                yield from session.close()
            else:
                yield from session.take(number, text)
        yield from session.close()


def _senders(source: ChatSource) -> Iterator[set[str]]:
    """The senders of the first sessions, to learn who is staff."""
    names: set[str] = set()
    seen = 0
    for line in source.lines():
        if isinstance(line, BadLine):
            continue
        if _STARS.match(line[1]):
            if names:
                yield names
                seen += 1
                names = set()
            if seen >= _SESSIONS_LOOKED_AT:
                return
        elif len(line[1]) <= _LONGEST_HEAD and (match := _HEAD.match(line[1])):
            names.add(match[1].strip())
    yield names


class _Session:
    """The session that is being read."""

    def __init__(self, speakers: Speakers, options: ParseOptions) -> None:
        self._speakers = speakers
        self._options = options
        self._heads: list[tuple[int, str, datetime]] = []
        self._texts: list[list[str]] = []
        self._length = 0
        self._product = ""

    def take(self, number: int, text: str) -> Iterator[Event]:
        match = _HEAD.match(text) if len(text) <= _LONGEST_HEAD else None
        if match and not _NOT_A_NAME.search(match[1]):
            at = parse_time(match[2])
            if at is None:
                yield BadLine(number, _("时间“%(time)s”不存在。", time=match[2]))
                return
            name = match[1].strip()
            if self._is_head(name, at):
                if self._is_new_customer(name) or len(self._heads) >= MOST_MESSAGES:
                    yield from self.close()
                self._heads.append((number, name, at))
                self._texts.append([])
                self._length = 0
                return
        if not text.strip():
            if self._texts and self._texts[-1]:
                self._texts[-1].append("")
            return
        if _SYSTEM.match(text.strip()):
            if product := _PRODUCT.search(text):
                self._product = self._product or product[1]
            yield Dropped(number)
            return
        if not self._texts:
            yield BadLine(number, _("这一行之前没有“发送人 时间”，不知道是谁说的。"))
            return
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            yield BadLine(number, _("一条消息超过 %(n)s 字，已跳过。", n=LONGEST_TEXT))
            return
        self._texts[-1].append(text.rstrip("\t "))

    def _is_head(self, name: str, at: datetime) -> bool:
        """Not every line that ends in a time names a sender: 预计送达 2026-01-02 18:00:00."""
        names = {head[1] for head in self._heads}
        if len(names) < 2 or name in names or self._speakers.side_of(name) is not None:
            return True
        return abs(at - self._heads[-1][2]) <= _SOON and " " not in name

    def _is_new_customer(self, name: str) -> bool:
        """Logs without lines of stars: another hidden name is another customer."""
        if self._speakers.side_of(name) is not Side.CUSTOMER:
            return False
        others = {head[1] for head in self._heads if self._speakers.side_of(head[1]) is Side.CUSTOMER}
        return bool(others) and name not in others

    def close(self) -> Iterator[Event]:
        """Give the session and start anew."""
        heads, texts, product = self._heads, self._texts, self._product
        self._heads, self._texts, self._product, self._length = [], [], "", 0
        if not heads:
            return
        sides = self._speakers.sides_in(head[1] for head in heads)
        customer = next((head[1] for head in heads if sides[head[1]] is Side.CUSTOMER), "")
        agent = next((head[1] for head in heads if sides[head[1]] is Side.AGENT), "")
        messages: list[ParsedMessage] = []
        for (_number, name, at), lines in zip(heads, texts, strict=True):
            content = "\n".join(lines).strip()
            if content:
                side = sides[name]
                messages.append(ParsedMessage(len(messages), side, "" if side is Side.CUSTOMER else name, at, content))
        if not messages:
            return
        started = heads[0][2]
        facts = self._options.sessions.match(started, customer) if self._options.sessions else {}
        yield ParsedConversation(
            f"{customer or agent}|{started:%Y-%m-%d %H:%M:%S}",
            customer,
            messages,
            agent=agent or facts.get("客服", ""),
            started_at=started,
            product_ref=product or facts.get("商品编号", ""),
            product_name=facts.get("商品名称", ""),
            facts=facts,
        )
