"""Words on screen for quizzes."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.learning.enums import Dimension
from quizzes.papers.checking import Fault, Problem
from quizzes.papers.enums import Keep, QuizKind, QuizState, ShowAnswers

KINDS: dict[QuizKind, Any] = {QuizKind.QUIZ: _l("练习测验"), QuizKind.EXAM: _l("认证考试")}
STATES: dict[QuizState, Any] = {
    QuizState.DRAFT: _l("草稿"),
    QuizState.OPEN: _l("开放中"),
    QuizState.CLOSED: _l("已关闭"),
}
STATE_COLOURS = {QuizState.DRAFT: "secondary", QuizState.OPEN: "green", QuizState.CLOSED: "orange"}
KEEPS: dict[Keep, Any] = {Keep.BEST: _l("取最高分"), Keep.LAST: _l("取最后一次"), Keep.FIRST: _l("取第一次")}
SHOWS: dict[ShowAnswers, Any] = {
    ShowAnswers.AFTER_SUBMIT: _l("交卷后显示"),
    ShowAnswers.AFTER_PASS: _l("合格后显示"),
    ShowAnswers.NEVER: _l("不显示"),
}
DIMENSIONS: dict[Dimension, Any] = {
    Dimension.ATTITUDE: _l("态度"),
    Dimension.KNOWLEDGE: _l("知识"),
    Dimension.SKILL: _l("技能"),
}


def problem_text(problem: Problem) -> str:
    """A fault of the pool, in words for the trainer."""
    match problem.fault:
        case Fault.EMPTY:
            return _("备选题里还没有可以抽取的试题。")
        case Fault.BLUEPRINT_TOO_LARGE:
            return _(
                "各维度共要求 %(found)s 题，超过了每份试卷的 %(wanted)s 题。",
                found=problem.found,
                wanted=problem.wanted,
            )
        case Fault.TOO_FEW:
            return _(
                "每份试卷要 %(wanted)s 题，备选题只够抽 %(found)s 题（同一客户问题的试题不会同卷出现）。",
                wanted=problem.wanted,
                found=problem.found,
            )
        case Fault.TOO_FEW_OF_DIMENSION:
            return _(
                "%(dimension)s维度要 %(wanted)s 题，备选题只有 %(found)s 题。",
                dimension=DIMENSIONS[Dimension(problem.dimension)],
                wanted=problem.wanted,
                found=problem.found,
            )
        case Fault.TOO_FEW_FOR_PAIR if problem.dimension:
            return _(
                "前测和后测不能有相同的题：%(dimension)s维度两份试卷共要 %(wanted)s 个不同的问题，"
                "备选题只有 %(found)s 个，还差 %(missing)s 个。",
                dimension=DIMENSIONS[Dimension(problem.dimension)],
                wanted=problem.wanted,
                found=problem.found,
                missing=problem.wanted - problem.found,
            )
        case Fault.TOO_FEW_FOR_PAIR:
            return _(
                "前测和后测不能有相同的题：两份试卷共要 %(wanted)s 个不同的问题，"
                "备选题只够 %(found)s 个，还差 %(missing)s 个。",
                wanted=problem.wanted,
                found=problem.found,
                missing=problem.wanted - problem.found,
            )
        case Fault.UNDRAWABLE:
            return _(
                "%(n)s 道备选题暂时不会被抽到：已过期、已停用，或题型插件未启用。", n=problem.wanted - problem.found
            )
        case Fault.NO_SPARE:
            return _("备选题刚好够一份试卷，每个人抽到的题都一样。")
