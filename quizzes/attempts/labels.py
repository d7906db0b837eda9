"""Words on screen for attempts."""

from __future__ import annotations

import math
import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from lms.kernel.clock import to_local
from quizzes.attempts.enums import ClosedBy
from quizzes.attempts.models import Attempt
from quizzes.papers.policies import Refusal, Standing

OUTCOMES: dict[str, Any] = {
    "passed": _l("合格"),
    "failed": _l("不合格"),
    "waiting": _l("待阅卷"),
    "open": _l("作答中"),
}
OUTCOME_COLOURS = {"passed": "green", "failed": "red", "waiting": "orange", "open": "blue"}
CLOSED_BY: dict[ClosedBy, Any] = {ClosedBy.EXAMINEE: _l("本人交卷"), ClosedBy.CLOCK: _l("到时自动交卷")}


def outcome_of(attempt: Attempt) -> str:
    """passed, failed, waiting or open: the keys of OUTCOMES and of the results filter."""
    if attempt.is_open:
        return "open"
    if attempt.passed is None:
        return "waiting"
    return "passed" if attempt.passed else "failed"


def score_text(score: float | None) -> str:
    """0.7955 → 79.5%, 0.8 → 80%: cut, never rounded up, so that a failed score does not read like the cut score."""
    if score is None:
        return "—"
    tenths = math.floor(round(score * 1000, 6))
    return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths / 10:.1f}%"


def squeeze(html: str) -> Markup:
    """The markup without the blanks between tags: a paper of twenty questions is a fifth smaller. Text is untouched."""
    return Markup(re.sub(r">\s+<", "><", str(html)))  # noqa: S704  (a template's own output)


def refusal_text(judged: Standing) -> str:
    """Why an attempt can't be started, and when it can."""
    when = to_local(judged.next_start_at).strftime("%Y-%m-%d %H:%M") if judged.next_start_at else ""
    match judged.refusal:
        case Refusal.NOT_OPEN:
            return _("这个测验已关闭，不能再作答。")
        case Refusal.NOT_YET:
            return _("这个测验 %(when)s 开放。", when=when)
        case Refusal.ENDED:
            return _("这个测验的开放时间已结束。")
        case Refusal.NO_ATTEMPTS_LEFT:
            return _("作答次数已用完。")
        case Refusal.COOLDOWN:
            return _("两次作答之间要间隔一段时间，%(when)s 以后可以再次作答。", when=when)
        case None:
            return ""
