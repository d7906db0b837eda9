"""The quality gate: what a draft must not be. It looks at the finished item only, whoever made it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from quizzes.drafting.answers import GENERIC
from quizzes.drafting.cleaning import PLACEHOLDER
from quizzes.drafting.sources import DraftItem
from quizzes.drafting.topics import likeness, negations
from quizzes.types import BUILT_IN, registered
from quizzes.types.normalising import fold

REASONS: dict[str, str] = {
    "no_general_answer": "没有对所有顾客都成立的答复",
    "unclear_stem": "题干离开聊天看不懂",
    "answer_off_question": "答复没有正面回答问题",
    "no_changed_fact": "答复里没有可以改动的事实",
    "too_few_distractors": "凑不出足够的干扰项",
    "too_few_facts": "事实太少，出不成多选",
    "too_few_points": "得分点太少",
    "nothing_to_blank": "没有适合挖空的事实",
    "conflicting_answers": "客服之间说法不一",
    "near_duplicate_draft": "与另一道题雷同",
    "invalid_definition": "题目结构不完整",
    "no_single_key": "正确答案不唯一",
    "duplicate_options": "选项重复",
    "near_duplicate_options": "选项几乎相同",
    "longest_is_right": "正确答案明显偏长",
    "absolute_promise": "绝对化用语或过度承诺",
    "absolute_cue": "只有干扰项带绝对词",
    "one_order_only": "只适用于某一个订单",
    "generic_option": "选项放之四海皆准",
    "ungrounded": "答案在原聊天里找不到依据",
    "too_short": "内容太短",
    "too_long": "内容太长",
}
_TYPES = registered(BUILT_IN)
_ABSOLUTE_PROMISE = re.compile(
    r"绝对|百分之?百|100%|最(?:好|佳|便宜|低价|优惠|优质|先进|安全|专业|强)|第一(?:品牌|名)|全网|国家级|世界级|顶级|极品|根治|药到病除|无(?:任何)?副作用|永久(?:有效|保修|免费)?|包(?:治|好)|必定|肯定(?:会|能|没)|保证(?!金|书)(?:能|会|没|不|您|正|质)|史上|唯一|万能|零风险|稳赚"
)
_CUE = re.compile(r"绝对|一律|任何情况|永远|从不|从来|所有人|全都|必然|完全不|无论如何|以上(?:都|全)|都(?:对|不对)$")
_ONE_ORDER = re.compile(
    r"[帮为给](?:您|你)(?:查|看|申请|登记|催|备注|处理|联系|核实)|这边[帮为给]|您的订单(?:已|显示|目前)|正在为您|稍等|今[天晚]|明天|昨天|\d{1,2}月\d{1,2}[日号]|1[3-9]\d{9}|\d{8,}|刚刚|刚才"
)
_DEICTIC_STEM = re.compile(r"「(?:这|那|它|此款|你说的|刚才|上面|前面)|「[^」]*(?:这个|那个|这款|那款|这样|那样)")
_FILLER = re.compile(r"[的了呢哦哈啊呀吧您你可以\s,，。.!！]|是|会|就|都")


def fault(item: DraftItem, evidence: Iterable[str] = ()) -> str:
    """The first reason to refuse an item, "" when it passes.

    `evidence` is what the cited chats say; with it, numbers and Latin words of the key must stand there.
    """
    one = _TYPES.get(item.type)
    options = [
        str(option.get("text", "")) for option in item.definition.get("options") or [] if isinstance(option, dict)
    ]
    if options:
        if len({fold(text) for text in options}) < len(options):
            return "duplicate_options"
        if (
            item.type == "single"
            and [o["id"] for o in item.definition["options"]].count(item.definition.get("key")) != 1
        ):
            return "no_single_key"
    if one is None or one.validate(item.definition) or not item.sources:
        return "ungrounded" if not item.sources else "invalid_definition"
    texts = [item.stem, *options, one.key_text(item.definition), str(item.definition.get("text", ""))]
    if any(PLACEHOLDER.search(text) for text in texts) or any(_ONE_ORDER.search(text) for text in texts):
        return "one_order_only"
    if any(_ABSOLUTE_PROMISE.search(text) for text in texts):
        return "absolute_promise"
    if not item.stem.strip() or (_DEICTIC_STEM.search(item.stem) and "商品" not in item.stem):
        return "unclear_stem"
    if len(item.stem) < 8 or any(len(text.strip()) < 2 for text in options):
        return "too_short"
    if len(item.stem) > 160 or any(len(text) > 80 for text in options) or len(one.key_text(item.definition)) > 300:
        return "too_long"
    keys, wrong = _sides(item)
    return _option_fault(item.type, keys, wrong) or _evidence_fault(
        item, [*keys, one.key_text(item.definition)], list(evidence)
    )


def _sides(item: DraftItem) -> tuple[list[str], list[str]]:
    right = {item.definition.get("key")} if item.type == "single" else set(item.definition.get("keys") or [])
    options = item.definition.get("options") or []
    return [o["text"] for o in options if o["id"] in right], [o["text"] for o in options if o["id"] not in right]


def _option_fault(kind: str, keys: Sequence[str], wrong: Sequence[str]) -> str:
    if not wrong:
        return ""
    everything = [*keys, *wrong]
    for number, text in enumerate(everything):
        for other in everything[number + 1 :]:
            if skeleton(text) == skeleton(other):
                return "near_duplicate_options"
            if likeness(text, other) > 0.93 and _facts(text) == _facts(other) and len(text) + len(other) > 40:
                return "near_duplicate_options"
    if any(GENERIC.search(text) for text in wrong):
        return "generic_option"
    if any(_CUE.search(text) for text in wrong) and not any(_CUE.search(text) for text in keys):
        return "absolute_cue"
    if any(
        text in key or key in text
        for text in wrong
        for key in keys
        if min(len(text), len(key)) >= 4 and negations(text) == negations(key)
    ):
        return "no_single_key"
    if (
        kind == "single"
        and len(keys[0]) >= 1.5 * max(len(text) for text in wrong)
        and len(keys[0]) - max(len(text) for text in wrong) >= 6
    ):
        return "longest_is_right"
    return ""


def _evidence_fault(item: DraftItem, keys: Sequence[str], evidence: Sequence[str]) -> str:
    if not evidence or item.type == "truefalse":
        return ""
    ground = fold(" ".join(evidence))
    claims = re.findall(r"\d+(?:\.\d+)?|[a-z]{3,}", " ".join(fold(key) for key in keys))
    return "ungrounded" if any(claim not in ground for claim in claims) else ""


def skeleton(text: str) -> str:
    """A text without the words that change nothing."""
    return _FILLER.sub("", fold(text))


def _facts(text: str) -> tuple[int, list[str], str]:
    kinds = "".join(re.findall(r"免费|收费|包邮|买家|卖家|商家|电子|纸质|自动|手动|前|后", text))
    return negations(text), re.findall(r"\d+", fold(text)), kinds


def repeats(item: DraftItem, others: Iterable[DraftItem]) -> bool:
    """Whether a draft asks what another of its batch asks: the same type, and nearly the same right answer."""
    own = gist(item)
    return any(other.type == item.type and likeness(own, gist(other)) >= 0.8 for other in others)


def gist(item: DraftItem) -> str:
    """What a draft is about, whatever scene it is set in: its right answer, or its sentence with the blank."""
    return str(item.definition.get("text") or item.key_text)
