# ruff: noqa: E501 - tables of Chinese sentences
"""Whole drafts from groups: all types, seeded, grounded, never a right answer among the wrong ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quizzes.drafting import TYPES, DraftItem, GroupSource, draft_items
from quizzes.drafting.gate import REASONS
from quizzes.types import BUILT_IN, registered

QUESTIONS = registered(BUILT_IN)
SHOP = [
    ("退款多久到账？", "亲，退款审核通过后48小时内原路退回哦", "aftersale"),
    ("电子发票怎么下载？", "您好，电子发票在订单详情页点击查看发票就能下载呢", "aftersale"),
    ("支持货到付款吗？", "抱歉哦亲，预售商品不支持货到付款的呢", "presale"),
    ("退货运费谁承担？", "质量问题的退货运费由卖家承担", "aftersale"),
    ("满多少包邮？", "全店满59元包邮，偏远地区除外", "presale"),
    ("价保多久？", "签收后15天内可以申请价格保护", "aftersale"),
    ("可以开专票吗？", "增值税专用发票需要先上传增票资质，审核通过后才可以选择", "presale"),
    ("会员可以免运费吗？", "会员每月可以领取5张运费券", "presale"),
    ("发票抬头错了能改吗？", "电子发票开具后可以换开抬头", "aftersale"),
    ("纸质发票什么时候寄？", "纸质发票不会随货寄出，签收后单独邮寄", "aftersale"),
    ("保修多久？", "您的订单今天已经发货了哦", "aftersale"),
    ("那个呢", "好的呢", "unknown"),
]


def groups() -> list[GroupSource]:
    return [
        GroupSource(number, question, (question,), (answer,), stage=stage, sources=((number, number * 10),), answer_sources=((number, number * 10 + 1),))
        for number, (question, answer, stage) in enumerate(SHOP, start=1)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def cut() -> Callable[[str], list[str]]:
    rjieba = pytest.importorskip("rjieba")
    return lambda text: list(rjieba.cut(text))


@pytest.fixture(scope="module")
def drafts(cut: Callable[[str], list[str]]) -> list[DraftItem]:
    return draft_items(groups(), cut=cut).items


def test_each_type_is_drafted_valid_and_cites_its_chats(drafts: list[DraftItem]) -> None:
    assert {draft.type for draft in drafts} == set(TYPES)
    for draft in drafts:
        assert QUESTIONS[draft.type].validate(draft.definition) == []
        assert (draft.group_key, draft.group_key * 10) in draft.sources
        assert any(message % 10 == 1 for _, message in draft.sources)
        assert draft.rationale and draft.group_key not in (11, 12)


def test_the_same_seed_gives_the_same_drafts(cut: Callable[[str], list[str]], drafts: list[DraftItem]) -> None:
    assert draft_items(groups(), cut=cut).items == drafts
    assert draft_items(groups(), cut=cut, seed=7).items != drafts


def test_no_wrong_option_was_ever_said_about_the_question(drafts: list[DraftItem]) -> None:
    """A wrong option is another group's answer, or no agent's sentence at all."""
    own = {number: answer for number, (_, answer, _) in enumerate(SHOP, start=1)}
    for draft in drafts:
        if draft.type == "single":
            wrong = [one["text"] for one in draft.definition["options"] if one["id"] != draft.definition["key"]]
            assert len(wrong) == 3
            assert not [text for text in wrong if text in own[draft.group_key]]


def test_a_single_item_as_worked_out_by_hand(drafts: list[DraftItem]) -> None:
    draft = next(one for one in drafts if one.type == "single" and one.group_key == 1)
    assert draft.key_text == "退款审核通过后48小时内原路退回"
    texts = {option["text"] for option in draft.definition["options"]}
    assert {"退款审核通过后24小时内原路退回", "退款审核通过后48小时内以优惠券形式退回"} < texts
    assert "「退款多久到账？」" in draft.stem and "48小时内原路退回" in draft.rationale


def test_a_blank_takes_equal_spans(drafts: list[DraftItem]) -> None:
    draft = next(one for one in drafts if one.type == "fill" and one.group_key == 1)
    assert draft.definition["text"] == "退款审核通过后____内原路退回"
    for text in ("48小时", "四十八个小时", "2天", "两天"):
        assert QUESTIONS["fill"].grade(draft.definition, {"blanks": [text]}).fraction == 1.0


def test_refusals_are_counted_by_known_reasons(cut: Callable[[str], list[str]]) -> None:
    result = draft_items(groups(), cut=cut, types=["single", "short"])
    assert set(result.rejected) <= set(REASONS)
    assert result.rejected["no_general_answer"] == 4
    assert set(result.by_type) <= {"single", "short"}


def test_agents_who_contradict_each_other_give_no_item(cut: Callable[[str], list[str]]) -> None:
    yes = GroupSource(1, "预售商品支持货到付款吗？", (), ("预售商品支持货到付款",), sources=((1, 1),))
    no = GroupSource(2, "能货到付款吗？", (), ("预售商品不支持货到付款的哦",), sources=((2, 2),))
    result = draft_items([yes, no], cut=cut)
    assert (result.items, result.rejected["conflicting_answers"]) == ([], 2)


def test_no_groups_no_drafts(cut: Callable[[str], list[str]]) -> None:
    result = draft_items([], cut=cut)
    assert (result.items, result.rejected, result.by_type) == ([], {}, {})


def test_truth_is_balanced(drafts: list[DraftItem]) -> None:
    keys = [draft.definition["key"] for draft in drafts if draft.type == "truefalse"]
    assert abs(keys.count(True) - keys.count(False)) <= 2
