"""Questions that ask the same thing land in one group, others do not."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.mining import group_questions
from quizzes.mining.linkage import average_linkage, number_groups
from quizzes.mining.vectors import char_grams, vectorise
from quizzes.mining.wording import fold, guard_of, text_key
from tests.bench.fit_grouping import b_cubed, load


def test_simplified_traditional_and_damaged_wordings_are_one_group() -> None:
    texts = [
        "怎么退货",
        "怎麼退貨",
        "怎么(me)退(tui)货(huo)？",
        "怎 么 退 货",
        "怎么退\u200b货！",
        "什么时候发货",
        "甚麼時候發貨",
    ]
    assert group_questions(texts)[:5] == [0] * 5
    assert group_questions(texts)[5] == 1


def test_paraphrases_group_and_other_questions_stay_apart() -> None:
    texts = ["怎么申请退款", "如何申请退款？", "可以开发票吗", "能开发票吗", "什么时候发货", "啥时候发货呀", "保修多久"]
    assert group_questions(texts) == [0, 0, 1, 1, 2, 2, 3]


def test_another_number_is_another_question() -> None:
    groups = group_questions(["500毫升的杯子多少钱一个", "1000毫升的杯子多少钱一个"])
    assert groups[0] != groups[1]


def test_degenerate_input() -> None:
    assert group_questions([]) == []
    assert group_questions(["退货"]) == [0]
    assert group_questions(["", "", " ", "退货", "退货"]) == [0, 0, 0, 1, 1]
    assert group_questions(["？？？", "!!!", "👌", "a" * 5000]) == [0, 1, 2, 3]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="退换货款怎么能吗发票a1 ？", max_size=12), max_size=30))
def test_every_text_has_a_group_and_equal_texts_share_it(texts: list[str]) -> None:
    groups = group_questions(texts)
    assert len(groups) == len(texts)
    assert groups == number_groups(groups)  # numbered in order of first appearance
    for text, group in zip(texts, groups, strict=True):
        assert groups[texts.index(text)] == group
    assert group_questions(texts) == groups


def test_many_wordings_of_few_questions_make_no_giant_group() -> None:
    things = ["退货运费", "发票抬头", "保修期限", "安装费用", "会员积分", "优惠券", "配送范围", "颜色尺码"]
    texts = [
        f"{head}{thing}{tail}{mark}"
        for thing in things
        for head in ("请问", "你好", "我想问一下", "")
        for tail in ("怎么算", "如何计算", "是怎么算的", "怎样算")
        for mark in ("", "？", "呢", "呀")
    ]
    groups = group_questions(texts)
    size = len(texts) // len(things)
    assert max(Counter(groups).values()) == size
    for place in range(len(things)):
        assert len(set(groups[place * size : (place + 1) * size])) == 1


def test_average_linkage_by_hand() -> None:
    # 0-1 join at 0.9. 2 joins them at (0.8 + 0.2) / 2 = 0.5; 3 only sees 2: (0 + 0 + 0.9) / 3 = 0.3 stays out.
    pairs = [(0, 1, 0.9), (0, 2, 0.8), (1, 2, 0.2), (2, 3, 0.85)]
    assert average_linkage(4, [(0, 1, 0.9), (0, 2, 0.8), (1, 2, 0.2)], 0.5) == [0, 0, 0, 1]
    assert average_linkage(4, pairs, 0.5) == [0, 0, 1, 1]
    assert average_linkage(4, pairs, 0.3) == [0, 0, 1, 1]  # (0.8 + 0.2 + 0 + 0) / 4 = 0.25
    assert average_linkage(4, pairs, 0.25) == [0, 0, 0, 0]


def test_a_chain_of_neighbours_does_not_become_one_group() -> None:
    chain = [(i, i + 1, 0.9) for i in range(99)]
    assert max(Counter(average_linkage(100, chain, 0.4)).values()) <= 4


def test_tfidf_by_hand() -> None:
    # Over the features 退 (both texts), 货 and 款 (one each): idf(退) is the floor 0.1, idf(货) = ln 2 / ln 3 + 0.1.
    vectors = vectorise(*char_grams(["退货", "退款"], (1,)), 2)
    rare = np.log(2) / np.log(3) + 0.1
    expected = 0.1**2 / (0.1**2 + rare**2)
    assert abs(float((vectors.tfidf[0] @ vectors.tfidf[1].T).toarray()[0, 0]) - expected) < 1e-6


def test_folding_and_guards() -> None:
    assert fold(text_key("请问，如何申请换货？")) == fold(text_key("请问怎样申请调换"))
    assert guard_of("不能退吗", fold("不能退吗")).negated
    assert not guard_of("能不能退", fold("能不能退")).negated
    assert guard_of("保修两年吗", "保修两年吗").numbers == guard_of("保修2年吗", "保修2年吗").numbers


def test_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, quizzes.mining, quizzes.mining.services, quizzes.mining.views\n"
        "print([m for m in ('numpy', 'scipy', 'sklearn', 'jieba', 'rjieba', 'opencc') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_research_groups_reach_the_bar(shared_data: Path) -> None:
    rows = [(text, group["group"]) for group in load() for text in group["equivalent"]]
    found = group_questions([text for text, _ in rows])
    assert b_cubed([label for _, label in rows], found)[2] >= 0.88
    assert max(Counter(found).values()) < 40


def test_b_cubed_by_hand() -> None:
    # Items a a b, found {a, b} {a}: precision (1/2 + 1 + 1/2) / 3, recall (1/2 + 1/2 + 1) / 3.
    precision, recall, f1 = b_cubed([0, 0, 1], [0, 1, 0])
    assert (round(precision, 4), round(recall, 4), round(f1, 4)) == (0.6667, 0.6667, 0.6667)
