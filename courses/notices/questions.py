"""The short check below a notice: reading its text form, and judging answers. Pure.

    问：新规下，揽收时限从什么时候算起？
    + 买家付款成功
    - 商家打印面单
    - 快递员上门

Each question has one right answer (+) and one to five wrong ones (-).
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

MOST_QUESTIONS = 5
MOST_WRONG = 5
ASKS = re.compile(r"^\s*(?:问|問|Q)\s*[:：]\s*(.+)$")
OPTION = re.compile(r"^\s*([+\-＋－])\s*(.+)$")


@dataclass(frozen=True)
class Question:
    """A question with its right answer and the wrong ones."""

    stem: str
    right: str
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A question as the reader gets it: options in an order of their own, each named by a code that tells nothing."""

    stem: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Read:
    """The questions of a text, and what is wrong with it: (line, sentence)."""

    questions: tuple[Question, ...]
    problems: tuple[tuple[int, str], ...]


def read_questions(text: str) -> Read:
    """The questions of a text. An empty text has none and no problem."""
    found: list[tuple[int, str, list[str], list[str]]] = []
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if asks := ASKS.match(line):
            found.append((number, asks[1].strip(), [], []))
        elif (option := OPTION.match(line)) and found:
            (found[-1][2] if option[1] in "+＋" else found[-1][3]).append(option[2].strip())
        else:
            problems.append((number, _("这一行看不懂：问题以“问：”开头，正确选项以 + 开头，错误选项以 - 开头。")))
    for number, _stem, right, wrong in found:
        if len(right) != 1:
            problems.append((number, _("每道题要有且只有一个正确选项（以 + 开头）。")))
        if not 1 <= len(wrong) <= MOST_WRONG:
            problems.append((number, _("每道题要有 1–%(n)s 个错误选项（以 - 开头）。", n=MOST_WRONG)))
        if len({*right, *wrong}) < len(right) + len(wrong):
            problems.append((number, _("有两个选项一模一样。")))
    if len(found) > MOST_QUESTIONS:
        problems.append((found[MOST_QUESTIONS][0], _("最多 %(n)s 道题，确认通知要短。", n=MOST_QUESTIONS)))
    questions = tuple(
        Question(stem, right[0], tuple(wrong)) for _line, stem, right, wrong in found if len(right) == 1 and wrong
    )
    return Read(questions, tuple(sorted(problems)))


def write_questions(questions: Sequence[Question]) -> str:
    """The text form again."""
    return "\n\n".join(
        "\n".join([f"问：{q.stem}", f"+ {q.right}", *(f"- {option}" for option in q.wrong)]) for q in questions
    )


def code_of(stem: str, option: str) -> str:
    """A name for an option that does not tell whether it is right."""
    return hashlib.sha256(f"{stem}\n{option}".encode()).hexdigest()[:12]


def show_questions(questions: Sequence[Question], *, seed: int) -> tuple[Shown, ...]:
    """The questions with their options shuffled, the same way for the same seed."""
    lots = random.Random(seed)  # noqa: S311  (an order of options, no secret)
    shown = []
    for question in questions:
        options = [question.right, *question.wrong]
        lots.shuffle(options)
        shown.append(Shown(question.stem, tuple((code_of(question.stem, option), option) for option in options)))
    return tuple(shown)


def judge(questions: Sequence[Question], answers: Mapping[int, str]) -> tuple[bool, ...]:
    """Whether each question, by its position, was answered with the code of its right option."""
    return tuple(answers.get(i) == code_of(q.stem, q.right) for i, q in enumerate(questions))
