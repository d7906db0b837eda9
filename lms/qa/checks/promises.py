"""Promises that bind the shop to nothing, or to what no agent can know."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.conversations.enums import Side
from lms.qa.checks.protocol import ChatText, Hit, Said, quote_of
from lms.qa.checks.settings import ShopSettings

_TIME = re.compile(
    r"\d+\s*(?:个)?(?:分钟|小时|工作日|天|日|号|点|周|个月|月|h\b)|\d{1,2}[:：.]\d\d|\d+\s*[-~—至到]\s*\d+"
    r"|[一二两三四五六七八九十半]+个?(?:分钟|小时|工作日|天|周|月)|(?<!几)半个?(?:小时|天|月)|(?<!几)(?<!几个)(?:小时|工作日|分钟|天内|日内|天左右)"
    r"|今天|今晚|今日|明天|明晚|明日|明早|后天|当天|当日|次日|隔天|(?:周|星期|礼拜)[一二三四五六日天末]|下周|月底|月初|上午|下午|晚上|中午"
)
# What nobody in the chat can know: it arrives, is sent, paid, solved. "For sure" is loose with a date too.
_SURE = re.compile(
    r"(?:肯定|绝对|百分之?百|保证)(?:会|能|可以|是|就|在)?[^，。！？!?,~\s]{0,8}"
    r"(?:能到|会到|就到|到货|送到|送达|到的|到了|到(?=[，。！!~呢哦哈啊]|$)|发货|发出|发走|寄出|收到|退款|到账|解决|修好)"
)
_NOT_SURE = re.compile(r"(?:不|没|无法|不能|不敢|没法|难以)(?:能|敢|法|办法)?[^，。！？!?,]{0,3}$")
# To be done soon, whenever that is.
_SOON = re.compile(
    r"尽快|尽早|很快(?:就|会|能)|(?:马上|立刻|立马|立即)(?:就|会|给您?|帮您?|为您?|安排)*(?:到|发|退|补|寄|处理|解决|安排|送)"
    r"|第一时间|过几天|这几天|过两天|过段时间|近期(?:会|就|能|将)|过一阵|有空(?:就|会|给|帮)"
)
_BUYERS_TURN = re.compile(r"(?:请|您|亲|建议|麻烦|可以|需要|喜欢)[^，。！？!?,]{0,8}$")
_BUYERS_DEED = re.compile(
    r"^(?:的)?(?:下单|付款|拍|购买|确认|提供|申请|寄回|联系|发(?:我|图|下|一下)|试|选|抢|入手|支付|回复(?:我|一下)|取件)"
)
# Somebody is asked, something is noted: nothing is said of what comes of it.
_URGED = re.compile(
    r"(?:帮|为|替|会给)(?:您|你|亲)?(?:这边|再|也|去|联系[^，。]{0,4})*(?:催(?:促|一|下|件|单|发|派|货)|反馈|反映|上报|加急|跟进)"
    r"|(?:已经?|会|再|去)(?:帮您|给您|为您)?(?:催促|催一|催下|加急(?:处理)?|反馈(?:给|上去|一下|下|了)|跟进(?:下|一下|处理))"
)
_WAIT = re.compile(r"耐心(?:地)?等(?:待|候|一下|下|等)?")
_HOLD = re.compile(
    r"感谢您?的?耐心|感谢耐心|转接|转给|接待|咨询量|排队|收货|手机畅通|查(?:询|看|一下|下)|核实|看(?:一)?下|稍等|回复您?较慢"
)
_WILL_TELL = re.compile(
    r"(?:有(?:了)?(?:结果|消息|进展|反馈)|处理好|核实(?:好|后|清楚|完)|确认(?:好|后))(?:了|后|以后|之后)?"
    r"[^。！？!?]{0,12}?(?:通知|联系|回复|留言|告知|告诉|回电)(?:您|你|亲)?"
)
_WILL_DO = re.compile(
    r"(?<!不)(?:会|将)(?:给您|为您|帮您|马上|去)?(?:改善|改进|处理|解决|安排(?!发货时间)|跟进|补发|补寄|退给您|联系您)"
    r"(?:好)?(?:的|您|一下|下)?(?:呢|哦|哈|啊|的|~)*(?=$|[，。！!,.~ ])"
    r"|(?:给|帮|为)您(?:重新|再|免费)*(?:补发|补寄|寄(?:一个|个|过去|出)|换一?个)"
)
# What follows when the buyer does something, and words for a full house, are no promise of anything now.
_UNDER_CONDITIONS = re.compile(r"为了?(?:能)?(?:更好|尽快|及时)|如果|若|的话|收到货|咨询量|接待量|咨询人数")


class LoosePromises:
    """Promises without a time, and promises of what the agent can't know."""

    name = "loose_promise"
    label = _l("承诺空泛")
    meaning = _l("客服说“尽快”“帮您催一下”“请耐心等待”却没有说到什么时候，或者打包票“肯定明天到”。")
    on_by_default = True

    def find(self, chat: ChatText, settings: ShopSettings) -> list[Hit]:
        """One hit a message at most. A time that the agent gives within the next messages makes the promise firm."""
        said_by_agent = chat.of(Side.AGENT)
        hits = []
        for n, said in enumerate(said_by_agent):
            hit = _loose(said)
            if hit is None:
                continue
            match, sure = hit
            if not sure and any(_TIME.search(later.words) for later in said_by_agent[n + 1 : n + 7]):
                continue
            why = (
                _("“%(words)s”：打包票，客服不能保证", words=match[0])
                if sure
                else _("“%(words)s”：没有说到什么时候", words=match[0])
            )
            hits.append(Hit(said.id, quote_of(said, match), why))
        return hits


def _loose(said: Said) -> tuple[re.Match[str], bool] | None:
    """The loose words of a message, and whether they promise for sure."""
    text = said.words
    for match in _SURE.finditer(text):
        if not _NOT_SURE.search(text[: match.start()]) and not text[match.end() :].startswith(("吗", "么", "嘛")):
            return match, True
    if _TIME.search(text) or _UNDER_CONDITIONS.search(text):
        return None
    for match in _SOON.finditer(text):
        asked = _BUYERS_TURN.search(text[: match.start()]) and not re.match(r"(?:给您|为您|帮您)", text[match.end() :])
        if not asked and not _BUYERS_DEED.match(text[match.end() :]) and not _in_chat(text, match):
            return match, False
    for pattern in (_URGED, _WILL_TELL, _WILL_DO):
        if match := pattern.search(text):  # type: ignore[assignment]
            return match, False
    waiting = _WAIT.search(text)
    if waiting and not _HOLD.search(text):
        return waiting, False
    return None


def _in_chat(text: str, match: re.Match[str]) -> bool:
    """Whether it is about the next minute of the chat: 马上帮您看看, 第一时间回复您."""
    return bool(re.match(r"[^，。！？!?,]{0,6}(?:查|看|核实|回复|转接|回答|解答|接待)", text[match.end() :]))
