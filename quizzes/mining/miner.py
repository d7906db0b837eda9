"""The whole way from messages to ranked question groups, as one pure function."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from quizzes.mining.answers import answers_of_groups, most_common
from quizzes.mining.asking import Asking, kind_of
from quizzes.mining.chats import AskedQuestion, ChatMessage, MinedChats, MinedGroup
from quizzes.mining.debris import PLACEHOLDER
from quizzes.mining.grouping import group_cores
from quizzes.mining.profile import dimension_of, product_of, stage_of
from quizzes.mining.turns import asked_questions
from quizzes.mining.wording import text_key

_FULL_WIDTH = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "："})
_LEANS_ON_BEFORE = re.compile(
    r"^(?:那|所以|但是|但|然后|就是|因为|而且|不过|还有|这样|如果|也|又|并且|或者|要不|我是说|我说)|(?:那个|这个"
    r"|上面|刚才|之前说)"
)
_ONE_PERSON = re.compile(
    r"我(?:爸|妈|老公|老婆|朋友|儿子|女儿)|昨天|前天|刚才|刚刚|客户|顾客|他们|她|他(?!们)|你说|您说"
)
_HALTING = re.compile(
    r"^(?:还是|有没有|也|都|就|现在|大概|有点|申请的)|也|而且|[^\w\s，。？！、；：“”（）()《》.%+\-/]"
)
_NOISE_AHEAD = re.compile(r"^[^\w\[【(（《“]+")
_TAIL = re.compile(r"[\s,，.。!！~～、;；]+$|(?:谢谢|亲|哈|呀|哦|呢|啊|诶|噢)+[\s,.。!！~?？]*$")


def mine_chats(messages: Iterable[ChatMessage], *, products: Mapping[str, str] | None = None) -> MinedChats:
    """What customers ask in these chats, hottest first. `products` maps references and names to labels.

    Heat counts conversations, so that a customer who repeats himself counts once. Ties are settled by the wording.
    """
    said = list(messages)
    questions = asked_questions(said)
    conversations = len({message.conversation_id for message in said})
    by_group: dict[int, list[AskedQuestion]] = defaultdict(list)
    for question, group in zip(questions, group_cores([question.core for question in questions]), strict=True):
        by_group[group].append(question)
    groups = list(by_group.values())
    mined = [
        _group(members, answers, conversations, products or {})
        for members, answers in zip(groups, answers_of_groups(groups), strict=True)
    ]
    mined.sort(key=lambda group: (-group.count, -_agreement(group), -len(group.questions), group.question))
    return MinedChats(len(said), conversations, len(questions), tuple(mined))


def _agreement(group: MinedGroup) -> float:
    """How much of a group has the very same core: of two groups as hot, the surer one stands first."""
    return round(max(Counter(question.core for question in group.questions).values()) / len(group.questions), 3)


def _group(
    members: Sequence[AskedQuestion], answers: tuple, conversations: int, products: Mapping[str, str]
) -> MinedGroup:
    count = len({question.conversation_id for question in members})
    ref, product = product_of(members, products)
    return MinedGroup(
        question=representative(members),
        variants=tuple(most_common(question.text for question in members)),
        count=count,
        share=round(count / conversations, 6) if conversations else 0.0,
        stage=stage_of(members, [answer.text for answer in answers]),
        product_ref=ref,
        product=product,
        dimension=dimension_of(members),
        answers=answers,
        questions=tuple(members),
    )


def representative(members: Sequence[AskedQuestion]) -> str:
    """The wording that stands for all: typical, complete, readable, and understood without the chat around it."""
    if len(members) == 1:
        return tidy_wording(members[0].normalised)
    cores = Counter(question.core for question in members)
    pairs = Counter(pair for question in members for pair in set(_pairs(question.core)))
    best: tuple[float, int, str] | None = None
    seen: set[str] = set()
    wordings = Counter(text_key(question.normalised) for question in members)
    for question in members:
        text = tidy_wording(question.normalised)
        if text in seen:
            continue
        seen.add(text)
        own = set(_pairs(question.core))
        typical = sum(pairs[pair] for pair in own) / max(1, len(own)) / len(members)
        size = len(text_key(text))
        score = 2 * typical + cores[question.core] / len(members)
        score += 0.1 * min(3, wordings[text_key(question.normalised)] - 1)
        score -= 0.4 * bool(_HALTING.search(text)) + 0.15 * text.endswith("么？")
        score -= 0.16 * max(0, 6 - size) + 0.03 * max(0, size - 18)
        score -= 0.8 * bool(PLACEHOLDER.search(text)) + 0.5 * bool(_LEANS_ON_BEFORE.search(text))
        score -= 0.4 * bool(_ONE_PERSON.search(text)) + 0.15 * ("，" in text)
        score += 0.3 * (kind_of(question.normalised) is Asking.QUESTION)
        rank = (score, -size, text)
        if best is None or rank > best:
            best = rank
    return best[2] if best else ""


def _pairs(core: str) -> list[str]:
    return [core[i : i + 2] for i in range(len(core) - 1)] or [core]


def tidy_wording(text: str) -> str:
    """A wording for a list: without trailing thanks, full-width stops, a question mark where it asks."""
    previous = None
    while previous != text:
        previous, text = text, _TAIL.sub("", text)
    bare = _NOISE_AHEAD.sub("", re.sub(r"\s*[?？]+\s*$", "", text))
    kind = kind_of(bare)
    asks = kind is Asking.QUESTION or (kind is Asking.NOTHING and bare != text)
    bare = bare.translate(_FULL_WIDTH).strip()
    return f"{bare}？" if asks and bare else bare
