"""Folds writing styles into one, character by character, so that every position stays where it was.

Full width, circled and mathematical digits become ASCII, traditional characters that rules look for become simplified,
odd dashes and blanks become plain ones. The result is only looked at; what is kept is cut from the original.
"""

from __future__ import annotations

import re

_TRADITIONAL = (
    "號号樓楼單单區区縣县鎮镇鄉乡臺台電电話话郵邮編编聯联繫系係系訂订運运遞递碼码證证銀银帳账賬账戶户貨货園园廣广東"
    "东衛卫線线"
    "層层棟栋組组隊队莊庄灣湾寧宁蘇苏遼辽門门廈厦陽阳陝陕龍龙貴贵雲云黑黑濱滨瀋沈漢汉閩闽贛赣爾尔內内麗丽濟济煙烟濰潍"
    "溫温紹绍興兴嶺岭營营團团鐵铁學学醫医師师傅傅騎骑員员張张劉刘陳陈楊杨趙赵黃黄吳吴孫孙馬马羅罗鄭郑謝谢韓韩馮冯蕭"
    "萧葉叶"
    "蔣蒋鍾钟盧卢陸陆賈贾蘇苏呂吕鄧邓許许譚谭範范賴赖龔龚顧顾侯侯鄒邹萬万錢钱湯汤嚴严鳳凤聞闻倉仓從从這这給给發发寫"
    "写買买"
    "館馆飯饭場场樣样單单廠厂舖铺鋪铺業业國国華华長长實实應应環环橋桥島岛濱滨際际體体會会對对開开關关過过還还進进連"
    "连達达"
    "為为寶宝訊讯貳贰參叁陸陆捌捌壹壹萬万個个買买賣卖處处"
)
_DIGITS = {
    "①②③④⑤⑥⑦⑧⑨": 1,
    "❶❷❸❹❺❻❼❽❾": 1,
    "⑴⑵⑶⑷⑸⑹⑺⑻⑼": 1,
    "⒈⒉⒊⒋⒌⒍⒎⒏⒐": 1,
    "➀➁➂➃➄➅➆➇➈": 1,
    "➊➋➌➍➎➏➐➑➒": 1,
    "㈠㈡㈢㈣㈤㈥㈦㈧㈨": 1,
    "⁰¹²³⁴⁵⁶⁷⁸⁹": 0,
    "₀₁₂₃₄₅₆₇₈₉": 0,
    "٠١٢٣٤٥٦٧٨٩": 0,
    "۰۱۲۳۴۵۶۷۸۹": 0,
    "०१२३४५६७८९": 0,
}
_NUMERALS = {
    "零〇○洞": "0",
    "一壹幺弌": "1",
    "二贰两貳": "2",
    "三叁參仨": "3",
    "四肆": "4",
    "五伍": "5",
    "六陆陸": "6",
    "七柒拐": "7",
    "八捌": "8",
    "九玖勾": "9",
}
CHINESE_DIGITS = "".join(_NUMERALS)
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\ufe0f\u20e3"


def _widths() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for chars, first in _DIGITS.items():
        table |= {ord(char): str(first + i) for i, char in enumerate(chars)}
    table |= {ord(char): "0" for char in "⓪⓿"}
    table |= {0x1D7CE + i: str(i % 10) for i in range(50)}
    table |= {ord(char): "-" for char in "‐‑‒–—―−－﹣~∼〜"}
    table |= {ord(char): " " for char in "\u3000\u00a0\u2002\u2003\u2009\u202f"}
    table |= {ord(char): "@" for char in "＠﹫"}
    table |= {ord(char): "." for char in "．｡"}
    return table


_FOLD = _widths() | {ord(old): new for old, new in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)}
_NUMERAL = {ord(char): digit for chars, digit in _NUMERALS.items() for char in chars}
_NUMERAL_RUN = re.compile(
    rf"[{CHINESE_DIGITS}](?:[\W_]{{0,2}}[{CHINESE_DIGITS}0-9]){{3,}}|(?<![0-9])[0-9]{{2,}}[{CHINESE_DIGITS}]{{2,}}"
)


def fold(text: str) -> str:
    """``text`` with widths, digits, dashes and the traditional characters of the rules folded; same length."""
    return text if text.isascii() else text.translate(_FOLD)


def fold_numerals(folded: str) -> str:
    """Chinese numerals read as digits too where a run of them stands, else the same object; same length."""
    return folded.translate(_NUMERAL) if _NUMERAL_RUN.search(folded) else folded
