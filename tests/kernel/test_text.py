"""One writing for the same words, and where words end."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.text import cut, cut_many, normalise, normalise_many, to_simplified


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("請問什麼時候發貨", "请问什么时候发货"),
        ("乾淨、乾坤、後面、頭髮、發票", "干净、乾坤、后面、头发、发票"),
        ("ＡＢＣ１２３", "ABC123"),
        ("快(kuai)递到哪了", "快递到哪了"),
        ("快（kuài）递", "快递"),
        ("我的快递(kuai di)没到", "我的快递没到"),
        ("怎么(me)退(tui)货(huo)", "怎么退货"),
        ("退【tui】货", "退货"),
        ("运动鞋(nike)有货吗", "运动鞋(nike)有货吗"),
        ("码数(m)有吗", "码数(m)有吗"),
        ("码数(XL)有吗", "码数(XL)有吗"),
        ("iPhone(se)", "iPhone(se)"),
        ("发\u200b货\ufeff了", "发货了"),
        ("a\r\nb\tc\x00d", "a b c d"),
        ("  多  空格  ", "多 空格"),
        ("这\ufffd个坏了", "这个坏了"),
        ("", ""),
    ],
)
def test_normalise(written: str, meant: str) -> None:
    assert normalise(written) == meant


def test_simplified_leaves_simplified_alone() -> None:
    assert to_simplified("七天无理由退货 ABC") == "七天无理由退货 ABC"


@given(st.lists(st.text(), max_size=6))
def test_bulk_is_the_same_as_one_by_one(texts: list[str]) -> None:
    assert normalise_many(texts) == [normalise(text) for text in texts]


@given(st.text())
def test_normalised_text_has_no_line_breaks_or_invisible_characters(text: str) -> None:
    shown = normalise(text)
    assert shown == shown.strip()
    assert not set(shown) & set("\n\r\t\x00\u200b\ufeff\u2028")


def test_cut() -> None:
    assert cut("怎么申请退款") == ["怎么", "申请", "退款"]
    assert cut_many(["怎么退货", ""]) == [["怎么", "退货"], []]


def test_a_shop_s_own_words_stay_whole() -> None:
    assert "桂花乌龙冻干块" in cut("桂花乌龙冻干块怎么泡", words=["桂花乌龙冻干块"])
    assert "桂花乌龙冻干块" not in cut("桂花乌龙冻干块怎么泡")


def test_importing_loads_no_dictionary() -> None:
    code = "import sys, lms.kernel.text; print([m for m in ('jieba', 'rjieba', 'opencc') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
