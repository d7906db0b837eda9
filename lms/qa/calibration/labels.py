"""How agreement reads on screen."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.qa.enums import CalibrationKind, CalibrationState
from lms.qa.statistics.agreement import LEAST_FOR_INTERVAL, Agreement, Bias

KINDS = {CalibrationKind.SHARED: _l("共同评分"), CalibrationKind.REGRADE: _l("复评")}
STATES = {CalibrationState.OPEN: (_l("评分中"), "blue"), CalibrationState.CLOSED: (_l("已结束"), "secondary")}


def coefficient(value: float | None) -> str:
    """0.5454 → 0.55; — for none."""
    return "—" if value is None else f"{value:.2f}".replace("-", "−")


def share(value: float | None) -> str:
    """0.75 → 75%."""
    return "—" if value is None else f"{100 * value:.0f}%"


def bias_text(one: Bias) -> str:
    """+12%: gives that much more than the others, as a share of the scale."""
    shown = round(100 * one.mean)
    return f"{shown:+d}%".replace("-", "−") if shown else "0%"


def reading(found: Agreement) -> tuple[str, str]:
    """(words, colour) for a coefficient, by Krippendorff's own marks: 0.8 is reliable, from 0.667 on tentative.

    Of fewer chats than an interval asks for nothing is said: one difference would decide.
    """
    if found.share == 1:
        return _("全部相同"), "green"
    if found.alpha is None or found.n < LEAST_FOR_INTERVAL:
        return _("会话太少"), "secondary"
    alpha = found.alpha
    if alpha >= 0.8:
        return _("一致"), "green"
    if alpha >= 0.667:
        return _("基本一致"), "blue"
    if (found.share or 0) >= 0.9:  # where hardly anything is faulted, a single difference makes the coefficient small
        return _("扣分太少，系数不稳"), "secondary"
    return _("分歧大"), "orange"
