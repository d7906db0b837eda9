"""Folding of typed answers, so that 四十八小时, 48 小時 and ４８个小时 are one answer.

Both the accepted answer and the response go through `fold`; what it does to one it does to the other, so that folding a
word too far costs nothing unless two different answers fall together.
"""

from __future__ import annotations

import re
import unicodedata

from quizzes.types.traditional import TO_SIMPLIFIED

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(r"[零〇一二两三四五六七八九十百千万]+")
_IGNORED = re.compile(r"[\s,，。.!！?？;；:：、~～'\"“”‘’()（）\[\]【】<>《》_·…-]+")
# Longest first: 个工作日 must not be read as 个 + 工作日.
_UNITS = (
    (re.compile(r"(?<=\d)(?:个小时|个钟头|小时|个钟|钟头|hours?|hrs?|h)(?![a-z])"), "小时"),
    (re.compile(r"(?<=\d)(?:分钟|分|minutes?|mins?)(?![a-z之])"), "分钟"),
    (re.compile(r"(?<=\d)个?(?:工作日|工作天)"), "工作日"),
    (re.compile(r"(?<=\d)(?:天|日|days?)(?![a-z])"), "天"),
    (re.compile(r"(?<=\d)(?:个星期|个礼拜|星期|礼拜|周)"), "周"),
    (re.compile(r"(?<=\d)个?月"), "个月"),
    (re.compile(r"(?<=\d)(?:块钱|元钱|块|元|rmb)"), "元"),
    (re.compile(r"(?<=\d)(?:千克|公斤|kg)"), "公斤"),
    (re.compile(r"(?<=\d)(?:毫升|ml)"), "毫升"),
    (re.compile(r"(?<=\d)(?:公升|升|l)(?![a-z])"), "升"),
    (re.compile(r"(?<=\d)(?:厘米|公分|cm)"), "厘米"),
    (re.compile(r"(?<=\d)(?:毫米|mm)"), "毫米"),
    (re.compile(r"(?<=\d)(?:瓦特|瓦|w)(?![a-z])"), "瓦"),
    (re.compile(r"(?<=\d)(?:摄氏度|度|℃|°c)"), "度"),
)


def fold(text: str) -> str:
    """One canonical spelling: width, 繁/简, case, spaces, punctuation, Chinese numerals and common units."""
    folded = unicodedata.normalize("NFKC", text).translate(TO_SIMPLIFIED).lower()
    folded = re.sub(r"[¥￥]\s*(\d+(?:\.\d+)?)", r"\1元", folded)
    folded = re.sub(r"(\d)\s*[~～—–-]+\s*(\d)|(\d)\s*[到至]\s*(\d)", _range, folded)
    folded = re.sub(r"(?<=\d),(?=\d{3})", "", folded)
    folded = re.sub(r"(\d+\.\d*?)0+(?!\d)", r"\1", folded)
    folded = re.sub(r"(\d)\.(\d)", "\\1\x01\\2", folded)
    folded = _IGNORED.sub("", folded).replace("\x01", ".")
    folded = _NUMERAL.sub(lambda found: _arabic(found.group()), folded)
    for pattern, name in _UNITS:
        folded = pattern.sub(name, folded)
    return folded


def _range(found: re.Match[str]) -> str:
    left, right = (found.group(1), found.group(2)) if found.group(1) else (found.group(3), found.group(4))
    return f"{left}至{right}"


def _arabic(numeral: str) -> str:
    """一百二十 → 120, 四十八 → 48, 二〇二六 → 2026; what reads as no number (万一) stays as it is."""
    if all(char in _DIGITS for char in numeral):
        return "".join(str(_DIGITS[char]) for char in numeral)
    total = section = digit = 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _STEPS:
            section += (digit or 1) * _STEPS[char]
            digit = 0
        else:
            if not (section or digit):
                return numeral
            total += (section + digit) * 10_000
            section = digit = 0
    return str(total + section + digit)
