"""Which fact of a sentence can be left out, and what may be written in its place."""

from __future__ import annotations

import re

from quizzes.drafting.facts import quantities
from quizzes.drafting.pool import Statement
from quizzes.types.written import BLANK

_BLANKABLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?<=是)电子(?=发票|的)|(?<=开具)电子(?=发票)|(?<=默认)电子(?=发票)|(?<=积极推广)电子(?=发票)", ("电子",)),
    (r"原支付方式|原支付账户|原付款方式", ("原支付方式", "原支付账户", "原付款方式", "原路")),
    (r"原路(?=退|返)", ("原路", "按原路")),
    (r"(?<=能购买)自营", ("自营", "京东自营")),
    (r"增票资质", ("增票资质", "增值税发票资质", "增值税专用发票资质")),
    (r"上门取件(?=服务|$)", ("上门取件",)),
    (r"质量问题(?=.{0,10}(?:退|换|运费|承担|保修|维修))", ("质量问题",)),
    (r"(?:卖家|商家)(?=承担|负担)", ("卖家", "商家", "店铺", "我们", "店家")),
    (r"(?:买家|顾客)(?=自?行?承担|自?行?负担)", ("买家", "顾客", "客户", "自己")),
    (r"海关(?=检查|清关|放行)", ("海关",)),
    (r"(?<=支持)货到付款", ("货到付款",)),
    (r"价格保护(?=申请|服务)", ("价格保护", "价保", "保价")),
    (r"(?<=加)(?:最高水位线|最低水位线)", ("最高水位线",)),
    (r"304不锈钢|316不锈钢", ("304不锈钢", "316不锈钢")),
)  # fmt: skip
_MODAL_BLANKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"不支持", "支持", ("不支持", "不可以", "不能", "不")),
    (r"不可以|不能(?!不)|无法", "可以", ("不可以", "不能", "无法", "不行", "不可")),
    (r"不需要|无需|不用", "需要", ("不需要", "无需", "不用", "不必", "不须")),
)
_EQUAL_SPANS = {
    "24小时": "1天",
    "48小时": "2天",
    "72小时": "3天",
    "7天": "1周",
    "14天": "2周",
    "12个月": "1年",
    "24个月": "2年",
    "6个月": "半年",
    "30分钟": "半小时",
    "60分钟": "1小时",
}


def blank(statement: Statement, question: str) -> tuple[str, list[str], str] | None:
    text = statement.text
    known = quantities(text)
    if len(known) == 1 and not re.search(r"[xX×*]", text):
        found = known[0]
        value = re.sub(r"\s+", "", found.group())
        accepted = [value] + ([_EQUAL_SPANS[value]] if value in _EQUAL_SPANS else [])
        return text[: found.start()] + BLANK + text[found.end() :], accepted, "（数字要带单位）"
    for pattern, words in _BLANKABLE:
        hits = list(re.finditer(pattern, text))
        # What the question names already is no gap to fill.
        if len(hits) == 1 and text.count(hits[0].group()) == 1 and hits[0].group() not in question:
            found = hits[0]
            accepted = [
                found.group(),
                *(word for word in words if word != found.group() and not found.group()[0].isdigit()),
            ]
            return text[: found.start()] + BLANK + text[found.end() :], accepted, ""
    if not statement.changes or statement.changes[0].kind != "polarity":
        return None
    for pattern, opposite, words in _MODAL_BLANKS:
        hits = list(re.finditer(pattern, text))
        if len(hits) == 1:
            found = hits[0]
            accepted = [found.group(), *(word for word in words if word != found.group())]
            return text[: found.start()] + BLANK + text[found.end() :], accepted, f"（填“{opposite}”或“{accepted[0]}”）"
    return None
