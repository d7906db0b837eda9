"""A right sentence with one fact changed, so that it is surely wrong.

Each change is made only where the new sentence contradicts the old one. "48小时内发货" may become 24小时, never 72: who
sends within 48 hours has sent within 72. "7天内可以退货" may become 15天, never 3: who has seven days has three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from quizzes.types.normalising import fold

NUMBER = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]{1,3}|半)"
_DURATION = r"个?工作日|个?小时|分钟|天|个?自然日|个月|个星期|星期|周|年"
_MEASURE = r"元|块钱|块|%|折|ml|ML|mL|毫升|L|升|kg|KG|公斤|斤|克|g|cm|CM|厘米|mm|毫米|米|英寸|寸|W|w|瓦|V|伏|mAh|毫安|℃|摄氏度|度|G|GB|分贝|平方?|岁"  # noqa: E501
_COUNT = r"个|件|次|人|张|层|档|种|瓶|包|盒|片|袋|支|台|倍"
QUANTITY = re.compile(
    rf"(?P<low>{NUMBER})(?:\s*(?:[-~～—–]|到|至)\s*(?P<high>{NUMBER}))?\s*(?P<unit>{_DURATION}|{_MEASURE}|{_COUNT})(?![a-zA-Z])"
)
_CN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_CN_NAMES = {0.5: "半", 1: "一", 2: "两", 3: "三", 4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九", 10: "十"}
_LADDERS: dict[str, tuple[float, ...]] = {
    "小时": (2, 4, 6, 8, 12, 24, 48, 72, 96, 120),
    "天": (1, 2, 3, 5, 7, 10, 15, 30, 45, 60, 90, 180),
    "工作日": (1, 2, 3, 5, 7, 10, 15, 20, 30),
    "分钟": (1, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120),
    "月": (1, 2, 3, 6, 9, 12, 18, 24, 36),
    "周": (1, 2, 3, 4, 6, 8),
    "年": (1, 2, 3, 5, 8, 10),
}
_EVENT = re.compile(
    r"发货|发出|寄出|到账|退回|退款|退还|返还|送达|送到|到达|到货|回复|回电|联系|审核|处理|开具|安排|完成|揽收|出库|补发|更新|生效|发送|上门"
)
_RIGHT = re.compile(r"可以|可|支持|能|享受?|申请|无理由|价保|保修|质保|包换|退换|换新|有效|免费")
_LOOSE = re.compile(r"至少|起码|不少于|不低于|超过|大于|高于|多于|以上|起步|以下|低于|少于|小于|不足")
_ROUGHLY = re.compile(r"左右|上下|大概|大约|差不多|一般|通常|约|平均")
# 10 minutes or so may be 20 with a fuller kettle; it is not 30.
FAR, ROUGHLY_FAR = 1.6, 2.9
_SIZE = re.compile(r"第\s*$|[A-Za-z0-9.:×*x/-]\s*$|每\s*$|[一二三四五六七八九十]\s*$")


@dataclass(frozen=True, slots=True)
class Change:
    """A changed sentence, and the words that went out and came in."""

    text: str
    old: str
    new: str
    kind: str


def changes(sentence: str) -> list[Change]:
    """All sure contradictions of a sentence by one change, the most telling kind first."""
    found: list[Change] = []
    for change in (*_numbers(sentence), *_opposites(sentence), *_polarity(sentence)):
        if change.text != sentence and all(change.text != other.text for other in found):
            found.append(change)
    return found


def quantities(sentence: str) -> list[re.Match[str]]:
    """The quantities of a sentence that are facts of their own (not a step number, a model name, 第三 or 一个)."""
    return [m for m in QUANTITY.finditer(sentence) if not _is_no_fact(sentence, m)]


def value_of(numeral: str) -> float:
    if numeral in _CN:
        return float(_CN[numeral])
    if numeral == "半":
        return 0.5
    try:
        return float(fold(numeral))
    except ValueError:
        return 0.0


def _is_no_fact(sentence: str, found: re.Match[str]) -> bool:
    before, after = sentence[: found.start()], sentence[found.end() :]
    if _SIZE.search(before) or value_of(found["low"]) == 0:
        return True
    # 一个, 两种, 一次 are mostly articles; so is the 一年 of 一年四季.
    if found["unit"] in ("个", "种", "台", "次", "件", "张", "人", "层", "档") and not found["low"][0].isdigit():
        return True
    return (found["unit"] in ("度", "折", "倍") and not found["low"][0].isdigit()) or after.startswith(
        ("四季", "到晚", "之计")
    )


def _numbers(sentence: str) -> Iterator[Change]:
    known = quantities(sentence)
    for found in known if len(known) <= 3 else ():
        clause_before = re.split(r"[，,；;。]", sentence[: found.start()])[-1]
        rest = sentence[found.end() :]
        clause_after = re.split(r"[，,；;。]", rest)[0]
        if (
            rest[:1] in ("×", "x", "*", "X")
            or _LOOSE.search(clause_before[-6:])
            or _LOOSE.match(clause_after[:4].lstrip("的"))
        ):
            continue
        low, high = value_of(found["low"]), value_of(found["high"] or found["low"])
        direction = _direction(clause_before, clause_after)
        if direction is None:
            continue
        chinese = not found["low"][0].isdigit()
        far = ROUGHLY_FAR if _ROUGHLY.search(clause_before[-8:] + clause_after[:3]) else FAR
        for new_low, new_high in _steps(low, high, found["unit"], direction, far):
            new = _write(new_low, chinese) + (f"-{_write(new_high, chinese)}" if found["high"] else "") + found["unit"]
            yield Change(sentence[: found.start()] + new + rest, found.group(), new, "number")


def _direction(before: str, after: str) -> tuple[bool, bool] | None:
    """(may it be made smaller, may it be made larger); None when no change is sure to contradict."""
    if re.match(r"(?:之|以)?内", after):
        event, right = bool(_EVENT.search(after)), bool(_RIGHT.search(after))
        if event == right:
            event, right = bool(_EVENT.search(before + after)), bool(_RIGHT.search(before + after))
        if event == right:
            return None
        return (True, False) if event else (False, True)
    if re.search(r"满\s*$", before):
        return (True, False)
    if re.search(r"保修|质保|联保|保质期|无理由|价保|包换|包退|保价|有效|免息", before[-8:] + after[:6]):
        return (False, True)
    return (True, True)


def _steps(
    low: float, high: float, unit: str, direction: tuple[bool, bool], far: float
) -> Iterator[tuple[float, float]]:
    """Values far enough off that nobody could call them the same; `far` is the least factor of a span of time."""
    smaller, larger = direction
    ladder = next((steps for name, steps in _LADDERS.items() if unit.endswith(name)), None)
    if high > low:
        factor = 2 if low * 2 > high else 3
        if larger and low * factor > high:
            yield low * factor, high * factor
        if smaller and low >= 2 and _halved(high) < low and _halved(low) < _halved(high):
            yield _halved(low), _halved(high)
    elif unit in ("度", "℃", "摄氏度"):
        yield from ((value, value) for value in (low + 20, low - 20) if 10 <= value <= 100)
    elif unit == "%":
        yield from ((value, value) for value in (low / 2, low * 2) if 1 <= value <= 100 and value == int(value))
    elif ladder:
        if larger:
            yield from ((step, step) for step in [step for step in ladder if step >= low * far][:2])
        if smaller:
            yield from ((step, step) for step in [step for step in ladder if step <= low / far][::-1][:2])
    else:
        if larger:
            yield low * 2, low * 2
        if smaller and _halved(low) < low:
            yield _halved(low), _halved(low)


def _halved(value: float) -> float:
    return float(round(value / 2)) if value >= 3 else value / 2


def _write(value: float, chinese: bool = False) -> str:
    if chinese and value in _CN_NAMES:
        return _CN_NAMES[value]
    return f"{value:g}"


# What may follow and precede, so that the swap is a contradiction and the sentence still reads.
_PAIRS: tuple[tuple[str, str, str], ...] = (
    (r"(?:卖家|商家|店铺|我们|咱们|本店|平台)(?=(?:来|自己|这边|方)?(?:承担|负担|出运费|负责运费))", "买家", "party"),
    (r"(?:买家|您|顾客|客户|自己|消费者)(?:自己|自行|本人|自|方)?(?=(?:来)?(?:承担|负担|出运费))", "商家", "party"),
    (r"免费(?!试|领|送|吗)", "收费", "price"),
    (r"(?<![不免])需要?(?:另外|额外|单独|自)?(?:付费|收费)", "免费", "price"),
    (r"(?<!不)包邮", "不包邮", "price"),
    (r"不包邮", "包邮", "price"),
    (r"原路(?=退|返)", "以优惠券形式", "way"),
    (r"原支付方式|原支付账户|原付款方式", "店铺优惠券", "way"),
    (r"(?<=[货款单库收票付发])后(?=才|再|可|方|开|即|就)", "前", "order"),
    (r"(?<=完成)(?:之|以)?后(?=才|再|可|方|开|修)", "前", "order"),
    (r"(?<=发货|付款|出库|签收|开票|下单)前(?=可|能)", "后", "order"),
    (r"(?<=是)电子(?=发票|的)|(?<=开具)电子(?=发票)|(?<=默认)电子(?=发票)|(?<=只能开)电子(?=发票)", "纸质", "kind"),
    (r"(?<=是)纸质(?=发票|的)|(?<=开具)纸质(?=发票)", "电子", "kind"),
    (r"(?<=是)自动(?!挡)", "手动", "kind"),
    (r"隔水(?=加热|炖)", "直接", "kind"),
    (r"(?<=只能购买)自营", "第三方", "kind"),
    (r"空腹(?=吃|服|食)", "餐后", "kind"),
    (r"一次性", "分多次", "kind"),
    (r"(?<!不)同城", "异地", "kind"),
    (r"冷藏", "常温", "kind"),
    (r"阴凉", "高温", "kind"),
    (r"全国联保", "仅限本地保修", "kind"),
    (r"(?<!非)质量问题(?=.{0,8}(?:运费|邮费|费用)?.{0,4}(?:商家|卖家|我们|免费))", "非质量问题", "kind"),
)
_COMPILED = tuple((re.compile(pattern), new, kind) for pattern, new, kind in _PAIRS)


def _opposites(sentence: str) -> Iterator[Change]:
    for pattern, new, kind in _COMPILED:
        hits = list(pattern.finditer(sentence))
        if len(hits) == 1 and not (kind in ("party", "order") and _is_condition(sentence, hits[0].start(), kind)):
            found = hits[0]
            yield Change(sentence[: found.start()] + new + sentence[found.end() :], found.group(), new, kind)


def _is_condition(sentence: str, at: int, kind: str) -> bool:
    """A changed order in a bare condition says nothing wrong by itself: 付款后再联系我们 may be harmless either way."""
    return kind == "order" and bool(re.search(r"^.{0,2}(?:再|，)(?:联系|咨询|找)", sentence[at + 1 :]))


_GUARD = r"(?<![不可能也就即便只才无未没是否])"
_MODALS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"不可以|不可(?=[\u4e00-\u9fff])|不能够|不能(?!不)|无法|没办法|没有办法", "可以"),
        (r"(?<!感谢)(?<!谢谢)不支持", "支持"),
        (r"(?:不需要|无需|不用|不必)", "需要"),
        (r"(?<![机社开误聊])不会", "会"),
        (r"不影响", "影响"),
        (r"不包含|不含|不包括", "包含"),
        (r"不带", "自带"),
        (
            r"(?<![还也])没有(?=[\u4e00-\u9fff]{2})(?!问题|关系|完成|发货|损坏|收到|选择|成功|出现|到达|审核|开通|签收|您|什么)",
            "有",
        ),
        (r"不(?=保修|参加|参与|享受|退换|退差价|收费|提供|另外?收|计入)", ""),
        (
            _GUARD
            + r"(?:都|均)?可以(?!.{0,4}(?:协调|协商|沟通|咨询|选择|加入|尝试)|的话|吗|不|再|联系|咨询|看|放心|留|说|告|先|考虑|关注|根据|提供|参考|查看|按|问)",  # noqa: E501
            "不可以",
        ),
        (r"(?<![不可功性只才机智节万就也未技职])能(?=[\u4e00-\u9fff]{2})(?!够|力|量|耗|源|否|看)", "不能"),
        (r"(?<![不感谢您仅只])支持(?=[\u4e00-\u9fffA-Za-z0-9])(?!您|我们|下)", "不支持"),
        (r"(?<![不您所有无只])需要(?=[\u4e00-\u9fff]{2})(?!的|您|等|耐心|时间|调)", "不需要"),
        (r"(?<![不机社开误聊就才])会(?=自动|有|重新|影响|联系|通知|返|退|送|收取|额外|另外|跳|断电|与您|提前)", "不会"),
        (
            r"^(?P<keep>[^，]{2,8}?)(?<![没还所只如含具或享拥专持者另独关只])有(?=[^，]{2,14}$)(?![效点些限时关为一])(?!.{0,4}(?:的话|问题|需要|疑问|点))",
            "没有",
        ),
        (r"(?<!不)自带", "不带"),
        (r"(?<!不)包含(?=[\u4e00-\u9fff])", "不包含"),
    )
)
_CONDITION = re.compile(r"如果|若|要是|假如|只要|除非|凡是|的话|的时候|时$|后$|前$|情况下$|质量问题$")


_TANGLED = re.compile(
    r"可不可以|能不能|是否|不得不|不能不|才能?|才可以?|才会|除非|否则|要么|就(?:可以|行|能|是|好|需)|没权限|以免|避免|绝不|千万|(?:一般|通常|有些|有的|部分).{0,4}(?:有|会|能|可以|支持|需要)"
)


def _polarity(sentence: str) -> Iterator[Change]:
    """Turns the one modal of the main clause round; a sentence that allows and forbids at once is left alone."""
    clauses = re.split(r"([，,；;])", sentence)
    hits: list[tuple[int, re.Match[str], str]] = []
    offset = 0
    for clause in clauses:
        if not _CONDITION.search(clause) or (len(clauses) == 1 and not re.match(r"如果|若|要是|只要|假如", clause)):
            taken: list[tuple[int, int]] = []
            for pattern, new in _MODALS:
                for found in pattern.finditer(clause):
                    keep = len(found.groupdict().get("keep") or "")
                    span = (found.start() + keep, found.end())
                    if all(span[1] <= start or span[0] >= end for start, end in taken):
                        taken.append(span)
                        hits.append((offset, found, new))
        offset += len(clause)
    if not hits or len(hits) > 2 or _TANGLED.search(sentence):
        return
    # With two modals only the first is turned, and only if the second stands in a later clause that is then dropped.
    offset, found, new = min(hits, key=lambda hit: hit[0] + hit[1].start())
    keep = len(found.groupdict().get("keep") or "")
    start, end = offset + found.start() + keep, offset + found.end()
    changed = sentence[:start] + new + sentence[end:]
    behind = re.search(r"[，,；;]", sentence[end:])
    if len(hits) == 2:
        later = max(hits, key=lambda hit: hit[0] + hit[1].start())
        if not behind or later[0] + later[1].start() < end + behind.start():
            return
    if (
        sentence.count("，") >= 2
        and re.search(r"[，,；;]", sentence[:start])
        and not re.search(r"确实|因此|所以", sentence)
    ):
        return
    if behind:  # what follows explains the old sense
        changed = changed[: start + len(new) + behind.start()]
    if len(changed) >= 6:
        yield Change(changed, sentence[start:end], new, "polarity")
