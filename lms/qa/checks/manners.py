"""How a chat begins, how fast it goes, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import MessageKind, Side
from lms.qa.checks.protocol import ChatText, Hit, Said, quote_of
from lms.qa.checks.settings import ShopSettings

_GREETING = re.compile(
    r"[您你]好|欢迎|在的|在呢|在哒|我在|为您服务|帮[到助您]|帮您解决|需要帮|有什么可以|请问有什么|请讲|早上好|上午好|中午好|下午好|晚上好|(?:早|晚)安|哈[喽啰]|hello|hi(?![a-z])|亲爱|久等|新年好|节日快乐",
    re.IGNORECASE,
)
OPENING = 2
_CLOSING = re.compile(
    r"^(?:好[的吧啦嘞滴哒呀哦了]*|嗯+[呢哦啊]?|哦+[好]?|噢+|行[吧的了]?|可以[了的]?|谢+[谢您了啦哈你]*|多谢|感谢|知道了?|明白了?|了解了?|收到|没(?:有|事)?了?|不用了?|不客气|算了|ok|okk?|thanks?|拜拜|再见|辛苦了?|就这样|先这样|是的?|对的?|不要了?|[额呃喔噢啊哈]+)"
    r"|谢谢|知道了|明白了|好的|麻烦了|辛苦了|(?:我)?(?:再)?(?:看看|试试|想想|考虑|问问|等等)(?:吧|看|先)?$|拍了|下单了|付款了|买了",
    re.IGNORECASE,
)
_SAYS = re.compile(r"[\u4e00-\u9fff]{2}|[a-z]{3}", re.IGNORECASE)
_LOST_SIGN = re.compile(r"(?<=好的|谢谢|嗯嗯|收到)[?]+")  # an emoji that the export could not write
_ASKS = re.compile(
    r"[?？]|吗|么|呢$|怎么|什么|啥|哪|多少|几|为何|为什么|能不能|是不是|有没有|可不可以|多久|咋|如何|在不|人呢|回复"
)
_ROUTING = re.compile(r"转人工|人工(?:客服)?$|咨询组$|(?:购买前咨询|收货后疑问解答)$|发起转|咨询订单号|商品ID")
_HOLDING = re.compile(
    r"稍等|请?等(?:一)?下|马上(?:帮|为|给)您|(?:帮|给|为)您(?:查|看|核实|问)|这边(?:先)?(?:查|看|核实|问)|久等|咨询量|抱歉.{0,10}(?:回复|等)|正在(?:查|为您)|在的|很高兴为您服务"
)
_ADVICE = re.compile(r"吗[？?#]?|提供|建议|联系|可以(?!帮)|需要|到账|工作日|因为|由于(?!咨询)")


class NoGreeting:
    """The agent's first words are neither a greeting nor an offer to help."""

    name = "no_greeting"
    label = _l("没有问候")
    meaning = _l("客服开口的两句话里没有“您好”“欢迎”“在的”“有什么可以帮您”一类的问候。")
    on_by_default = True

    def find(self, chat: ChatText, settings: ShopSettings) -> list[Hit]:
        """A robot that greeted first does for the agent."""
        opening = _opening(chat)
        if not opening or any(_GREETING.search(said.text) for said in opening):
            return []
        first = next((said for said in opening if said.side is Side.AGENT), None)
        return [Hit(first.id, quote_of(first), _("开头没有问候"))] if first else []


def _opening(chat: ChatText) -> list[Said]:
    """What the buyer hears first: everything up to the agent's second message."""
    heard: list[Said] = []
    for said in chat.messages:
        if said.side is Side.AGENT or said.side is Side.ROBOT:
            heard.append(said)
        if sum(one.side is Side.AGENT for one in heard) == OPENING:
            break
    return heard


class LastAnswer:
    """The buyer had the last word and it was a question, or all that came was "one moment"."""

    name = "last_answer"
    label = _l("最后没有回答")
    meaning = _l("客户最后的问题没人回，或者客服说了“稍等”就没有下文。")
    on_by_default = False
    """Off until a shop switches it on: read by hand on fresh chats, too few of its hits were right."""

    def find(self, chat: ChatText, settings: ShopSettings) -> list[Hit]:
        """One hit at most, at the buyer's last message."""
        runs = list(chat.runs())
        places = [n for n, (side, _run) in enumerate(runs) if side is Side.CUSTOMER]
        if not places:
            return []
        asked = [said for said in runs[places[-1]][1] if not _ROUTING.search(said.words)]
        after = [said for _side, run in runs[places[-1] + 1 :] for said in run]
        if not asked or _is_settled(asked):
            return []
        if not after:
            return [Hit(asked[-1].id, quote_of(asked[-1]), _("客户的最后一句没有人回"))]
        in_words = any(said.words and not said.is_bare for said in asked)
        if all(_is_holding(said) or (said.is_bare and in_words) for said in after):
            return [Hit(after[-1].id, quote_of(after[-1]), _("客服让客户稍等，之后没有答复"))]
        return []


def _is_settled(asked: Iterable[Said]) -> bool:
    """Whether the buyer's last turn asks for nothing: thanks, or a nod, with no question in it."""
    said = list(asked)
    if any(one.kind in (MessageKind.IMAGE, MessageKind.LINK) for one in said[-1:]):
        return False
    texts = [_LOST_SIGN.sub("", one.words) for one in said if one.words]
    if any(_ASKS.search(text) for text in texts):
        return False
    return not texts or one_is_closing(texts[-1]) or not _SAYS.search(texts[-1])


def _is_holding(said: Said) -> bool:
    """One moment, let me look: words that put the buyer off, without advice."""
    return bool(_HOLDING.search(said.words)) and not _ADVICE.search(said.words)


def one_is_closing(text: str) -> bool:
    """Whether a buyer's message only ends the talk."""
    return bool(_CLOSING.search(text))


class ReplyTime:
    """Replies slower or faster than the shop's band."""

    name = "reply_time"
    label = _l("响应时间")
    meaning = _l("客服的回复慢于或快于店铺设定的区间。太慢客户会走，秒回像机器人。没有时间的会话不检查。")
    on_by_default = True

    def find(self, chat: ChatText, settings: ShopSettings) -> list[Hit]:
        """Two hits at most: the slowest reply above the band, and the fastest below it, with how many there are."""
        waits = list(waits_of(chat))
        slow = [(seconds, said) for seconds, said in waits if seconds > settings.band_high]
        fast = [(seconds, said) for seconds, said in waits if seconds < settings.band_low]
        hits = []
        if slow:
            seconds, said = max(slow, key=lambda one: one[0])
            why = _(
                "%(wait)s后才回复，慢于 %(limit)s 秒；全程 %(n)s 次",
                wait=shown(seconds),
                limit=settings.band_high,
                n=len(slow),
            )
            hits.append(Hit(said.id, quote_of(said), why))
        if fast:
            seconds, said = min(fast, key=lambda one: one[0])
            why = _(
                "%(wait)s就回复，快于 %(limit)s 秒；全程 %(n)s 次",
                wait=shown(seconds),
                limit=settings.band_low,
                n=len(fast),
            )
            hits.append(Hit(said.id, quote_of(said), why))
        return hits


BURST = timedelta(seconds=30)


def waits_of(chat: ChatText) -> Iterable[tuple[int, Said]]:
    """(seconds, the agent's reply) for each turn of the buyer that an agent answered.

    The wait begins with the end of the buyer's first burst: what is sent within half a minute belongs together; who
    asks again later has been waiting since. A turn that a robot answered first is nobody's wait.
    """
    burst_end: datetime | None = None
    waiting = False
    for said in chat.messages:
        if said.side is Side.CUSTOMER and said.sent_at is not None:
            if not waiting:
                waiting, burst_end = True, said.sent_at
            elif burst_end is not None and said.sent_at - burst_end <= BURST:
                burst_end = said.sent_at
        elif said.side is Side.ROBOT:
            waiting = False
        elif said.side is Side.AGENT:
            if waiting and said.sent_at is not None and burst_end is not None:
                yield max(0, round((said.sent_at - burst_end).total_seconds())), said
            waiting = False


def shown(seconds: int) -> str:
    """A wait as people say it."""
    if seconds < 100:
        return _("%(n)s 秒", n=seconds)
    if seconds < 5400:
        return _("%(n)s 分钟", n=round(seconds / 60))
    return _("%(n)s 小时", n=round(seconds / 3600))
