"""Which of a group's wordings can stand in a stem: the customer's own words, understood without the chat."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quizzes.drafting.cleaning import CJK, PLACEHOLDER, flatten
from quizzes.drafting.sources import GroupSource
from quizzes.drafting.topics import Cut, terms, topics

_MARK = re.compile(
    r"吗|么|嘛|呢$|什么|怎么|怎样|如何|咋|为何|多久|多少|多长|多大|几[天个次点号年月层人升]|哪|谁|能不能|可不可以|是不是|有没有|会不会|要不要|需不需要|支不支持|是否|能否|可否|[?？]$"
)
_GREETING = re.compile(
    rf"^(?:[\s,，。.!！、:：~]|您好|你好|你们好|哈喽|在吗|在么|在不在|在不|在|亲爱的|亲|人工客服|人工|客服|请问一?下|请问|小妹|我?(?:就是)?(?:想|要)?问一?下|问一?下|不好意思|就是想问|我的意思是|我是问|我?想问一?下|我?想咨询一?下|咨询一?下|麻烦问一?下|想知道|再问|还有|另外|然后|哦+|嗯+|好的?(?![{CJK}])|那么|那)+"
)
_DEICTIC = re.compile(
    r"这[个款种样些里边台件单次俩两张]|那[个款种样些里边台件单次俩两张]|它|此款|上面|下面|前面|刚才|刚刚|之前说|你说的?|您说的?|图片|链接|这么|那么|这 |俩个|这$|其[他它]|另外一|第[一二三]个"  # noqa: E501
)
_ONE_ORDER = re.compile(
    r"我的?(?:订单|快递|包裹|单子|货|东西|件|退款|商品)(?:到|怎么|什么时候|为什么|还|在|发)|我(?:昨|今|前|刚|上)|今[天晚早]|明[天早晚]|昨[天晚]|后天|上午|下午|晚上|帮(?:我|忙|查)|给我|查一?下|到哪|还没|还不|一直|怎么这么|为什么(?:还|我|没)|催|人工|退了|到了没|没收到|了[吗么]|你(?!们)|您|查到|记得|确定|\d+[月号日](?!以?内)|周[一二三四五六日末]|星期|投诉|垃圾|骗"
)
_FOLLOW_UP = re.compile(
    r"^(?:是(?!不是|否)|指的|哪个属于|先|也)|^(?:是|对|可以|能|行|好|会|要|有|没|不|还|也|就|都|所以|但|可|只|再|又|才|却|而)(?:吗|么|吧|的|是|不|了|要)?|^(?:为什么|怎么办|什么意思|哪里|多久|怎么弄|怎么操作|在哪|多少|什么时候)[呢啊呀]?[?？]?$"
)
_RUDE = re.compile(r"妈的|他妈|傻|滚|操你|靠|尼玛|狗屁|放屁|坑人|坑爹|无语|扯淡|神经|死")
_PROBLEM_CHARS = re.compile(r"[尅扥额捏]|[#=@^_|\\*]|\d{5,}|[a-z]{9,}|(.)\1\1|[《》{}]")
_SPLIT = re.compile(rf"[。！!；;\n…]+|(?<=[?？])|~+|(?<=[{CJK}?？])\s+(?=[{CJK}])")


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer's wording that can be quoted; `needs_product` says that it points at the product of the chat."""

    text: str
    needs_product: bool
    kind: str


def asked(group: GroupSource, cut: Cut) -> Asked | None:
    """The clearest wording of a group, or None when each needs its chat to be understood."""
    best: tuple[float, Asked] | None = None
    for number, wording in enumerate([group.question, *group.variants[:20]]):
        for text in _segments(wording):
            found = _judge(text, bool(group.product), cut)
            if found is None:
                continue
            score = (1.0 if number == 0 else 0.0) + min(len(terms(text, cut)), 3) + (1 if topics(text) else 0)
            score -= abs(len(text) - 14) / 14 + (0.8 if found.needs_product else 0.0)
            if best is None or score > best[0]:
                best = (score, found)
    return best[1] if best else None


def _segments(wording: str) -> list[str]:
    """The questions in a wording that was typed as several."""
    parts = [part for part in _SPLIT.split(flatten(wording)) if part and part.strip()]
    return [tidy(part) for part in parts]


def tidy(text: str) -> str:
    """A question without greeting and doubled marks, ending in one ？"""
    bare = _GREETING.sub("", text.strip())
    bare = re.sub(r"\s+", "，", bare.strip(" ，,。.?？!！~、：:")) if CJK else bare
    bare = re.sub(r"(?:呀|啊|哦|哈|呐|哇|嘞|哟|噢|欸|诶)+$", "", bare)
    return bare + "？" if bare else ""


def _judge(text: str, product_known: bool, cut: Cut) -> Asked | None:
    body = text.rstrip("？")
    if not 5 <= len(body) <= 36 or PLACEHOLDER.search(text) or not _MARK.search(body):
        return None
    if (
        _ONE_ORDER.search(body)
        or (_FOLLOW_UP.search(body) and (body[0] in "是指先也哪" or (len(body) < 9 and not _says_what(body))))
        or _RUDE.search(body)
        or _PROBLEM_CHARS.search(body)
    ):
        return None
    if (
        (not terms(body, cut) and not topics(body))
        or body.count("，") > 2
        or len(re.findall(r"吗|么(?!么)|什么|怎么|多久", body)) > 2
    ):
        return None
    pointing = bool(_DEICTIC.search(body))
    if pointing and not product_known:
        return None
    return Asked(text, pointing, kind_of(body))


def _says_what(body: str) -> bool:
    """能开专用发票吗 names its matter, short as it is; 可以的吗 does not."""
    return bool(topics(body)) and len(body) >= 5 and bool(re.match(r"可以|能|会|要|有|支持", body))


_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("why", re.compile(r"为什么|为啥|怎么回事|什么原因|为何|什么情况|怎么(?:会|这|不|没|就|还)")),
    ("time", re.compile(r"多久|几天|什么时[候间]|啥时候?|何时|多长时间|几个?小时|几年|几个月|几点|时效|多少天|多长")),
    ("who", re.compile(r"谁|哪方|哪边(?:出|承担)|(?:我|自己|你们|商家|卖家|买家)(?:承担|出|负担)")),
    ("how", re.compile(r"怎么(?!卖|样$)|如何|怎样|咋|在哪|哪里|哪儿|流程|步骤|方法|什么地方|去哪")),
    ("amount", re.compile(r"多少|多大|多高|多重|几[个人层升次种]|什么(?:尺寸|规格|价)")),
    ("which", re.compile(r"什么|哪[个种款些家]|区别|还是")),
    (
        "polar",
        re.compile(r"吗|么|嘛|能不能|可不可以|是不是|有没有|会不会|要不要|需不需要|支不支持|是否|能否|可否|没有|吧"),
    ),
)
_FITS: dict[str, re.Pattern[str]] = {
    "why": re.compile(r"因为|由于|导致|说明|所以|原因|造成|是为了|产生|属于"),
    "time": re.compile(
        r"\d|[一二两三四五六七八九十半](?:个|天|年|月|小时|周|星期|工作日)|当天|次日|次月|第二天|完成(?:之|以)?后|签收后|到货后|审核后|收到.{0,4}后|之前|发货前|永久|长期"
    ),
    "who": re.compile(r"承担|负担|负责|您|卖家|买家|商家|平台|我们|厂家|师傅"),
    "how": re.compile(
        r"点击|(?<!可以)选择|登录|打开|进入|查看|下载|填写|提交|申请|修改|更改|设置|按|在.{1,16}(?:里|中|页|处|操作|查|领|换)|先|路径|--|—|-|→|直接|需要先|联系|重新|加|放|用|清洗|浸泡|绑定"
    ),
    "amount": re.compile(r"\d|[一二两三四五六七八九十半]|标准|统一"),
    "which": re.compile(r"是|有|属于|为|采用|用|适合|送|发|默认|支持|包含|需要|可以|：|只能"),
    "polar": re.compile(r"可以|可|不|能|支持|需|要|会|有|没|是|都|只|无法|免费|包|送|带|属于|默认"),
}


def kind_of(question: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), "polar")


# Yes or no is said in the words of the question: 可以 for 能不能, 有 for 有没有.
_YES_OR_NO: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked_with), re.compile(said_with))
    for asked_with, said_with in (
        (r"需要|需不需要|要不要|用不用|得|必须", r"需|要|免费|不用|不必|必须|统一|自动"),
        (r"可以|可不可以|能|可否|行不行|支持", r"可以|可在|不可|能|无法|支持|不了|没法|不行|没办法"),
        (r"有没有|有|带|送|包含|含", r"有|没|无|带|送|配|包含|含"),
        (r"会不会|会", r"会|不|影响|自动"),
        (r"是不是|是否|是|都", r"是|不|属于|为|都|没|统一|默认"),
    )
)


_DIFFERENCE = re.compile(r"区别|不一样|不同|差别|哪个(?:更|比较)?好")


def fits(kind: str, answer: str, question: str = "") -> bool:
    """Whether a sentence is of the sort that answers: a time for 多久, a way for 怎么, yes or no for 吗."""
    if not _FITS[kind].search(answer):
        return False
    if kind == "which" and _DIFFERENCE.search(question):
        return bool(re.search(r"区别|不同|而|一个.*一个|前者|除了", answer))
    if kind != "polar":
        return True
    return next((bool(said.search(answer)) for asked_with, said in _YES_OR_NO if asked_with.search(question)), True)
