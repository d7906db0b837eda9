"""How the same thing is worded: keys, folding of function words and near-synonyms, question kinds, negation, numbers.

Everything works on normalised text (`lms.kernel.text.normalise_many`) and is a plain table a reader can extend.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NOT_A_WORD = re.compile(r"[\W_]+")

# Left: what replaces every wording on the right. Longest wording first decides (see _FOLD). Function words fold freely;
# content words only where two wordings ask for the same action, never where they name two steps (发货 is not 到货).
_FOLDING: dict[str, str] = {
    "怎办": "怎么办 咋办 怎样办 如何是好 怎么处理 如何处理 怎样处理 怎么解决 如何解决 咋整 怎么弄 咋弄 怎么搞 咋处理",
    "怎么": "怎么样才能 怎样才能 如何才能 怎么才能 要怎么样 应该怎么 应该如何 应该怎样 该怎么 该如何 要怎么 要如何 "
    "要怎样 怎么样 怎样 如何 咋样 咋 "
    "点样 怎麼",
    "何时": "什么时候 啥时候 什么时间 啥时间 什么时侯 啥时侯 多会儿 哪一天 哪天 几号 几时 多久 多长时间 多少天 几天 "
    "多少时间 何日 什么日子 几点 什么时后",
    "为何": "为什么 为啥 为毛 怎么回事 咋回事 什么原因 啥原因 什么情况 啥情况 怎么会 怎么就 凭什么 何故",
    "哪里": "哪里 哪儿 在哪 何处 什么地方 啥地方 哪个地方 哪边",
    "多少钱": "多少钱 什么价格 啥价格 什么价 什么价位 几块钱 多少元 价格是多少 价格多少 价钱多少 怎么卖 多钱 咋卖",
    "什么": "什么样的 什么样 什么 啥子 啥 哪些 何种 哪种 哪几种 那些是 有什么",
    "能": "是不是可以 是否可以 是否能够 是否能 是不是能 可不可以 可以不可以 能不能够 能不能 可否 能否 可以 能够 "
    "可不可 行不行 可行",
    "有": "有没有 有木有 有无 是否有 是不是有 有么 存在",
    "是": "是不是 是否",
    "会": "会不会 是否会 是不是会",
    "要": "需不需要 用不用 要不要 是否需要 是否要 需要 须要 必须 得要",
    "不能": "无法 不可以 没法 没办法 不能够 未能 不可 不让",
    "没": "还没有 还没 没有 并没有 并未 尚未 未 没能 木有",
    "如果": "如果 假如 假设 要是 倘若 若是 若 万一 的情况下 的时候",
    "快递": "快递 物流 包裹 快件",
    "发货": "发货 寄出 发出 发走 出库 寄货 安排发 发过来 寄过来 发货呀",
    "到货": "到货 送到 送达 寄到 运到 配送到 能到 到达 送货",
    "退款": "退款 退钱 返款 退我钱 退回钱",
    "换货": "换货 调换 换一个 换个",
    "买": "购买 选购 购置 购物 下单 拍下 买的 买了",
    "改": "修改 更改 变更 改一下 改成 改为 更换",
    "取消": "取消 撤销 退订 撤回",
    "坏": "损坏 坏掉 坏了 破损 弄坏 毁坏",
    "保修": "保修 质保 包修 保固",
    "保价": "保价 价保 价格保护 补差价 退差价 差价",
    "优惠券": "优惠券 优惠卷 优惠劵 代金券 抵用券 购物券",
    "告诉": "告知 告诉 通知 说明",
    "电话": "电话号码 手机号码 手机号 联系电话 联系方式 电话",
    "办": "办理 办",
    "赔": "赔偿 索赔 赔付 赔 补偿",
    "多少": "几个 多少 几",
    "谁": "什么人 谁 哪个人 由谁",
}
_CANONICAL = {wording: canon for canon, wordings in _FOLDING.items() for wording in wordings.split()}
_FOLD = re.compile("|".join(sorted(map(re.escape, _CANONICAL), key=len, reverse=True)))

_STOP_WORDS = """
    的 了 吗 呢 么 吧 啊 呀 哦 哈 嘛 啦 喔 噢 诶 唉 欸 呐 哟 嘞 咯 额 嗯 恩 是 就 都 也 还 又 再 才 很 太 挺 好 得 地
    着 过 给 把 被 让 对 对于 关于 与 和 跟
    及 或 或者 以及 而 但 但是 如果 的话 所以 因为 由 从 到 向 为 于 以 之 其 所 等 时 后 中 里 上 下 请问 请 您好
    你好 亲 亲亲 麻烦 帮忙 帮 谢谢 一下 一点
    点 想问 问 问下 咨询 咨询一下 想 想要 想知道 知道 我 我们 我的 你 你们 您 他 她 它 他们 自己 这 这个 这种 这款
    这样 那 那个 那种 那么 一个 个 一 人 来 去
    做 进行 情况 时候 会 应 应该 应当 该 可 在 现在 目前 已经 了解 有人 求 各位 大家 东西 说 看 真的 到底 究竟 具体 啥
    那里
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# Question kinds by what the folded text holds; several may hold.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("when", re.compile("何时|时间|日期|几月|年限|期限|时效")),
    ("why", re.compile("为何|原因|理由")),
    ("where", re.compile("哪里|地点|哪个城市")),
    ("price", re.compile("多少钱|价格|价钱|费用|收费")),
    ("many", re.compile("多少|几")),
    ("who", re.compile("谁")),
    ("how", re.compile("怎(?!办)|流程|方法|步骤|手续")),
    ("what", re.compile("什么|何种|哪")),
    ("whether", re.compile("能|吗|是否|么$|会|可行|不$|没$")),
)
STRICT_KINDS = sum(
    1 << bit for bit, (name, _) in enumerate(_KINDS) if name in ("when", "why", "where", "price", "who", "how", "many")
)
_A_NOT_A = re.compile(
    r"(.)不\1|(.)没\2|有没有|是否|差不多|不好意思|不错|不但|不仅|不管|不论|不过|不同|不满|不动产|不正当|不当"
)
_NEGATION = re.compile(r"不|没|无(?!线|人机|理由|忧|论|纺|糖|极|绳|缝|叶|痕)|未|别|勿|拒|禁止|非(?!常|洲)")
_NUMBER = re.compile(
    r"\d+(?:\.\d+)?|[一二三四五六七八九十百千两半]+(?=[个天年月日号元块点次件岁米人级分倍折小台箱盒包瓶斤寸双套条张])"
)
_HAN_DIGITS = {char: digit for char, digit in zip("一二三四五六七八九两", "1234567892", strict=True)} | {"十": "10"}


def text_key(text: str) -> str:
    """What two texts share that differ in case, spaces and punctuation only. A text of nothing else keeps itself."""
    return _NOT_A_WORD.sub("", text).lower() or text.strip()


def fold(key: str) -> str:
    """The key with function words and near-synonyms written one way."""
    return _FOLD.sub(lambda match: _CANONICAL[match.group()], key)


def content_words(words: Sequence[str]) -> list[str]:
    """The words that carry the matter; all of them when nothing else is left ("怎么了")."""
    kept = [word for word in words if word not in STOP_WORDS]
    return kept or list(words)


@dataclass(frozen=True)
class Guard:
    """What must not differ between two questions that mean the same."""

    kinds: int  # bit set over the question kinds
    negated: bool
    numbers: frozenset[str]


def guard_of(key: str, folded: str) -> Guard:
    kinds = 0
    for bit, (_, pattern) in enumerate(_KINDS):
        if pattern.search(folded):
            kinds |= 1 << bit
            if bit == 4:  # "多少钱" asks the price, not a number
                kinds &= ~(1 << 4) if "多少钱" in folded else kinds
    negated = len(_NEGATION.findall(_A_NOT_A.sub("", key))) % 2 == 1
    numbers = frozenset(_HAN_DIGITS.get(number, number) for number in _NUMBER.findall(key))
    return Guard(kinds, negated, numbers)
