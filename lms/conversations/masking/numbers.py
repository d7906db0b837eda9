"""Numbers that name a person, an order or a parcel. Every rule looks at the folded text (see ``folding``)."""

from __future__ import annotations

import re

from lms.conversations.masking.checksums import is_date, is_id_card, is_time_stamp, passes_luhn
from lms.conversations.masking.folding import INVISIBLE, fold_numerals
from lms.conversations.masking.spans import Spans

SEP = rf"[ \t\-_.·•・,，、/\\|*+()（）{INVISIBLE}]"
_NO_DIGIT = r"(?<![0-9])(?<![0-9]\.)"
_IS = r"(?:[\s:：#=是为,，。;；]|就是|应该是|叫做|No\.?|no\.?)*"

# A mobile number: optional country code or trunk zero, eleven digits however they are spaced, optional extension.
_MOBILE = re.compile(
    rf"{_NO_DIGIT}(?:[+(]*(?:00)?86[)]?{SEP}{{0,3}}|0)?(1(?:{SEP}{{0,3}}[0-9]){{10}})(?![0-9])"
    r"(?:[ ]?(?:转|-|#|,|分机)[ ]?[0-9]{2,6}(?![0-9]))?"
    rf"[{INVISIBLE}]*"
)
_MOBILE_GROUPS = {
    (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3), (4, 3, 4), (3, 5, 3), (3, 4, 2, 2), (3, 2, 2, 2, 2), (3, 3, 3, 2),
    (5, 6), (6, 5), (8, 3), (4, 7), (3, 2, 3, 3), (3, 2, 4, 2), (2, 3, 3, 3), (2, 3, 2, 4), (3, 6, 2), (5, 3, 3),
    (3, 3, 2, 3),
}  # fmt: skip
# The letters o, l and I typed for 0 and 1.
_MOBILE_LETTERS = re.compile(r"(?<![0-9A-Za-z])[1lI][3-9][0-9oOlI]{9}(?![0-9A-Za-z])")
_LANDLINE = re.compile(
    rf"{_NO_DIGIT}[(]?(0(?:10|2[0-9]|[3-9][0-9]{{2}}))[)]?{SEP}{{0,2}}([2-8](?:{SEP}?[0-9]){{6,7}})(?![0-9])"
    r"(?:[ ]?(?:转|-|#|,|分机|ext\.?)[ ]?[0-9]{1,6}(?![0-9]))?"
)
_SERVICE = re.compile(rf"{_NO_DIGIT}[48]00{SEP}?[0-9](?:{SEP}?[0-9]){{6}}(?![0-9])")
_HOTLINE = re.compile(r"客服|热线|官方|售后|服务|厂家|投诉|总部|公司|人工|商城|京东|咨询")
_PHONE_SAID = re.compile(
    rf"(?:电话|手机|号码|座机|联系方式|联系|拨打|致电|tel|mobile|phone)(?:号码?)?{_IS}"
    rf"([2-9][0-9]{{2,3}}{SEP}?[0-9]{{4}})(?![0-9年月日元块])",
    re.IGNORECASE,
)
_TAIL = re.compile(rf"(?:尾号|尾数|[后末][四4]位(?:数)?)(?:号码?)?{_IS}([0-9]{{4}})(?![0-9])")
# Hidden in part by the platform: 138****5678, 1381234**, 11171227**.
_STARRED = re.compile(r"(?<![0-9A-Za-z*])(0[0-9]{2,3}-)?([0-9]{3,}[*xX]{2,}[0-9]*)(?![0-9A-Za-z*])")

_ID = re.compile(rf"{_NO_DIGIT}[1-9](?:{SEP}{{0,2}}[0-9]){{13,16}}{SEP}{{0,2}}[0-9Xx](?![0-9A-Za-z])")
_ID_SAID = re.compile(rf"(?:身份证|证件|证号)(?:号码?|ID)?{_IS}([0-9][0-9 \-]{{12,22}}[0-9Xx])(?![0-9])")
_PASSPORT = re.compile(rf"(?:护照|通行证|回乡证|台胞证|军官证)(?:号码?)?{_IS}([A-Za-z]{{0,2}}[0-9]{{7,10}})(?![0-9])")
_CARD = re.compile(
    rf"{_NO_DIGIT}[3-69][0-9]{{3}}(?:[ \-.]{{1,2}}[0-9]{{4}}){{2,3}}(?:[ \-.]{{1,2}}[0-9]{{1,3}})?(?![0-9])"
)
_CARD_SAID = re.compile(
    r"(?:银行卡?|卡号|账号|账户|借记卡|储蓄卡|信用卡|[工建农中招交]行|农商行|邮储|支付宝|打款|汇款|转账)[一-龥]{0,4}"
    rf"{_IS}([0-9](?:[ \-.]{{0,2}}[0-9]){{11,19}})(?![0-9])"
)

# The first four letters of couriers' numbers; their digits may be spaced.
_COURIERS = (
    "SF|YT|JD[A-Z]{0,3}|ZTO|STO|YD|JT|DPK|DPL|DB|DP|EMS|HT|BS|TT|ZJS|UC|YZ|KY|ANE|SX|E[A-Z]|R[A-Z]|C[A-Z]|L[A-Z]"
)
_WAYBILL = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_COURIERS})[ :\-]?[0-9](?:[ \-]?[0-9]){{8,}}(?:[A-Za-z]{{2}}"
    rf"|(?:-[0-9]{{1,2}}){{1,2}}-?)?(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z]{1,6}[0-9]{9,}(?:[A-Za-z]{1,3}|(?:-[0-9]+)+-?)?(?![0-9A-Za-z])")
_ALNUM = r"[A-Za-z]{0,8}[-_]?[0-9](?:(?:[-_]?[0-9A-Za-z])+|(?=[ ]))(?:[ ][0-9A-Za-z]{3,6}(?![0-9A-Za-z一-龥]))*"
_ORDER_SAID = re.compile(
    r"(?:订单|定单|单号|编号|交易|流水|售后单?|服务单|工单|退款单?|退货单?|换货单?|取件单?|支付单|父单|子单|保单|order)"
    rf"[一-龥]{{0,2}}?(?:编号|号码|单号|号|id|no\.?|number)?{_IS}({_ALNUM})(?![0-9])",
    re.IGNORECASE,
)
_PARCEL_SAID = re.compile(
    r"(?:快递|物流|运单|货运|包裹|面单|顺丰|圆通|中通|申通|韵达|邮政|极兔|德邦|百世|天天|宅急送|京东快递|丹鸟|跨越"
    r"|安能|EMS)"
    rf"[一-龥]{{0,4}}?(?:单号|号码|编号|号)?{_IS}({_ALNUM})(?![0-9])",
    re.IGNORECASE,
)
_LONG = re.compile(r"(?<![0-9A-Za-z_.])[0-9]{10,}(?![0-9])(?!\.[0-9])")
_GROUPED = re.compile(r"(?<![0-9A-Za-z_.])[0-9]{4}(?:[ \-][0-9]{4}){2,}(?:[ \-][0-9]{1,4})?(?![0-9])")
_PRODUCT = re.compile(
    r"(?:商品(?:编号|编码|ID|号|链接)?|产品(?:编号|编码|ID)?|SKU|SPU|货号|型号|款号|条形?码|物料号?|宝贝(?:ID"
    r"|编号)?)[ :：#=是为]*$",
    re.IGNORECASE,
)
_COURIER_NEAR = re.compile(
    r"快递|物流|运单|单号|包裹|顺丰|圆通|中通|申通|韵达|邮政|极兔|德邦|百世|EMS|发货", re.IGNORECASE
)
_CODE = re.compile(
    rf"(?:验证码|校验码|动态码|取件码|提货码|支付密码|密码|口令){_IS}([A-Za-z0-9]{{4,16}})(?![A-Za-z0-9])"
)
_DATE = re.compile(r"(?:19|20)[0-9]{2}([-_.]?)(?:0?[1-9]|1[0-2])\1(?:[0-2]?[0-9]|3[01])(?![0-9])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ "
    r"·•.\-]?(?=[A-Z]{0,3}[0-9])[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _groups(text: str) -> tuple[int, ...]:
    return tuple(len(run) for run in re.findall(r"[0-9]+", text))


def _is_mobile(text: str) -> bool:
    digits = _digits(text)
    if digits[1] not in "3456789":
        return False
    groups = _groups(text)
    return len(groups) == 1 or groups in _MOBILE_GROUPS or max(groups) == 1 or (len(groups) >= 5 and max(groups) <= 3)


def find_phones(text: str, spans: Spans) -> None:
    """Mobile numbers, landlines, buyers' 400 numbers, numbers hidden in part, and last four digits said as such."""
    for match in _MOBILE.finditer(text):
        if _PRODUCT.search(text[max(0, match.start() - 12) : match.start()]):
            spans.keep(match.start(), match.end())
        elif _is_mobile(match[1]):
            spans.add(match.start(), match.end(), "phone")
    for match in _MOBILE_LETTERS.finditer(text):
        if sum(char.isdigit() for char in match[0]) >= 7:
            spans.add(match.start(), match.end(), "phone")
    for match in _LANDLINE.finditer(text):
        groups = _groups(match[2])
        if len(groups) <= 3 and (len(groups) == 1 or groups[-1] == 4 or max(groups) <= 2):
            spans.add(match.start(), match.end(), "landline")
    for match in _SERVICE.finditer(text):
        if _PRODUCT.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        if not _HOTLINE.search(text, max(0, match.start() - 14), match.start()):
            spans.add(match.start(), match.end(), "landline")
        else:
            spans.keep(match.start(), match.end())
    for match in _PHONE_SAID.finditer(text):
        spans.add(match.start(1), match.end(1), "landline")
    for match in _TAIL.finditer(text):
        spans.add(match.start(1), match.end(1), "phone")


def find_starred(text: str, spans: Spans) -> None:
    """Numbers that the platform hid in part: what is left of them still points at somebody."""
    for match in _STARRED.finditer(text):
        number = match[2]
        digits = _digits(match[0])
        if len(digits) < 5:
            continue
        before = text[max(0, match.start() - 8) : match.start()]
        if _PRODUCT.search(before):
            continue
        if match[1] or number.startswith("0"):
            kind = "landline"
        elif number[0] == "1" and number[1] in "3456789" and "单" not in before:
            kind = "phone"
        elif number.startswith(("400", "800")):
            continue
        else:
            kind = "order"
        spans.add(match.start(), match.end(), kind)


def find_cards(text: str, spans: Spans) -> None:
    """Identity cards (by their check digit, or because the text says so), passports, bank cards."""
    for match in _ID.finditer(text):
        number = re.sub(r"[^0-9Xx]", "", match[0])
        if is_id_card(number) and (len(number) == 18 or len(_groups(match[0])) == 1):
            before = text[max(0, match.start() - 10) : match.start()]
            if len(number) == 18 or not re.search(r"单号?|编号", before):
                spans.add(match.start(), match.end(), "id_card")
    for match in _ID_SAID.finditer(text):
        spans.add(match.start(1), match.end(1), "id_card")
    for match in _PASSPORT.finditer(text):
        spans.add(match.start(1), match.end(1), "id_card")
    for match in _CARD.finditer(text):
        digits = _digits(match[0])
        if passes_luhn(digits) or digits.startswith("62"):
            spans.add(match.start(), match.end(), "bank_card")
    for match in _CARD_SAID.finditer(text):
        if len(_digits(match[1])) >= 12:
            spans.add(match.start(1), match.end(1), "bank_card")


def _is_number(text: str) -> bool:
    """Whether what follows 订单号 is a number and not a date, a price or a model."""
    digits = _digits(text)
    return len(digits) >= 6 and not (_DATE.match(text) and len(digits) <= 8)


def find_orders(text: str, spans: Spans) -> None:
    """Order and waybill numbers: by what the text calls them, by their letters, or by their length alone."""
    for match in _WAYBILL.finditer(text):
        if not _PRODUCT.search(text, max(0, match.start() - 12), match.start()):
            spans.add(match.start(), match.end(), "tracking")
    for pattern, kind in ((_PARCEL_SAID, "tracking"), (_ORDER_SAID, "order")):
        for match in pattern.finditer(text):
            start, end = _without_prices(text, match.start(1), match.end(1))
            if _is_number(text[start:end]) and not _PRODUCT.search(text[max(0, start - 12) : start]):
                said = (
                    "tracking"
                    if kind == "order" and _COURIER_NEAR.search(match[0][:6]) and "订单" not in match[0]
                    else kind
                )
                spans.add(start, end, said)
    for match in _LETTERED.finditer(text):
        if not _PRODUCT.search(text[max(0, match.start() - 12) : match.start()]) and not re.match(
            r"(?i)sku|spu", match[0]
        ):
            spans.add(match.start(), match.end(), "tracking")
    for pattern in (_LONG, _GROUPED):
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - 12) : match.start()]
            digits = _digits(match[0])
            if pattern is _GROUPED and len(set(_groups(match[0]))) == 1 and _is_series(match[0]):
                continue
            if (
                _PRODUCT.search(before)
                or is_time_stamp(digits)
                or re.match(r"[ ]?(?:元|块|万|亿|人|次)", text[match.end() :])
            ):
                continue
            spans.add(match.start(), match.end(), _kind_of_digits(digits, before))


def _without_prices(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave off a last group that is an amount: ``12345678 2件``."""
    if end < len(text) and text[end] in "元块件个年月日号天包箱盒.":
        blank = text.rfind(" ", start, end)
        if blank > start:
            return start, blank
    return start, end


def _is_series(text: str) -> bool:
    """Whether grouped digits are a list of years or round figures, such as ``2019 2020 2021``."""
    numbers = [int(group) for group in re.findall(r"[0-9]+", text)]
    return all(1900 <= n <= 2099 for n in numbers) or all(n % 50 == 0 for n in numbers)


def _kind_of_digits(digits: str, before: str) -> str:
    if "单" not in before and 16 <= len(digits) <= 19 and digits[0] in "3456" and passes_luhn(digits):
        return "bank_card"
    if re.search(r"(?:qq|扣扣)[^0-9]*$", before, re.IGNORECASE):
        return "qq"
    return "tracking" if _COURIER_NEAR.search(before) and "订单" not in before else "order"


def find_codes(text: str, spans: Spans) -> None:
    """One-time codes, passwords and licence plates."""
    for match in _CODE.finditer(text):
        if any(char.isdigit() for char in match[1]):
            spans.add(match.start(1), match.end(1), "code")
    for match in _PLATE.finditer(text):
        spans.add(match.start(), match.end(), "plate")


def find_numbers(folded: str, spans: Spans) -> None:
    """Every rule of this module, the surest first, then again with Chinese numerals read as digits."""
    find_cards(folded, spans)
    find_phones(folded, spans)
    find_starred(folded, spans)
    find_orders(folded, spans)
    spoken = fold_numerals(folded)
    if spoken is not folded:
        find_cards(spoken, spans)
        find_phones(spoken, spans)
        find_orders(spoken, spans)


__all__ = ["find_numbers", "is_date"]
