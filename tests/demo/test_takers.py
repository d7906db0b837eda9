"""The demo's people answer right or wrong as often as their ability says."""

from __future__ import annotations

import random
from typing import Any

import pytest

from quizzes.demo_takers import answer
from quizzes.types import BUILT_IN, QuestionType

DEFINITIONS: dict[str, dict[str, Any]] = {
    "single": {"options": [{"id": x, "text": f"选项{x}"} for x in "abc"], "key": "b"},
    "multiple": {"options": [{"id": x, "text": f"选项{x}"} for x in "abcd"], "keys": ["a", "c"]},
    "truefalse": {"key": False},
    "fill": {"text": "付款后 ____ 小时内发货，走____", "blanks": [{"accepted": ["48"]}, {"accepted": ["中通"]}]},
    "short": {
        "model_answer": "非常抱歉，签收48小时内拍照发我，核实后补发或退款。",
        "points": [{"id": "p1", "text": "道歉", "mark": 1, "keywords": ["抱歉"]}],
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", BUILT_IN, ids=lambda kind: kind.name)
def test_the_able_are_right_and_the_unable_wrong(kind: QuestionType) -> None:
    definition = DEFINITIONS[kind.name]
    assert kind.validate(definition) == []
    for seed in range(60):
        right = answer(kind, definition, ability=1.0, rng=random.Random(seed))
        assert kind.grade(definition, right).fraction == (None if kind.name == "short" else 1.0)
        wrong = answer(kind, definition, ability=0.0, rng=random.Random(seed))
        fraction = kind.grade(definition, wrong).fraction
        assert fraction is None or fraction < 1.0
        assert kind.name == "short" or fraction is not None


def test_wrong_short_answers_miss_something_and_some_are_left_empty() -> None:
    kind = next(kind for kind in BUILT_IN if kind.name == "short")
    definition = DEFINITIONS["short"]
    given = [answer(kind, definition, ability=0.0, rng=random.Random(seed)) for seed in range(200)]
    assert 2 <= given.count(None) <= 30
    texts = {one["text"] for one in given if one}
    assert len(texts) >= 4
    assert definition["model_answer"] not in texts
