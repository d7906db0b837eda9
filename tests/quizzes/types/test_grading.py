# ruff: noqa: E501 - tables of Chinese sentences
"""Grading, presenting and parsing of the built-in question types."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from quizzes.types import BUILT_IN, DuplicateQuestionType, registered
from quizzes.types.normalising import fold
from quizzes.types.protocol import make_options, option_id

TYPES = registered(BUILT_IN)
# A machine that runs other things too must not fail a test for being slow.
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
OPTIONS = make_options(["七天内可以", "十五天内可以", "不可以", "联系厂家"])
A, B, C, D = (option["id"] for option in OPTIONS)
SINGLE = {"options": OPTIONS, "key": B}
MULTIPLE = {"options": OPTIONS, "keys": [A, B], "scoring": "partial"}
STRICT = MULTIPLE | {"scoring": "all_or_nothing"}
FILL = {
    "text": "审核后 ____ 到账，运费由____承担",
    "blanks": [{"accepted": ["48小时", "2天"]}, {"accepted": ["卖家", "商家"]}],
}
POINTS = [
    {"id": "p1", "text": "先致歉", "mark": 1, "keywords": ["抱歉", "对不起"]},
    {"id": "p2", "text": "给出时限", "mark": 2, "keywords": ["48小时"]},
]
SHORT = {"model_answer": "很抱歉，退款会在48小时内到账。", "points": POINTS}
DEFINITIONS = [
    ("single", SINGLE),
    ("multiple", MULTIPLE),
    ("multiple", STRICT),
    ("truefalse", {"key": True}),
    ("fill", FILL),
    ("short", SHORT),
]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from([A, B, C, "zz"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)
responses = json_values | st.fixed_dictionaries(
    {},
    optional={
        "choice": json_values,
        "choices": json_values,
        "value": json_values,
        "blanks": json_values,
        "text": json_values,
    },
)


@pytest.mark.parametrize(("name", "definition"), DEFINITIONS)
@relaxed
@given(response=responses)
def test_no_response_makes_grading_raise_or_leave_the_scale(
    name: str, definition: dict[str, Any], response: Any
) -> None:
    grade = TYPES[name].grade(definition, response)
    assert grade.fraction is None or 0.0 <= grade.fraction <= 1.0
    assert grade == TYPES[name].grade(definition, response)
    json.dumps(grade.detail)
    TYPES[name].response_text(definition, response)


@pytest.mark.parametrize(("name", "definition"), DEFINITIONS)
@relaxed
@given(definition_noise=json_values, response=responses)
def test_a_broken_definition_is_reported_and_does_not_raise(
    name: str, definition: dict[str, Any], definition_noise: Any, response: Any
) -> None:
    for field in definition:
        broken = definition | {field: definition_noise}
        assert isinstance(TYPES[name].validate(broken), list)
        TYPES[name].grade(broken, response)
        TYPES[name].present(broken, [])


@pytest.mark.parametrize(("name", "definition"), DEFINITIONS)
def test_the_key_earns_everything_and_nothing_earns_nothing(name: str, definition: dict[str, Any]) -> None:
    one = TYPES[name]
    assert one.validate(definition) == []
    assert one.grade(definition, one.key_response(definition)).fraction == (None if name == "short" else 1.0)
    assert one.grade(definition, None).fraction == 0.0
    assert one.grade(definition, {}).fraction == 0.0


@relaxed
@given(seed=st.integers(), response=st.sets(st.sampled_from([A, B, C, D])))
def test_neither_option_order_nor_order_of_ticks_changes_a_grade(seed: int, response: set[str]) -> None:
    shuffled = list(OPTIONS)
    random.Random(seed).shuffle(shuffled)
    ticks = sorted(response)
    one = TYPES["multiple"].grade(MULTIPLE, {"choices": ticks})
    other = TYPES["multiple"].grade(MULTIPLE | {"options": shuffled}, {"choices": ticks[::-1]})
    assert one == other


@pytest.mark.parametrize(
    ("choices", "partial", "strict"),
    [([A, B], 1.0, 1.0), ([A], 0.5, 0.0), ([A, C], 0.0, 0.0), ([A, B, C], 0.5, 0.0), ([A, B, C, D], 0.0, 0.0), ([C], 0.0, 0.0),
     ([A, B, "forged"], 0.5, 0.0), ([A, A, B], 1.0, 1.0)],
)  # fmt: skip
def test_partial_credit_is_right_minus_wrong(choices: list[str], partial: float, strict: float) -> None:
    assert TYPES["multiple"].grade(MULTIPLE, {"choices": choices}).fraction == partial
    assert TYPES["multiple"].grade(STRICT, {"choices": choices}).fraction == strict


@pytest.mark.parametrize(
    "text",
    ["48小时", "48 小时", "４８小时", "四十八小时", "48個小時", "48h", "48 hours", " 48小时。", "2天", "两天", "二日"],
)
def test_a_blank_takes_any_spelling_of_its_answer(text: str) -> None:
    assert TYPES["fill"].grade(FILL, {"blanks": [text, "賣家"]}).fraction == 1.0


@pytest.mark.parametrize("text", ["4.8小时", "84小时", "48", "48天", "", "。", "48小时或72小时"])
def test_a_blank_takes_no_other_answer(text: str) -> None:
    assert TYPES["fill"].grade(FILL, {"blanks": [text, "商家"]}).fraction == 0.5


@pytest.mark.parametrize(
    ("one", "other"),
    [("３－５个工作日", "3到5工作日"), ("￥10", "10元"), ("10块钱", "十元"), ("一百二十毫升", "120ML"), ("1,299元", "1299 元"), ("2.50升", "2.5L"),
     ("二〇二六", "2026"), ("１.５公斤", "1.5 KG"), ("支持", "支 持"), ("一个月", "1月")],
)  # fmt: skip
def test_folding_joins_spellings(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.5", "15"), ("3-5天", "35天"), ("7天", "7周"), ("5元", "5升"), ("3天", "13天"), ("10个工作日", "10天")],
)
def test_folding_keeps_different_answers_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@relaxed
@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_that_matters(text: str) -> None:
    assert fold(text) == fold(text.strip())


@pytest.mark.parametrize(("name", "definition"), DEFINITIONS)
@relaxed
@given(seed=st.integers())
def test_the_examinee_never_gets_a_key(name: str, definition: dict[str, Any], seed: int) -> None:
    one = TYPES[name]
    order = one.arrange(definition, random.Random(seed))
    shown = one.present(definition, order)
    assert order == one.arrange(definition, random.Random(seed))
    assert not {"key", "keys", "accepted", "points", "model_answer", "scoring"} & set(json.loads(json.dumps(shown)))
    text = json.dumps(shown, ensure_ascii=False)
    assert "48小时" not in text and "很抱歉" not in text
    for option in shown.get("options", []):
        assert set(option) == {"id", "text"}
    if name in ("single", "multiple"):
        assert [option["id"] for option in shown["options"]] == order and sorted(order) == sorted([A, B, C, D])


def test_ids_tell_nothing_and_stay_when_options_move() -> None:
    assert make_options(["甲", "乙"])[0] == make_options(["丙", "甲"])[1]
    assert option_id("甲", {option_id("甲")}) != option_id("甲")


@pytest.mark.parametrize(
    ("name", "definition", "form", "expected"),
    [
        ("single", SINGLE, [("answer", B)], {"choice": B}),
        ("single", SINGLE, [("answer", "forged")], None),
        ("multiple", MULTIPLE, [("answer", C), ("answer", A), ("answer", "forged")], {"choices": [A, C]}),
        ("multiple", MULTIPLE, [], None),
        ("truefalse", {"key": True}, [("answer", "false")], {"value": False}),
        ("truefalse", {"key": True}, [("answer", "maybe")], None),
        ("fill", FILL, [("answer", " 48小时 ")], {"blanks": ["48小时", ""]}),
        ("fill", FILL, [("answer", ""), ("answer", " ")], None),
        ("short", SHORT, [("answer", " 您好\r\n已处理 ")], {"text": "您好\n已处理"}),
    ],
)
def test_a_form_becomes_a_response(
    name: str, definition: dict[str, Any], form: list[tuple[str, str]], expected: Any
) -> None:
    assert TYPES[name].parse(MultiDict(form), definition) == expected


def test_an_edit_form_becomes_a_definition() -> None:
    form = MultiDict(
        [("option_id", A), ("option_text", "七天内可以，需保持完好"), ("option_id", ""), ("option_text", ""), ("option_id", ""), ("option_text", "不可以"),
         ("key", "2"), ("key", "0"), ("shuffle", "1"), ("scoring", "all_or_nothing")]
    )  # fmt: skip
    read = TYPES["multiple"].read_definition(form)
    assert [option["text"] for option in read["options"]] == ["七天内可以，需保持完好", "不可以"]
    assert read["options"][0]["id"] == A
    assert read["keys"] == [option["id"] for option in read["options"]]
    assert TYPES["multiple"].validate(read) == []
    assert TYPES["single"].read_definition(form)["key"] == A
    fill = TYPES["fill"].read_definition(
        MultiDict([("text", "在______内到账"), ("accepted", "48小时 | 两天｜2天"), ("accepted", "")])
    )
    assert fill == {"text": "在____内到账", "blanks": [{"accepted": ["48小时", "两天", "2天"]}]}
    short = TYPES["short"].read_definition(
        MultiDict(
            [
                ("model_answer", "抱歉"),
                ("point_text", "致歉"),
                ("point_mark", "２"),
                ("point_keywords", "抱歉|对不起"),
                ("point_text", ""),
            ]
        )
    )
    assert short["points"] == [{"id": "p1", "text": "致歉", "mark": 2.0, "keywords": ["抱歉", "对不起"]}]


@pytest.mark.parametrize(
    ("name", "definition", "problem"),
    [
        ("single", SINGLE | {"key": "zz"}, "请选定一个正确答案"),
        ("single", {"options": OPTIONS[:1], "key": A}, "选项要有 2 到 8 个"),
        (
            "single",
            {"options": [{"id": "1", "text": "可以"}, {"id": "2", "text": "可 以"}], "key": "1"},
            "有两个选项内容相同",
        ),
        ("multiple", MULTIPLE | {"keys": []}, "请至少勾选一个正确答案"),
        ("multiple", MULTIPLE | {"keys": [A]}, "多选题至少要有两个正确答案，只有一个请改用单选"),
        ("truefalse", {}, "请选定这句话是对还是错"),
        ("fill", FILL | {"text": "只有____一个空"}, "句子里有 1 个空，却给了 2 组答案"),
        ("fill", FILL | {"blanks": [{"accepted": ["。"]}, {"accepted": ["商家"]}]}, "第 1 个空没有答案"),
        ("short", SHORT | {"points": []}, "请至少写一个得分点"),
        ("short", SHORT | {"points": [POINTS[0] | {"mark": 0}]}, "得分点的分值要大于 0"),
    ],
)
def test_faults_are_named(name: str, definition: dict[str, Any], problem: str) -> None:
    assert problem in TYPES[name].validate(definition)


def test_the_marker_sees_which_points_are_hit() -> None:
    from quizzes.types.written import Short

    hits = Short().suggest(SHORT, {"text": "對不起，退款要审核"})
    assert [(hit.point_id, hit.hit, hit.evidence) for hit in hits] == [("p1", True, "对不起"), ("p2", False, "")]
    assert not any(hit.hit for hit in Short().suggest(SHORT, None))


def test_two_types_of_one_name_are_refused() -> None:
    with pytest.raises(DuplicateQuestionType, match="single"):
        registered([*BUILT_IN, BUILT_IN[0]])
