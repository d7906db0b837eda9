"""Which sentences of a group's real answers answer its question, for any customer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quizzes.drafting.cleaning import LIMITS, leans, sentences
from quizzes.drafting.sources import GroupSource, Source
from quizzes.drafting.topics import (
    POLICY,
    Cut,
    best_likeness,
    containment,
    likeness,
    negations,
    terms,
    topics,
    without_negation,
)

SHORTEST, LONGEST = 7, 64
# A sentence states a rule when it allows, demands, limits, promises or instructs.
_RULE = re.compile(
    r"可以|可在|可|能|不了|支持|需|要|必须|只|应|会|才|前|后|内|免费|包邮|承担|自动|统一|默认|根据|按照?|以.{1,8}为准|建议|请|如果|若|有|没有|是|属于|包含|自带|适合|采用|分为|先|点击|选择|\d"
)
# Said of anything: no answer to learn, and as a wrong option it would be right nearly everywhere.
GENERIC = re.compile(
    r"^(?:您?可以)?(?:联系|咨询|问|询问)(?:一?下)?(?:在线|人工|商家|店铺|官方|售后|平台|京东|店家|卖家|厂家)*客?服?(?:处理|咨询|询问|看看|即可|就行|核实)*$"
    r"|尝试|试试|试一?下|看情况|不(?:太)?清楚|不确定|不了解|无法(?:确定|估计|确认|判断|保证)|尽快|尽量|及时(?:处理|关注|查看|联系)|正常(?:的|现象)?$|没(?:有)?(?:问题|关系|事)|保持.{0,4}畅通|留意|关注(?:一?下|物流|页面)|(?:以|根据)(?:实际|页面|审核|最终|具体|实物|自己|个人).{0,6}(?:为准|情况|需要|选择|喜好|结果)"
    r"|具体.{0,6}(?:为准|时间|情况)|自行(?:选择|决定)|多(?:少|种)选择|都是一样|建议(?:您)?(?:重新|直接|联系|先|下次)|(?:可以|需要|请)(?:您)?(?:自己|自行)?(?:和|跟|与|联系)?(?:配送|快递|师傅|商家|客服|厂家|售后)[^，]{0,6}(?:协商|沟通|联系|咨询|核实|说明|处理|询问)"
    r"|协商|为准|^.{0,6}(?:是|都)?(?:不)?可以的?$|^(?:您)?(?:可以)?(?:直接)?(?:拒收|申请售后|重新下单|下单|申请|取消)(?:就行|即可|就可以)?$|一般(?:都)?是|应该(?:是|会|可以)|可能(?:是|会)?|大概(?:是)?$|专员|回电|反馈给|备注"
)
_MUDDLED = re.compile(
    r"(.{2,4})\1|[a-z]{8,}|jd_|[#=@^_|\\]|(?:[^，,、]*[，,、]){5}|^[^\u4e00-\u9fff]*$|额|捏|滴|亲|嗷|咋|嘞|啥|[ ]"
)
_SUBJECT = re.compile(r"[\u4e00-\u9fffA-Za-z]{2}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A sentence that answers, how often agents said about the same, and the message it stands in."""

    text: str
    count: int
    relevance: float
    source: Source | None


_AGREEING = re.compile(
    r"^(?:是的|对的?|是得|可以的?|不是的|没错|有的|没有的|不可以的?|不能的?|支持的|不支持的?|会的|不会的|需要的|不需要的|嗯+|行的?|能的?|不行的?|是这样的?|通过了|没关系|您看一?下|建议您?看一?下|(?:确实)?(?:是|很)?(?:抱歉|不好意思)的?)[\s,，]+(?=.{8,})"
)
_FILLER_LEAD = re.compile(r"^(?:这个|那个)(?=质量问题|退|换|发票|运费|保修|优惠|活动|价保|订单|赠品|会员)")
# 这款面料是纯棉的: the scene says which one; but what is policy for one is not for all.
_POINTING_LEAD = re.compile(
    r"^(?:咱们?家?|我们家?)?的?(?:(?:这|此|该)款(?:商品|产品|宝贝|机器)?|这个(?:商品|产品|宝贝))的?[，,]?(?=[^，]{6})"
)
_UNFINISHED = re.compile(
    r"(?:后|时|时候|的话|视频|[：:]\s*\d[、.].*|\d、.*|如下|登录|暂时没有|等等|例如|比如|的情况下?|为了|以及|或者|和|在|是|因为|的意思)$|^(?:如果|只要|若|要是|除非|无论|不管)[^，,]*$|是否|可否|能否|能不能|都是这样|那么|比如|多长时间|^如(?!果)|^如何|^看|^在您|^中的|^还|^只能|^哪|^因(?!为)|^(?:因为|由于|举个例子|例如|\d[.、:：])|\.\.|没有选择发票形式|您是要|也没有操作过|之前安装|还有.*还有|您重新|回填写|上传下|搜索|对账$|^您(?:下一?个|注册|先|在您)|^对(?!应)|^您可以联系|^是我|^给|的是$|^和|^及|^对于您|扥|尅|劵"
)
_MIDSTREAM = re.compile(
    r"^(?:可以?|可在|能|会(?!员)|有(?!效)|没有|不|是|就|直接|先|预计|优先|核实|查询|要|需要?|支持|按(?!键|压)|目前|现在|的确|确实|最|做好|倒出|本身|您(?:指|后台|审核|在您)|我们家没有|都|均|得|让|把|将|请|再|又|仍|应|返还|一般(?!商品|情况)|大[约概]|约|\d|[一二三四五六七八九十两半]|如|若|发往|有些|领取路径|黑色|白色|正常(?:情况)?下?[是的])"
)


def stands_alone(text: str, cut: Cut) -> bool:
    """Whether a sentence names its own matter, so that it is true or false without any question before it."""
    if _MIDSTREAM.search(text) or len(text) < 9:
        return False
    return len(terms(text, cut)) >= 2 or bool(terms(text, cut) and topics(text))


def usable_sentence(text: str) -> bool:
    """Whether a cleaned sentence is long enough, clear, and says something of its own."""
    if _choppy(text):
        return False
    if (
        not SHORTEST <= len(text) <= LONGEST
        or leans(text)
        or _UNFINISHED.search(text)
        or GENERIC.search(text)
        or _MUDDLED.search(text)
    ):
        return False
    return (
        bool(_RULE.search(text))
        and len(_SUBJECT.findall(text)) >= 2
        and all(text.count(one) == text.count(other) for one, other in ("（）", "“”", "【】", "「」"))
    )


def _choppy(text: str) -> bool:
    """Half sentences typed one after the other: 现在，您的发票类型，普通发票"""
    clauses = re.split(r"[，,]", text)
    return (len(clauses) >= 3 and sum(map(len, clauses)) / len(clauses) < 6.5) or len(clauses[0]) < 3


def shortened(sentence: str, *, product_known: bool = False) -> str:
    """The usable part of a sentence: all of it, or its first clauses when what is left out limits nothing; else "".

    With `product_known` a leading 这款 goes: the scene will name the product.
    """
    text = _FILLER_LEAD.sub("", _AGREEING.sub("", sentence))
    bare = _POINTING_LEAD.sub("", text) if product_known else text
    text = text if topics(bare) & POLICY else bare
    if usable_sentence(text):
        return text
    clauses = re.split(r"[，,]", text)
    if any(LIMITS.search(clause) for clause in clauses[1:]):
        return ""
    for kept in range(len(clauses) - 1, 0, -1):
        part = "，".join(clauses[:kept])
        if usable_sentence(part):
            return part
    return ""


def relevance(text: str, group: GroupSource, cut: Cut) -> float:
    """0 when a sentence and the customers' wordings have no matter in common, else higher with more in common."""
    wordings = [group.question, *group.variants[:8]]
    own_topics, own_terms = topics(text), terms(text, cut)
    score = 0.0
    for number, wording in enumerate(wordings):
        weight = 1.0 if number == 0 else 0.6
        same = len(own_topics & topics(wording)) + len(own_terms & terms(wording, cut))
        score = max(score, weight * (same + likeness(text, wording)) if same else 0.0)
    return score


def good_answers(group: GroupSource, cut: Cut) -> list[Answer]:
    """Sentences for the group's question, best first. Near-repetitions are counted, not listed twice."""
    found: list[Answer] = []
    for number, answer in enumerate(group.answers):
        source = group.answer_sources[number] if number < len(group.answer_sources) else None
        for text in (shortened(sentence, product_known=bool(group.product)) for sentence in sentences(answer)):
            if not text:
                continue
            match = next((i for i, one in enumerate(found) if likeness(one.text, text) >= 0.7), None)
            if match is not None:
                old = found[match]
                found[match] = Answer(old.text, old.count + 1, old.relevance, old.source)
                continue
            score = relevance(text, group, cut)
            if score:
                found.append(Answer(text, 1, score, source))
    return sorted(found, key=lambda one: (-one.count, -one.relevance))


def contradicts(one: str, other: str) -> bool:
    """Whether two sentences say the same with and without a negation (电子发票可以换开 / 电子发票不可以换开)."""
    if (negations(one) + negations(other)) % 2 == 0:
        return False
    left, right = without_negation(one), without_negation(other)
    return likeness(left, right) >= 0.72 or (min(len(left), len(right)) >= 6 and containment(left, right) >= 0.85)


_DO = r"(?:直接|再|进行|自行|帮您|给您|为您)?([\u4e00-\u9fff]{2})"
_MAY = re.compile(r"(?<![不可])(?:可以|能够?|支持)(?![不吗么])" + _DO)
_MAY_NOT = re.compile(r"(?:不可以|不能|无法|不支持|没办法|没法)" + _DO)
_ON_CONDITION = re.compile(r"未|没|如|若|的话|后|前|时|期间|非|不是|除|只要|超|满|内")


def answered_both_ways(text: str, answers: Sequence[str]) -> bool:
    """Whether a plain yes or no of one agent meets the other one of another, to the same question.

    Then the turned sentence may hold for some. A sentence that names its condition is taken to mean that case.
    """
    clauses = [one for one in re.split(r"[，,；;]", text) if not _ON_CONDITION.search(one)]
    for own, contrary in ((_MAY_NOT, _MAY), (_MAY, _MAY_NOT)):
        verbs = {found for clause in clauses for found in own.findall(clause)}
        if verbs and any(verbs & set(contrary.findall(answer)) for answer in answers):
            return True
    return False


def disputed(text: str, others: Sequence[str]) -> bool:
    """Whether the shop's own agents contradict a sentence somewhere."""
    return any(contradicts(text, other) for other in others)


def said_elsewhere(text: str, others: Sequence[str]) -> bool:
    """Whether somebody really said about this, so that it can't serve as a wrong option."""
    return best_likeness(text, others) >= 0.8
