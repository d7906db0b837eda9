"""How gains read on screen."""

from __future__ import annotations

from flask_babel import gettext as _

from quizzes.gains.core import Gain


def points(fraction: float | None) -> str:
    """0.125 → +12.5, in percentage points; 0.0 has no sign; — for none."""
    if fraction is None:
        return "—"
    shown = round(fraction * 100, 1)
    return f"{shown:+.1f}" if shown else "0.0"


def interval_text(one: Gain) -> str:
    """95% 区间 −2.8 至 +34.8, or nothing where there is none."""
    if one.low is None or one.high is None:
        return ""
    return _("95%% 区间 %(low)s 至 %(high)s", low=points(one.low), high=points(one.high))
