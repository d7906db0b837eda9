"""How effects read on screen, and where they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from lms.coaching.effects.models import LessonEffect

REVIEW_FROM = 40
"""From as many drawn cases on, "no effect seen" is worth a look at the lesson."""
REACH = 0.4
"""The axis runs from −40 to +40 percentage points."""


def points(share: float | None) -> str:
    """0.074 → +7.4, in percentage points; — for none."""
    if share is None:
        return "—"
    shown = round(share * 100, 1)
    return f"{shown:+.1f}".replace("-", "−") if shown else "0.0"


def percent(share: float | None) -> str:
    """0.8567 → 85.7 %."""
    return "—" if share is None else f"{100 * share:.1f}%"


def verdict(effect: LessonEffect) -> tuple[str, str]:
    """(words, colour) for what the interval says; never more than it says."""
    if effect.low is None or effect.high is None:
        return _("还不能下结论"), "secondary"
    if effect.low > 0:
        return _("有帮助"), "success"
    if effect.high < 0:
        return _("反而更差"), "danger"
    if effect.now_cases + effect.later_cases >= REVIEW_FROM:
        return _("看不出效果，建议复查内容"), "warning"
    return _("还看不出效果"), "secondary"


@dataclass(frozen=True)
class Whisker:
    """An interval on an axis of 100 units: where it begins, how wide it is, where its middle and zero stand."""

    left: float
    width: float
    middle: float
    zero: float = 50.0


def whisker(effect: LessonEffect) -> Whisker | None:
    """The interval as it is drawn; what lies beyond the axis is cut."""
    if effect.difference is None or effect.low is None or effect.high is None:
        return None

    def place(share: float) -> float:
        return round(50 + 50 * max(-1.0, min(1.0, share / REACH)), 2)

    left = place(effect.low)
    return Whisker(left, round(max(1.0, place(effect.high) - left), 2), place(effect.difference))
