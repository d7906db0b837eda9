"""All that the shop's agents say, sentence by sentence: where true statements and wrong options come from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from quizzes.drafting.answers import Answer, contradicts, good_answers, stands_alone
from quizzes.drafting.cleaning import sentences
from quizzes.drafting.facts import Change, changes
from quizzes.drafting.questions import Asked, asked, fits
from quizzes.drafting.sources import GroupSource
from quizzes.drafting.topics import Cut, bigrams, likeness, negations, terms, topics
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
# Rules of the house; on every other subject what is true of one product may be false of the next.
POLICY = frozenset(
    {
        "invoice",
        "refund",
        "return",
        "price",
        "coupon",
        "address",
        "delivery",
        "postage",
        "pay",
        "order",
        "real",
        "member",
        "account",
        "import",
    }
)
# From the narrow to the wide: a sentence about 退货运费 is one about 运费.
_NARROW_FIRST = tuple(TOPIC_LABELS)
GENERIC_FROM = 4
BORROW_FROM = 2.3


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

    def __init__(self, groups: Sequence[GroupSource], cut: Cut) -> None:
        self.cut = cut
        self.said: list[str] = []
        self._index: dict[str, list[int]] = {}
        per_group: list[set[str]] = []
        for group in groups:
            uttered = {text for answer in group.answers for text in sentences(answer) if len(text) >= 5}
            per_group.append(uttered)
            for text in sorted(uttered):
                for pair in bigrams(text):
                    self._index.setdefault(pair, []).append(len(self.said))
                self.said.append(text)
        spread = Counter(text for uttered in per_group for text in uttered)
        self.generic = {text for text, count in spread.items() if count >= GENERIC_FROM}
        self.disputed = 0
        self.uses: Counter[str] = Counter()
        self.candidates = [self._candidate(group) for group in groups]
        self.statements = [one for candidate in self.candidates for one in candidate.statements]
        for candidate in self.candidates:
            if candidate.question and not candidate.answering:
                candidate.answering = self._borrowed(candidate.question, candidate)

    def _candidate(self, group: GroupSource) -> Candidate:
        candidate = Candidate(group, asked(group, self.cut))
        for answer in good_answers(group, self.cut)[:6]:
            if answer.text in self.generic:
                continue
            near = self.near(answer.text)
            if any(contradicts(answer.text, other) for other in near):
                self.disputed += 1
                continue
            sure = tuple(change for change in changes(answer.text) if not self.is_said(change.text))
            statement = Statement(
                answer.text,
                group,
                answer,
                stands_alone(answer.text, self.cut),
                sure,
                topics(answer.text),
                terms(answer.text, self.cut),
            )
            candidate.statements.append(statement)
            if candidate.question and self.answers_question(candidate.question, statement):
                candidate.answering.append(statement)
        if candidate.question:
            wording = candidate.question.text
            candidate.answering.sort(key=lambda one: (-one.answer.count, -self.match(wording, one)))
        return candidate

    def _borrowed(self, question: Asked, candidate: Candidate) -> list[Statement]:
        """What agents told others who asked about the same, for a group without a general answer of its own."""
        fitting = [
            (self.match(question.text, one), one)
            for one in self.statements
            if one.alone and one.group.key != candidate.group.key and self.answers_question(question, one)
        ]
        fitting = [(score, one) for score, one in fitting if score >= BORROW_FROM and one.topics <= POLICY]
        return [one for _, one in sorted(fitting, key=lambda pair: (-pair[0], pair[1].text))[:2]]

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
        if not fits(question.kind, statement.text):
            return False
        about = topics(question.text)
        if not about <= POLICY and not statement.group.product and not names_product(question.text + statement.text):
            return False
        words = terms(question.text, self.cut) & statement.terms
        like = likeness(question.text, statement.text)
        subjects = topics(question.text) & statement.topics
        return (bool(words) and (bool(subjects) or like >= 0.2)) or (bool(subjects) and like >= 0.2)


_PRODUCT_NAME = re.compile(
    r"[\u4e00-\u9fff](?:机(?!器)|壶|锅|盒|盅|杯|灯|表|柜|箱|卡|鞋|衣|裤|被|枕|膏|霜|乳|液|粉|笔|本子?|椅|桌|盘|仪|耳机|手机|空调|电视|硬盘|面膜)"
)


def names_product(text: str) -> bool:
    """Whether a sentence says itself which product it is about."""
    return bool(_PRODUCT_NAME.search(text))


def _same_facts(one: str, other: str) -> bool:
    digits = re.findall(r"\d+", fold(one)), re.findall(r"\d+", fold(other))
    return negations(one) == negations(other) and digits[0] == digits[1]


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
    if topic in POLICY and one.topics <= POLICY and other.topics <= POLICY:
        return one.group.product == other.group.product or not (one.group.product and other.group.product)
    return bool(one.group.product) and one.group.product == other.group.product
