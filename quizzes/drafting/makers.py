"""One item of each type from a candidate group, or the reason why not."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

from quizzes.drafting.blanking import blank
from quizzes.drafting.distractors import changed_of, foreign, own_changes
from quizzes.drafting.facts import quantities
from quizzes.drafting.pool import (
    TOPIC_LABELS,
    Candidate,
    Pool,
    Statement,
    comparable,
    names_product,
    subject_of,
    topic_of,
)
from quizzes.drafting.sources import DraftItem, Source
from quizzes.drafting.topics import POLICY, likeness, terms
from quizzes.types.choice import Multiple, Single
from quizzes.types.protocol import make_options

STAGES = {"presale": "售前", "insale": "售中", "aftersale": "售后"}


class Refused(Exception):
    """No item of this type can be made; the argument is a reason of `gate.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def scene(candidate: Candidate, rng: random.Random) -> str:
    """The customer's own question as a scene, with the product or stage where the chat tells."""
    assert candidate.question is not None
    group, text = candidate.group, candidate.question.text
    if group.product and candidate.question.needs_product:
        return f"顾客在咨询商品“{_short(group.product)}”时问：「{text}」"
    stage = STAGES.get(group.stage, "")
    openings = [f"顾客问：「{text}」", f"有顾客来问：「{text}」", f"接待中，顾客问：「{text}」"]
    if stage:
        openings += [f"{stage}接待中，顾客问：「{text}」", f"一位{stage}顾客问：「{text}」"]
    if group.product:
        openings = [
            f"顾客咨询“{_short(group.product)}”：「{text}」",
            f"关于“{_short(group.product)}”，顾客问：「{text}」",
        ]
    return rng.choice(openings)


def single(candidate: Candidate, pool: Pool, rng: random.Random, turn: int = 0) -> DraftItem:
    """The customer's question with its real answer; wrong are changed facts and real answers to other questions."""
    if candidate.answering:
        key = _turn(candidate.answering, turn)
        wrong = own_changes(key, 2)
        if not wrong and candidate.question and candidate.question.kind in ("polar", "time", "amount", "who"):
            raise Refused("no_changed_fact")
        wrong += foreign(candidate, key, pool, rng, 3 - len(wrong))
        if len(wrong) < 3:
            raise Refused("too_few_distractors")
        ask = rng.choice(
            ["以下哪种回复正确？", "你应该怎样回复？", "下面哪个回复符合本店的规定？", "哪一条回复是对的？"]
        )
        stem = f"{scene(candidate, rng)}{ask}"
        return _item("single", stem, _choice([key.text], wrong[:3], rng), candidate, [key], _because(key, candidate))
    key = _standing(candidate, pool, turn)
    topic = topic_of(key)
    if not topic or not key.changes:
        raise Refused("unclear_stem" if candidate.question is None else "answer_off_question")
    wrong = own_changes(key, 1)
    for _, change in changed_of(topic, key, pool, rng):
        if len(wrong) < 3 and all(likeness(change.text, text) < 0.7 for text in [key.text, *wrong]):
            wrong.append(change.text)
    if len(wrong) < 3:
        raise Refused("too_few_distractors")
    about = TOPIC_LABELS[topic]
    stem = rng.choice(
        [
            f"关于{about}，以下哪种说法正确？",
            f"顾客问到{about}时，下面哪句话可以这样答？",
            f"下面哪一条{about}方面的说法是对的？",
        ]
    )
    return _item("single", stem, _choice([key.text], wrong[:3], rng), candidate, [key], _because(key, candidate))


def multiple(candidate: Candidate, pool: Pool, rng: random.Random, turn: int = 0) -> DraftItem:
    """True rules on one subject from real answers, among others with one fact changed."""
    if turn:
        raise Refused("too_few_facts")
    key = _standing(candidate, pool)
    topic = topic_of(key)
    if not topic or pool.uses[key.text] >= 2:
        raise Refused("too_few_facts")
    others = [one for one in candidate.statements if one is not key and one in pool.rules and topic in one.topics]
    more = [one for one in pool.rules if comparable(key, one, topic) and one.group.key != candidate.group.key]
    rng.shuffle(more)
    more = sorted(
        (one for one in more if pool.uses[one.text] < 2), key=lambda one: (pool.uses[one.text], bool(one.changes))
    )
    right = [key]
    for one in [*others, *more]:
        if len(right) < 2 + rng.randint(0, 1) and all(likeness(one.text, known.text) < 0.45 for known in right):
            right.append(one)
    wrong: list[str] = []
    used: list[Statement] = []
    for other, change in changed_of(topic, key, pool, rng):
        if (
            len(wrong) < 2
            and other not in right
            and all(likeness(change.text, text) < 0.6 for text in [*wrong, *(one.text for one in right)])
        ):
            wrong.append(change.text)
            used.append(other)
    if len(wrong) < 2 and key.changes and all(likeness(key.changes[0].text, text) < 0.6 for text in wrong):
        spare = [one for one in right if one is not key]
        if len(spare) >= 2:
            right, used = spare, [*used, key]
            wrong.append(key.changes[0].text)
    if len(right) < 2 or not wrong or len(right) + len(wrong) < 4:
        raise Refused("too_few_facts")
    for one in [*right, *used]:
        pool.uses[one.text] += 1
    about = TOPIC_LABELS[topic]
    stem = rng.choice(
        [
            f"关于{about}，以下哪些说法正确？（多选）",
            f"顾客问到{about}，下面哪些话可以这样答？（多选）",
            f"下面哪些{about}方面的说法是对的？（多选）",
        ]
    )
    rationale = (
        "；".join(f"「{one.text}」" for one in right)
        + "，都是客服的真实答复。"
        + "".join(f"错项的正确说法：「{one.text}」。" for one in used)
    )
    return _item(
        "multiple",
        stem,
        _choice([one.text for one in right], wrong[:2], rng, several=True),
        candidate,
        [*right, *used],
        rationale,
    )


def truefalse(candidate: Candidate, pool: Pool, rng: random.Random, turn: int = 0, *, want: bool) -> DraftItem:
    """A rule as it was said, or with one fact changed. `want` is the key that balances the batch."""
    statement = _turn(candidate.answering, turn) if candidate.answering else _standing(candidate, pool, turn)
    in_scene = bool(candidate.answering) and (not statement.alone or rng.random() < 0.5)
    if not in_scene and not statement.alone:
        raise Refused("unclear_stem")
    if not in_scene and not _placed(statement):
        raise Refused("unclear_stem")
    key = want or not statement.changes
    change = None if key else rng.choice(statement.changes[:2])
    text = statement.text if change is None else change.text
    if in_scene:
        stem = f"{scene(candidate, rng)}客服回复：「{text}」{rng.choice(['这样回复对吗？', '这个回复正确吗？'])}"
    else:
        about = _about(statement)
        stem = about + rng.choice([f"判断对错：{text}。", f"这句话对不对：{text}。", f"可以对顾客这样说吗：「{text}」"])
    reason = _because(statement, candidate)
    if change:
        reason = f"错在“{change.new or change.text}”：{reason}" if change.new else f"这句话说反了：{reason}"
    return _item("truefalse", stem, {"key": key}, candidate, [statement], reason)


def fill(candidate: Candidate, pool: Pool, rng: random.Random, turn: int = 0) -> DraftItem:
    """A rule with its telling fact left out: a quantity, a term, or which way it goes."""
    ranked = [
        *candidate.answering[:2],
        *(
            one
            for one in candidate.statements
            if one.alone and one not in candidate.answering[:2] and pool.may_stand(one, candidate.group)
        ),
    ]
    for statement in ranked[turn : turn + 3]:
        found = blank(statement, candidate.question.text if candidate.question else "")
        if found is None:
            continue
        text, accepted, hint = found
        if statement in candidate.answering:
            stem = f"{scene(candidate, rng)}把客服的回复补充完整{hint}。"
        elif statement.alone and _placed(statement):
            stem = _about(statement) + rng.choice(
                [f"按本店客服的答复，把这句话补充完整{hint}。", f"填空：把本店的规定补充完整{hint}。"]
            )
        else:
            continue
        definition = {"text": text, "blanks": [{"accepted": accepted}]}
        return _item(
            "fill", stem, definition, candidate, [statement], _because(statement, candidate), key_text=accepted[0]
        )
    raise Refused("nothing_to_blank" if candidate.statements else "no_general_answer")


def short(candidate: Candidate, pool: Pool, rng: random.Random, turn: int = 0) -> DraftItem:
    """The customer's words to answer, with the real answer as model and its facts as key points."""
    if turn:
        raise Refused("too_few_points")
    if candidate.question is None:
        return _outline(candidate, pool, rng)
    if not candidate.answering:
        raise Refused("answer_off_question")
    chosen = [candidate.answering[0]]
    for one in candidate.answering[1:]:
        if len(chosen) < 3 and all(likeness(one.text, known.text) < 0.4 for known in chosen):
            chosen.append(one)
    facts = [part for one in chosen for part in _clauses(one.text)]
    if not facts or sum(len(part) for part in facts) < 14 or pool.match(candidate.question.text, chosen[0]) < 1.4:
        raise Refused("too_few_points")
    known = terms(candidate.question.text, pool.cut)
    points: list[dict[str, Any]] = []
    for part in facts[:3]:
        words = [match.group().replace(" ", "") for match in quantities(part)] + sorted(
            terms(part, pool.cut) - known, key=part.find
        )
        points.append(
            {"id": f"p{len(points) + 1}", "text": f"说明：{part}", "mark": 2.0, "keywords": words[:4] or [part]}
        )
    courtesy = {"text": "有礼貌，正面回答顾客的问题", "mark": 1.0, "keywords": ["您好", "亲", "您", "请", "抱歉"]}
    points.append({"id": f"p{len(points) + 1}", **courtesy})
    model = "您好，" + "；".join(one.text for one in chosen) + "。"
    ask = rng.choice(["请写出你的回复。", "你会怎样回复？请写出完整的话术。", "请写一段回复给顾客。"])
    return _item(
        "short",
        f"{scene(candidate, rng)}{ask}",
        {"model_answer": model, "points": points},
        candidate,
        chosen,
        _because(chosen[0], candidate),
    )


def _outline(candidate: Candidate, pool: Pool, rng: random.Random) -> DraftItem:
    """The rules of the house on one subject, to be told in one's own words."""
    rules = [one for one in candidate.statements if one.alone and pool.may_stand(one, candidate.group)][:3]
    subject = subject_of(rules[0].text, rules[0].topics) if rules else ""
    if subject not in POLICY or len(rules) < 2:
        raise Refused("unclear_stem")
    points: list[dict[str, Any]] = []
    for one in rules:
        words = [match.group().replace(" ", "") for match in quantities(one.text)] + sorted(
            one.terms, key=one.text.find
        )
        points.append(
            {"id": f"p{len(points) + 1}", "text": f"说明：{one.text}", "mark": 2.0, "keywords": words[:4] or [one.text]}
        )
    about, count = TOPIC_LABELS[subject], {2: "两", 3: "三"}[len(points)]
    stem = rng.choice(
        [
            f"有顾客来咨询{about}。请写一段回复，说清本店在{about}方面的规定（至少{count}点）。",
            f"新同事问你：顾客问到{about}，有哪些规定要讲清楚？请写出至少{count}点。",
        ]
    )
    model = "您好，" + "；".join(one.text for one in rules) + "。"
    rationale = "要点都来自客服的真实答复：" + "；".join(f"「{one.text}」" for one in rules) + "。"
    definition = {"model_answer": model, "points": points}
    return _item("short", stem, definition, candidate, rules, rationale, key_text=model)


def _clauses(text: str) -> list[str]:
    """A long sentence in its facts; a condition stays with what it conditions."""
    parts = re.split(r"[，；;,]", text)
    if (
        len(parts) < 2
        or any(len(part) < 6 for part in parts)
        or re.search(r"如果|若|的话|时$|后$|只要|否则|才", parts[0])
        or any(re.match(r"为了|确实|所以|因此|由于|因为|届时|到时", part) for part in parts)
    ):
        return [text]
    return parts if len(parts) <= 3 else [text]


def _placed(statement: Statement) -> bool:
    """Whether one can tell of what a sentence is true: a house rule, or a product that it or its chat names."""
    policy = bool(statement.topics) and statement.topics <= POLICY
    return policy or bool(statement.group.product) or names_product(statement.text)


def _about(statement: Statement) -> str:
    """The product or the subject, where a sentence does not name it."""
    if statement.group.product and not statement.topics <= POLICY and not names_product(statement.text):
        return f"关于商品“{_short(statement.group.product)}”，"
    subject = subject_of(statement.text, statement.topics)
    if subject in POLICY and not any(word in statement.text for word in re.split("与|和", TOPIC_LABELS[subject])):
        return f"关于{TOPIC_LABELS[subject]}，"
    return ""


def _turn(statements: Sequence[Statement], turn: int) -> Statement:
    """The next statement of a list for a further item of the same type."""
    if turn >= len(statements):
        raise Refused("no_general_answer")
    return statements[turn]


def _standing(candidate: Candidate, pool: Pool, turn: int = 0) -> Statement:
    if not candidate.statements:
        raise Refused("no_general_answer")
    alone = [one for one in candidate.statements if one.alone and pool.may_stand(one, candidate.group)]
    if not alone:
        raise Refused("answer_off_question")
    return _turn(sorted(alone, key=lambda one: (-one.answer.count, not one.changes)), turn)


def _choice(right: Sequence[str], wrong: Sequence[str], rng: random.Random, *, several: bool = False) -> dict[str, Any]:
    texts = [*right, *wrong]
    rng.shuffle(texts)
    options = make_options(texts)
    ids = {option["text"]: option["id"] for option in options}
    if several:
        return {"options": options, "keys": [ids[text] for text in right], "scoring": "partial", "shuffle": True}
    return {"options": options, "key": ids[right[0]], "shuffle": True}


def _because(statement: Statement, candidate: Candidate) -> str:
    asked = candidate.question.text if candidate.question else ""
    said = f"客服的真实答复是「{statement.text}」。"
    return f"顾客问「{asked}」时，{said}" if asked and statement in candidate.answering else said


def _item(
    kind: str,
    stem: str,
    definition: dict[str, Any],
    candidate: Candidate,
    used: Sequence[Statement],
    rationale: str,
    key_text: str = "",
) -> DraftItem:
    sources: list[Source] = []
    for one in used:
        for source in [one.answer.source] if one.answer.source else list(one.group.sources[:2]):
            if source and source not in sources:
                sources.append(source)
    for source in candidate.group.sources[:2]:
        if source not in sources:
            sources.append(source)
    if not key_text:
        key_text = {"single": Single().key_text, "multiple": Multiple().key_text}.get(kind, lambda _: used[0].text)(
            definition
        )
    return DraftItem(
        kind, stem, definition, rationale, candidate.group.key, tuple(sources[:8]), candidate.group.dimension, key_text
    )


def _short(product: str) -> str:
    return product if len(product) <= 24 else product[:23] + "…"
