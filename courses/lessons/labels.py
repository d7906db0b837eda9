"""Words of lessons as the team says them."""

from __future__ import annotations

from flask_babel import gettext as _

from courses.lessons.enums import LessonState, ReadingState, ReviewAction
from lms.learning.enums import Dimension


def dimension_label(dimension: Dimension) -> str:
    """态度, 知识 or 技能."""
    labels = {Dimension.ATTITUDE: _("态度"), Dimension.KNOWLEDGE: _("知识"), Dimension.SKILL: _("技能")}
    return labels[dimension]


def dimension_hint(dimension: Dimension) -> str:
    """What the dimension is about, in a line."""
    hints = {
        Dimension.ATTITUDE: _("怎么看待买家和自己的工作"),
        Dimension.KNOWLEDGE: _("规则、物流与商品，说得出依据"),
        Dimension.SKILL: _("接待、拒绝和处理投诉的做法"),
    }
    return hints[dimension]


def state_label(state: LessonState) -> tuple[str, str]:
    """(text, colour of the badge)."""
    labels = {
        LessonState.DRAFT: (_("草稿"), "secondary"),
        LessonState.PUBLISHED: (_("已发布"), "green"),
        LessonState.ARCHIVED: (_("已归档"), "secondary"),
    }
    return labels[state]


def reading_label(state: ReadingState) -> tuple[str, str]:
    """(text, colour of the badge)."""
    labels = {
        ReadingState.UNREAD: (_("未读"), "secondary"),
        ReadingState.READING: (_("在读"), "blue"),
        ReadingState.DONE: (_("已读完"), "green"),
    }
    return labels[state]


def action_label(action: ReviewAction) -> tuple[str, str]:
    """(text, colour of the badge)."""
    labels = {
        ReviewAction.SUBMITTED: (_("送审"), "blue"),
        ReviewAction.RETURNED: (_("退回"), "orange"),
        ReviewAction.APPROVED: (_("通过并发布"), "green"),
        ReviewAction.WITHDRAWN: (_("撤回"), "secondary"),
    }
    return labels[action]
