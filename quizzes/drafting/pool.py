"""All that the shop's agents say, sentence by sentence: where true statements and wrong options come from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from quizzes.drafting.answers import Answer, answered_both_ways, contradicts, good_answers, stands_alone
from quizzes.drafting.cleaning import sentences
from quizzes.drafting.facts import Change, changes
from quizzes.drafting.house import house_rules, is_house_rule
from quizzes.drafting.questions import Asked, asked, fits
from quizzes.drafting.sources import GroupSource, Source
from quizzes.drafting.topics import POLICY, Cut, bigrams, likeness, negations, terms, topics
from quizzes.types.normalising import fold

TOPIC_LABELS = {
    "invoice": "发票",
    "refund": "退款",
    "return": "退换货",
    "price": "价格保护",
    "coupon": "优惠活动",
    "address": "收货地址",
    "delivery": "发货与配送",
    "postage": "运费",
    "install": "安装",
    "warranty": "保修与维修",
    "stock": "库存与到货",
    "pay": "支付",
    "order": "订单",
    "gift": "赠品与配件",
    "real": "正品保障",
    "member": "会员",
    "account": "账号",
    "import": "跨境商品",
    "size": "尺码与规格",
    "date": "保质期",
    "clean": "清洁保养",
    "heat": "加热与保温",
    "water": "加水与防水",
    "grind": "搅拌与研磨",
    "material": "材质",
    "power": "用电与续航",
    "noise": "噪音",
    "food": "食用与保存",
    "comment": "评价",
}
# From the narrow to the wide: a sentence about 退货运费 is one about 运费.
_NARROW_FIRST = tuple(TOPIC_LABELS)
# Subjects on which two rules may have nothing to do with each other.
WIDE = frozenset({"delivery", "order", "pay", "account", "coupon", "member", "import"})
PRODUCT = "product"
# 您不可以取消订单: somebody may not, so that it is no sure contradiction.
_BARE_RIGHT = re.compile(r"[您你]?(?:不?可以|不?能|不支持|支持)")
# How long is the warranty is a question of the product; what to do with a faulty one is a matter of the house.
_FAULT = re.compile(r"质量问题|返修|(?:申请|要|走|售后)维修|(?:申请|走|的)售后|售后(?:申请|服务|怎么)")
NEAR = 2.2
# What several agents answered holds for the shop, even if nobody named the product.
TOLD_BY_SEVERAL = 2
GENERIC_FROM = 4


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that holds for any customer, with the sure contradictions of it."""

    text: str
    group: GroupSource
    answer: Answer
    alone: bool
    changes: tuple[Change, ...]
    topics: frozenset[str]
    terms: frozenset[str]


@dataclass(slots=True)
class Candidate:
    """A group with what can be asked of it."""

    group: GroupSource
    question: Asked | None
    statements: list[Statement] = field(default_factory=list)
    answering: list[Statement] = field(default_factory=list)


class Pool:
    """Candidates for drafting, and every rule the agents uttered, to test wrong options against."""

    def __init__(self, groups: Sequence[GroupSource], cut: Cut, talk: Sequence[tuple[str, Source]] = ()) -> None:
        self.cut = cut
        self.said: list[str] = []
        self._index: dict[str, list[int]] = {}
        per_group: list[set[str]] = []
        for group in groups:
            uttered = {text for answer in group.answers for text in sentences(answer) if len(text) >= 5}
            per_group.append(uttered)
            for text in sorted(uttered):
                self._learn(text)
        spread = Counter(text for uttered in per_group for text in uttered)
        self.generic = {text for text, count in spread.items() if count >= GENERIC_FROM and not topics(text)}
        known = set(self.said)
        for text in dict.fromkeys(text for one, _ in talk for text in sentences(one) if len(text) >= 5):
            if text not in known:
                self._learn(text)
        self.disputed = 0
        self.uses: Counter[str] = Counter()
        self.candidates = [self._candidate(group) for group in groups]
        self.statements = [one for candidate in self.candidates for one in candidate.statements]
        self.rules = self._rules(talk)
        self.statements += [one for one in self.rules if one.group.key < 0]

    def _learn(self, text: str) -> None:
        for pair in bigrams(text):
            self._index.setdefault(pair, []).append(len(self.said))
        self.said.append(text)

    def _statement(self, answer: Answer, group: GroupSource) -> Statement | None:
        """None when another agent says the contrary."""
        if any(contradicts(answer.text, other) for other in self.near(answer.text)):
            return None
        both_ways = answered_both_ways(answer.text, group.answers)
        sure = tuple(
            change
            for change in changes(answer.text)
            if not self.is_said(change.text)
            and not (both_ways and change.kind == "polarity")
            and not (len(change.text) < 10 and _BARE_RIGHT.match(change.text))
        )
        alone = stands_alone(answer.text, self.cut)
        return Statement(answer.text, group, answer, alone, sure, topics(answer.text), terms(answer.text, self.cut))

    def _rules(self, talk: Sequence[tuple[str, Source]]) -> list[Statement]:
        """The rules of the house: those of the groups' answers, then those of any other chat."""
        found = [one for one in self.statements if is_house_rule(one.text, self.cut)]
        for number, answer in enumerate(house_rules(talk, self.cut), start=1):
            like = [one for one in found if one.topics & topics(answer.text) and likeness(one.text, answer.text) >= 0.7]
            one = None if like else self._statement(answer, GroupSource(-number, "", (), (answer.text,)))
            if one is not None:
                found.append(one)
        return [one for one in found if subject_of(one.text, one.topics)]

    def may_stand(self, statement: Statement, group: GroupSource) -> bool:
        """Whether a sentence can be asked about by itself: it states a rule, and on what the group is about."""
        if not is_house_rule(statement.text, self.cut):
            return False
        wanted = wanted_subject(group)
        return not wanted or not statement.topics <= POLICY or wanted in statement.topics

    def on_subject(self, candidate: Candidate) -> list[Statement]:
        """Rules of the house on the subject of a group's question, nearest to its wordings first."""
        group = candidate.group
        subject = wanted_subject(group)
        words: frozenset[str] = frozenset().union(
            *(terms(text, self.cut) for text in (group.question, *group.variants))
        )
        wording = group.question
        fitting = [
            (len(words & one.terms) + likeness(wording, one.text), subject_of(one.text, one.topics), one)
            for one in self.rules
        ]
        least = 0.3 if subject not in POLICY else 0.1 if subject in WIDE else 0.0
        near = [(score, one) for score, on, one in fitting if score >= (least if subject and on == subject else NEAR)]
        ranked = sorted(near, key=lambda entry: (-entry[0] - min(entry[1].answer.count, 3) / 4, entry[1].text))
        return [one for _, one in ranked]

    def _candidate(self, group: GroupSource) -> Candidate:
        candidate = Candidate(group, asked(group, self.cut))
        for answer in good_answers(group, self.cut)[:6]:
            if answer.text in self.generic:
                continue
            statement = self._statement(answer, group)
            if statement is None:
                self.disputed += 1
                continue
            candidate.statements.append(statement)
            if candidate.question and self.answers_question(candidate.question, statement):
                candidate.answering.append(statement)
        if candidate.question:
            wording = candidate.question.text
            candidate.answering.sort(key=lambda one: (-one.answer.count, -self.match(wording, one)))
        return candidate

    def near(self, text: str, share: float = 0.5) -> list[str]:
        """Uttered sentences that have at least `share` of the shorter one's character pairs in common with a text."""
        pairs = bigrams(text)
        hits: Counter[int] = Counter()
        for pair in pairs:
            hits.update(self._index.get(pair, ()))
        return [
            self.said[i]
            for i, n in hits.items()
            if n >= share * min(len(pairs), len(bigrams(self.said[i]))) and self.said[i] != text
        ]

    def is_said(self, text: str) -> bool:
        """Whether an agent really said about this; then it may be right, and is no wrong option."""
        return (
            any(likeness(text, other) >= 0.86 and _same_facts(text, other) for other in self.near(text, 0.7))
            or text in self.generic
        )

    def match(self, question: str, statement: Statement) -> float:
        """How much a question and a statement have in common: content words, subjects, spelling."""
        words = terms(question, self.cut) & statement.terms
        return len(words) + 0.5 * len(topics(question) & statement.topics) + likeness(question, statement.text)

    def answers_question(self, question: Asked, statement: Statement) -> bool:
        if not fits(question.kind, statement.text, question.text):
            return False
        about = topics(question.text)
        placed = about <= POLICY or statement.group.product or names_product(question.text + statement.text)
        if not placed and statement.answer.count < TOLD_BY_SEVERAL:
            return False
        asked_for = terms(question.text, self.cut)
        words = asked_for & statement.terms
        if len(words) < (2 if len(asked_for) > 3 else 1) and likeness(question.text, statement.text) < 0.2:
            return False
        like = likeness(question.text, statement.text)
        subjects = topics(question.text) & statement.topics
        return (bool(words) and (bool(subjects) or like >= 0.2)) or (bool(subjects) and like >= 0.2)


# Three characters at least (养生壶), or one of the two-character names that are names of products and of nothing else.
_NO_PART_OF_A_NAME = (
    "买的是有和放个把到在我们您这那用底内外盖一二三种具无为及或与就都能可会要不没上下里里中开关装按此该款"
)
_PRODUCT_NAME = re.compile(
    rf"[^\W{_NO_PART_OF_A_NAME}]{{2}}(?:机(?!器|身|构|会|制)|壶|锅|盒|盅|杯|灯|柜|箱|卡|鞋|衣|裤|被(?!子)|枕|膏|霜|乳|粉|笔|椅|桌|盘|仪|面膜|精华)"
    r"|我们(?:家)?的?(?:产品|商品)|本店的?(?:产品|商品)|手机(?!端|号|验证|客户)|电视|冰箱|空调|硬盘|耳机|电脑(?!端)|面膜|手表|相机|饭盒|水壶|电饭锅|被子|枕头|台灯|键盘|鼠标"
)


def names_product(text: str) -> bool:
    """Whether a sentence says itself which product it is about."""
    return bool(_PRODUCT_NAME.search(text))


def _same_facts(one: str, other: str) -> bool:
    digits = re.findall(r"\d+", fold(one)), re.findall(r"\d+", fold(other))
    return negations(one) == negations(other) and digits[0] == digits[1]


def subject_of(text: str, about: frozenset[str]) -> str:
    """The matter that a rule is on; "" when nobody could tell what it is true of.

    A rule of the house is on one of its matters; 订单 alone says too little. Any other rule must name its product.
    """
    # 质量问题 is a condition of returns and postage as well as a matter of repair.
    narrow = about - {"warranty"} if "质量问题" in text else about
    found = next((name for name in _NARROW_FIRST if name in narrow), "")
    if narrow and narrow <= POLICY | {"heat"} and found in POLICY:
        return found if found != "order" or "取消" in text else ""
    return (found or PRODUCT) if names_product(text) else ""


def _asked_about(wording: str) -> str:
    if _FAULT.search(wording):
        return "return"
    return next((name for name in _NARROW_FIRST if name in topics(wording)), "")


def wanted_subject(group: GroupSource) -> str:
    """The matter of the house that most wordings of a group touch first; "" when they don't agree."""
    wordings = [group.question, group.question, *group.variants]
    counted = Counter(_asked_about(text) for text in wordings)
    counted.pop("", None)
    if not counted:
        return ""
    name, count = counted.most_common(1)[0]
    return name if name in TOPIC_LABELS and count * 3 >= len(wordings) else ""


def topic_of(statement: Statement) -> str:
    """The narrowest subject of a statement; "" when there is none."""
    return next((name for name in _NARROW_FIRST if name in statement.topics), "")


def comparable(one: Statement, other: Statement, topic: str) -> bool:
    """Whether two statements on a subject are true or false of the same thing: house rules, or one product."""
    if topic not in one.topics or topic not in other.topics:
        return False
    if one.group.key == other.group.key:
        return True
    if topic_of(one) != topic_of(other):
        return False
    if names_product(one.text) and names_product(other.text):
        return True
    if topic in POLICY and one.topics <= POLICY and other.topics <= POLICY:
        return one.group.product == other.group.product or not (one.group.product and other.group.product)
    return bool(one.group.product) and one.group.product == other.group.product
