"""The four blocks of the lesson dialect: what is read out of them, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.types.blocks import (
    Chat,
    Check,
    Checklist,
    Line,
    Prose,
    Rule,
    Speaker,
    Verdict,
    earliest_check,
    problems,
    split,
)


def test_a_chat_is_read_line_by_line() -> None:
    body = "前文\n\n```chat 反例 催单\n买家: 到哪了\n客服：在查\n稍等\n点评: 没说几点\n```\n后文"
    assert split(body) == [
        Prose(1, "前文\n"),
        Chat(
            3,
            Verdict.BAD,
            "催单",
            (
                Line(Speaker.BUYER, "买家", "到哪了"),
                Line(Speaker.AGENT, "客服", "在查\n稍等"),
                Line(Speaker.NOTE, "点评", "没说几点"),
            ),
        ),
        Prose(9, "后文"),
    ]


@pytest.mark.parametrize(
    ("info", "verdict", "title"),
    [
        ("chat", Verdict.PLAIN, ""),
        ("chat good", Verdict.GOOD, ""),
        ("对话 正例", Verdict.GOOD, ""),
        ("chat 退款 第二天", Verdict.PLAIN, "退款 第二天"),
    ],
)
def test_the_first_line_says_what_a_chat_shows(info: str, verdict: Verdict, title: str) -> None:
    (chat,) = split(f"```{info}\n买家: 在吗\n```")
    assert isinstance(chat, Chat)
    assert (chat.verdict, chat.title) == (verdict, title)


def test_rules_checks_and_checklists() -> None:
    rule = "```平台规则 2027-05-20\n第一段\n\n第二段\n```\n"
    check = "```自测\n问：一\nA. 甲\n答：二\n三\n\n问: 四\n答: 五\n```\n"
    body = rule + check + "```清单\n- [ ] 甲\n* 乙\n丙\n```"
    assert split(body) == [
        Rule(1, date(2027, 5, 20), ("第一段", "第二段")),
        Check(6, (("一\nA. 甲", "二\n三"), ("四", "五"))),
        Checklist(15, ("甲", "乙", "丙")),
    ]


def test_traditional_characters_read_the_same() -> None:
    body = "```對話 反例\n買家: 在嗎\n客服: 在\n點評：太短\n```\n```平台規則 2027-05-20\n七天\n```\n"
    body += "```自測\n問：甲？\n答：乙\n```"
    chat, rule, check = (part for part in split(body) if not isinstance(part, Prose))
    assert isinstance(chat, Chat) and chat.verdict is Verdict.BAD
    assert [line.speaker for line in chat.lines] == [Speaker.BUYER, Speaker.AGENT, Speaker.NOTE]
    assert isinstance(rule, Rule) and rule.check_by == date(2027, 5, 20)
    assert isinstance(check, Check) and check.pairs == (("甲？", "乙"),)


def test_other_fences_are_left_to_markdown() -> None:
    body = "```python\nx = 1\n```\n~~~chat\n买家: 在吗\n~~~\n  ```chat\n  买家: 在吗\n  ```"
    assert split(body) == [Prose(1, body)]


def test_a_block_shown_inside_a_longer_fence_is_text() -> None:
    body = "````\n```chat\n买家: 在吗\n```\n````\n"
    assert split(body) == [Prose(1, body)]


def test_a_longer_fence_is_not_closed_by_a_shorter_one() -> None:
    (chat,) = split("````chat\n买家: 看这个\n```\n客服: 看到了\n````")
    assert isinstance(chat, Chat)
    assert [line.text for line in chat.lines] == ["看这个\n```", "看到了"]


def test_windows_line_ends_read_the_same() -> None:
    body = "# 题\n```chat 正例\n买家: 在吗\n客服: 在的\n```\n"
    assert split(body.replace("\n", "\r\n")) == split(body)


def test_the_first_check_counts() -> None:
    rule = "```rule {}\n规则\n```\n"
    assert earliest_check(rule.format("2027-05-20") + rule.format("2026-12-01") + rule.format("")) == date(2026, 12, 1)
    assert earliest_check("没有规则") is None


@pytest.mark.parametrize(
    ("body", "line", "told"),
    [
        ("x\n```chat\n买家: 在吗", 2, "没有结束"),
        ("```chat\n点评: 没人说话\n```", 1, "对话里没有话"),
        ("```chat\n买家: \n客服:\n```", 1, "对话里没有话"),
        ("```平台规则\n48小时\n```", 1, "核对日期"),
        ("```平台规则 2027-13-40\n48小时\n```", 1, "核对日期"),
        ("\n\n```自测\n空的\n```", 3, "没有题"),
        ("```自测\n问：一\n```", 1, "缺问题或缺答案"),
        ("```清单\n\n```", 1, "清单是空的"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(body: str, line: int, told: str) -> None:
    (found,) = problems(body)
    assert found.line == line
    assert told in found.message


def test_a_sound_body_has_no_problems() -> None:
    assert problems("## 题\n\n```chat 正例\n买家: 在吗\n客服: 在的\n```\n") == []


PIECES = st.sampled_from(
    [
        "```",
        "````",
        "~~~",
        "chat",
        "```chat 正例",
        "```自测",
        "```清单",
        "```平台规则 2027-01-01",
        "买家: ",
        "问：",
        "答:",
        "a",
        "\n",
        "\r\n",
        " ",
        "- ",
    ]
)


@settings(deadline=None)  # other processes may hold the machine
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_is_lost_and_nothing_raises(body: str) -> None:
    parts = split(body)
    problems(body)
    lines = [part.line for part in parts]
    assert lines == sorted(lines)
    if not any(marker in body for marker in ("```chat", "```自测", "```清单", "```平台规则")):
        assert "".join("".join(part.text.split()) for part in parts if isinstance(part, Prose)) == "".join(body.split())
