"""Who is the customer, an agent, a robot: by words in a column, or by a sender's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from lms.conversations.enums import Side

_WORDS: dict[Side, str] = {
    Side.CUSTOMER: "客户 用户 买家 顾客 访客 消费者 会员 买方 客人 customer user buyer client visitor consumer guest "
    "0 c",
    Side.AGENT: "客服 卖家 商家 店铺 坐席 座席 人工客服 人工 卖方 商户 专员 客服人员 agent seller staff service "
    "servicer merchant assistant "
    "waiter shop 1 s b",
    Side.ROBOT: "机器人 智能客服 robot bot jimi 小蜜 智能助手 机器人客服 自动回复",
    Side.SYSTEM: "系统 system 系统消息 notice 通知",
}
SIDES: dict[str, Side] = {word: side for side, words in _WORDS.items() for word in words.split()}
_ROBOT = re.compile(r"^jimi|机器人|智能客服|小蜜|robot", re.IGNORECASE)
_AGENT = re.compile(r"自营|客服|旗舰店|专营店|专卖店|官方|售后|售前|专员|店小二|:|：")
_HIDDEN = re.compile(r"[*＊]{2,}")


def side_of_word(word: str) -> Side | None:
    """The side that a value of a side column names; None when it names none."""
    word = word.strip().lower()
    return SIDES.get(word) or SIDES.get(word.removesuffix(".0"))


class Speakers:
    """Tells sides by senders' names. ``staff`` are names known to be agents."""

    def __init__(self, shops: Iterable[str] = (), staff: Iterable[str] = ()) -> None:
        self.shops = tuple(shop for shop in shops if shop)
        self.staff = set(staff)

    def side_of(self, sender: str) -> Side | None:
        """The side of a name that tells it; None for a name that could be anybody's."""
        if _ROBOT.search(sender):
            return Side.ROBOT
        if sender in self.staff or _AGENT.search(sender) or any(shop in sender for shop in self.shops):
            return Side.AGENT
        return Side.CUSTOMER if _HIDDEN.search(sender) else None

    def sides_in(self, senders: Iterable[str], customer: str = "") -> dict[str, Side]:
        """The side of each sender of one conversation.

        Of the names that tell nothing, the first is the customer when no other customer is known, and the rest are
        agents: a chat has one customer.
        """
        sides: dict[str, Side] = {}
        known = bool(customer)
        unsure: list[str] = []
        for sender in dict.fromkeys(senders):
            side = Side.CUSTOMER if customer and sender == customer else self.side_of(sender)
            if side is None:
                unsure.append(sender)
                continue
            sides[sender] = side
            known = known or side is Side.CUSTOMER
        for sender in unsure:
            sides[sender] = Side.AGENT if known else Side.CUSTOMER
            known = True
        return sides


def frequent_senders(sessions: Iterable[set[str]]) -> set[str]:
    """Names that talk in several sessions with different partners: staff, for customers come seldom twice."""
    count: Counter[str] = Counter()
    partners: dict[str, set[str]] = {}
    for senders in sessions:
        for sender in senders:
            count[sender] += 1
            if len(partners.setdefault(sender, set())) < 3:
                partners[sender] |= senders - {sender}
    return {sender for sender, n in count.items() if n >= 3 and len(partners[sender]) >= 3}
