"""Masking of buyers' personal data, before anything is stored, indexed, logged or shown.

Pure: text in, text and counts out. What teaches stays: prices, sizes, dates, quantities, models, product numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from lms.conversations.masking import places
from lms.conversations.masking.contacts import URL, find_accounts, find_emails, find_links
from lms.conversations.masking.folding import CHINESE_DIGITS, fold
from lms.conversations.masking.names import find_names, find_names_beside
from lms.conversations.masking.numbers import find_codes, find_numbers
from lms.conversations.masking.spans import PLACEHOLDERS, Spans

__all__ = ["PLACEHOLDERS", "Masked", "mask"]


@dataclass(frozen=True)
class Masked:
    """A text without personal data, and how many of each kind it held."""

    text: str
    counts: dict[str, int] = field(default_factory=dict)


# A text that matches none of these holds nothing that a rule could find; most messages don't.
_NUMBERS = re.compile(
    rf"[0-9][\W_]{{0,3}}[0-9oOlI{CHINESE_DIGITS}][\W_]{{0,3}}[0-9oOlI{CHINESE_DIGITS}][\W_]{{0,3}}[0-9*xX"
    rf"{CHINESE_DIGITS}]|[{CHINESE_DIGITS}]{{4}}"
)
_CONTACTS = re.compile(
    r"@|微信|薇信|威信|徽信|维信|v信|wx|vx|weixin|wechat|卫星|绿泡泡|微星|微X|加v|\+v|qq|扣扣|企鹅|扣号|球球|q号"
    r"|账[号户]|帐[号户]|[户员称]名|旺旺|会员号|昵称|id"
    r"|jd_|tb[0-9]"
    r"|t_[0-9]|userid|艾特|圈a|小老鼠|爱特|\bat\b|[.。点]com|税号|识别[号码]|信用代码|密码|验证码|校验码|取件码"
    r"|提货码|口令|[\u4e00-\u9fff][A-Z][ "
    r"·•.\-]?[A-Z0-9]{5}",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"[签亲]?收|抬头|[机户]主|人[姓名:：=,， 是叫改换写填为]|[件货系]人|姓|名|叫|先生|女士|小姐|太太|师傅"
    r"|[递送派单]员|小哥|骑手|站长|经理|主管|老师|阿姨|大姐|大哥|店长|我是|这里是|本人"
    r"|[收货件]信息"
    r"|工程师|安装工|\[(?:手机号|电话|电话x|地址|地址x|身份证号)\]"
)
_URLISH = re.compile(r"://|www\.|\.(?:com|cn|net|hk|me)/|[0-9a-fA-F]{24}|[0-9a-f]{8}-[0-9a-f]{4}-")
_ROUNDS = 4


def mask(text: str, *, nicks: Iterable[str] = ()) -> Masked:
    """``text`` with placeholders such as [手机号] for personal data.

    nicks: names that the export itself gives to the customer; they are masked wherever they stand in the text.
    Masking a masked text changes nothing. Placeholders of other origin ([数字x], [订单x]) stay.
    """
    counts: dict[str, int] = {}
    for nick in nicks:
        if len(nick) >= 2 and nick in text:
            text = _mask_nick(text, nick, counts)
    for _ in range(_ROUNDS):
        after = _mask_once(text, counts)
        if after is text or after == text:
            break
        text = after
    return Masked(text, counts)


def _mask_nick(text: str, nick: str, counts: dict[str, int]) -> str:
    edge = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
    pattern = (edge[0] if nick[0].isascii() else "") + re.escape(nick) + (edge[1] if nick[-1].isascii() else "")
    text, n = re.subn(pattern, PLACEHOLDERS["nick"], text)
    if n:
        counts["nick"] = counts.get("nick", 0) + n
    return text


def _mask_once(text: str, counts: dict[str, int]) -> str:
    folded = fold(text)
    has_numbers = _NUMBERS.search(folded) is not None
    has_contacts = _CONTACTS.search(folded) is not None
    has_places = places.TRIGGER.search(folded) is not None
    if has_numbers or has_contacts or has_places:
        spans = Spans()
        if _URLISH.search(folded):
            find_links(folded, spans)
        if has_contacts:
            find_emails(folded, spans)
        if has_numbers:
            find_numbers(folded, spans)
        if has_contacts:
            find_codes(folded, spans)
            find_accounts(folded, spans)
        if has_places:
            places.find_addresses(folded, spans)
        if spans.found:
            text = spans.apply(text, counts)
            folded = fold(text)
    if _NAMES.search(folded):
        for find in (find_names, find_names_beside):
            spans = Spans([match.span() for match in URL.finditer(folded)] if "/" in folded else None)
            find(folded, spans)
            if spans.found:
                text = spans.apply(text, counts)
                folded = fold(text)
    return text
