"""Words of notices on screen."""

from __future__ import annotations

from flask_babel import gettext as _

from courses.notices.enums import NoticeState


def state_label(state: NoticeState) -> tuple[str, str]:
    """(text, colour of the badge)."""
    labels = {
        NoticeState.DRAFT: (_("草稿"), "secondary"),
        NoticeState.PUBLISHED: (_("已发布"), "green"),
        NoticeState.CLOSED: (_("已结束"), "secondary"),
    }
    return labels[state]
