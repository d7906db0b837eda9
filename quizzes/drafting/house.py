"""Rules of the house: what agents told anybody, in whatever chat, and which holds without that chat.

A hot question is often asked about one order, and its own answers say nothing for others. What agents said elsewhere on
the same subject does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from quizzes.drafting.answers import Answer, shortened, stands_alone
from quizzes.drafting.cleaning import sentences
from quizzes.drafting.sources import Source
from quizzes.drafting.topics import Cut, likeness, terms, topics

SHORTEST, LONGEST = 9, 52
# Said to one customer about what he has, does or chose.
_ONE_CUSTOMER = re.compile(
    r"^您?(?:是|的|这|支付|用|选购|选择的是|购买的|目前|前台|后台|指|插入|打开|联系|审核|跟|和|要|确实|正常|能先|也|再|先|后期|重新|以前|当时|那边)|^后续"
    r"|您(?:购买|选购|买|下单|咨询|提交|申请|反馈|预约|选择)的(?:是|商品是|这)|没有开具出来|已经|已有|还没|没到|给您|帮|留言|这种情况|新旧|验证码|提供(?:一?下|要)|核对|同事|暗转|建议|对方|后台|店铺|销售经理|提报|报备|入驻|信息留|给我|耽误|[上下中]午|晚上|早上|早晨|凌晨|您.*您.*您|(?:顾客|客户|用户)"
)
# Hopes, guesses, courtesies: nothing that could be false.
_VAGUE = re.compile(
    r"估计|预计|可能|好像|应该|差不多|尽[快力量早]|很快|努力|积极|优先|正常(?:的|情况)?|实在|确实|一定(?:不?会|要|的)|(?:人员|师傅|小哥|顾客)的手机|及时|陆续|比较|挺|非常|合理|相关|某些|有些|其他|一些|具体|根据|看(?:售后|审核|您|具体)|异常|有问题|注意|一般(?:都)?会|加快|全面推行|就(?:可以|行|好)(?:的|了|咯)?$|是时|目前|暂时|现在|近期|最近|有个|输入|收到了|沿途|一下|(?<!才可以)选择的?$|一样的?$|审核人员|处理的?$|的时候直接|直接(?:就|选)|告诉|沟通|传达|告知|知晓|核实|确认一下|保证您的"
)
# A rule allows, forbids, demands, or says when, where, how and who.
_TELLS = re.compile(
    r"可以|可在|不可|不能|才能|能够|能$|无法|不支持|支持|需要|只能|必须|仅|免费|收费|不会|会自动|自动|不需|无需|统一|默认|原路|之后|以后|后才|后(?=[^续期]).{2,}|以前|之前|前(?!台).{2,}|点击|路径|[—>→]|-.+-|同等|由.{1,8}(?:承担|开具|发货|提供|安排)|都是|都会|都要|属于|不是|没有|就是|包邮|满\d|默认|用的|采用"
)
# A path or a term without saying what for.
_BARE = re.compile(
    r"^规定时间内|^[a-zA-Z注][.、：]|^[^，。：:]{2,8}-|^返回|的(?:信息|商品)了的$|会订单|^退货的话|^页面没有|([\u4e00-\u9fff]{2}).{0,4}就是您的\1|[\u4e00-\u9fff]嘞|[呦哟咯嘛哒]"
)
_WEIGHTLESS = re.compile(r"[的了是会您你我们与跟和都就可以在时将也这\W]")
_LEAD = re.compile(r"^(?:温馨提示[：:]?|是这样的|这样的|确实|其实|一般情况下|正常情况下|一般|正常)[，,]?(?=.{9})")


def house_rules(talk: Iterable[tuple[str, Source]], cut: Cut) -> list[Answer]:
    """Sentences of agents which are rules by themselves, each once, with the number of times it was said."""
    found: dict[str, Answer] = {}
    for text, source in talk:
        for sentence in sentences(text):
            rule = shortened(_LEAD.sub("", sentence))
            if not rule:
                continue
            if rule in found:
                found[rule] = replace(found[rule], count=found[rule].count + 1)
            elif is_house_rule(rule, cut):
                found[rule] = Answer(rule, 1, 1.0, source)
    kept: list[Answer] = []
    by_topic: dict[str, list[Answer]] = {}
    for one in sorted(found.values(), key=lambda one: (-one.count, -len(one.text), one.text)):
        near = [known for name in topics(one.text) or ("",) for known in by_topic.get(name, ())]
        if not any(same_rule(one.text, known.text) for known in near):
            kept.append(one)
            for name in topics(one.text) or ("",):
                by_topic.setdefault(name, []).append(one)
    return kept


def same_rule(one: str, other: str) -> bool:
    """Whether two rules say the same in other words: 送货前会与您联系, 配送会提前联系您."""
    left, right = (set(_WEIGHTLESS.sub("", text)) for text in (one, other))
    if not left or not right:
        return False
    short, long = sorted((len(left), len(right)))
    return likeness(one, other) >= 0.6 or (long <= 1.5 * short and len(left & right) >= 0.75 * short)


def is_house_rule(text: str, cut: Cut) -> bool:
    """Whether a sentence names its own matter, holds for anybody, and can be true or false."""
    if not SHORTEST <= len(text) <= LONGEST or _ONE_CUSTOMER.search(text) or _VAGUE.search(text) or _BARE.search(text):
        return False
    return bool(_TELLS.search(text)) and stands_alone(text, cut) and bool(terms(text, cut))
