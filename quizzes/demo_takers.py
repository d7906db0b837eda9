"""How the demo's people answer: right, or wrong in a way that people are wrong. Pure, seeded."""

from __future__ import annotations

import random
import re
from typing import Any

from quizzes.types import QuestionType

_EVASIONS = (
    "亲，这个我帮您查询一下，请稍等哦",
    "具体以页面显示为准哦",
    "这个要看情况的，您放心",
    "好的亲，会尽快给您处理的",
)


def answer(
    kind: QuestionType, definition: dict[str, Any], *, ability: float, rng: random.Random
) -> dict[str, Any] | None:
    """What somebody of this ability (the chance of being right) answers; now and then nothing at all."""
    if rng.random() < ability:
        return dict(kind.key_response(definition))
    if rng.random() < 0.06:
        return None
    wrong = {"single": _single, "multiple": _multiple, "truefalse": _truefalse, "fill": _fill, "short": _short}
    make = wrong.get(kind.name)
    return make(definition, rng) if make else None


def _single(definition: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    return {"choice": rng.choice([o["id"] for o in definition["options"] if o["id"] != definition["key"]])}


def _multiple(definition: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    keys = list(definition["keys"])
    others = [o["id"] for o in definition["options"] if o["id"] not in keys]
    chosen = rng.sample(keys, rng.randint(1, len(keys) - 1)) if len(keys) > 1 else keys
    if others and rng.random() < 0.5:
        chosen.append(rng.choice(others))
    return {"choices": chosen}


def _truefalse(definition: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    return {"value": not definition["key"]}


def _fill(definition: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    return {"blanks": [_another(blank["accepted"][0], rng) for blank in definition["blanks"]]}


def _another(right: str, rng: random.Random) -> str:
    """Another figure where there is one, else a shrug."""
    if re.search(r"\d", right):
        return re.sub(r"\d+", lambda m: str(max(1, int(m.group()) + rng.choice((-5, -2, 3, 5, 12, 24)))), right)
    return rng.choice(("不清楚", "看情况", "都可以", "不一定"))


def _short(definition: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Half of the answer, or the phrase that gets an agent out of it."""
    clauses = [part for part in re.split(r"[，。；]", definition["model_answer"]) if part]
    if len(clauses) > 1 and rng.random() < 0.6:
        return {"text": "亲，" + "，".join(clauses[: max(1, len(clauses) // 2)])}
    return {"text": rng.choice(_EVASIONS)}
