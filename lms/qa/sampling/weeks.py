"""Weeks of sampling: from Monday 04:00 in Shanghai, so that a night shift stays in the week in which it began."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lms.kernel.clock import shift_date, shift_day_end

DAYS = 7
_SHORTEST = 3  # days: who gets a chat to check has at least these


def week_of(at: datetime) -> date:
    """The Monday of the week that a moment belongs to."""
    day = shift_date(at)
    return day - timedelta(days=day.weekday())


def week_bounds(week: date) -> tuple[datetime, datetime]:
    """[since, until) of the week, in UTC."""
    return shift_day_end(week - timedelta(days=1)), shift_day_end(week + timedelta(days=DAYS - 1))


def begun_share(week: date, at: datetime) -> float:
    """How much of the week has begun, in days of seven: 0 before it, 1 from its last day on."""
    days = (shift_date(at) - week).days + 1
    return min(max(days, 0), DAYS) / DAYS


def due_of(at: datetime) -> datetime:
    """When what is put into the queue at ``at`` is to be checked: the end of its week, or of the next when that is
    near. The same for every source, so that it tells nothing of the source."""
    _since, until = week_bounds(week_of(at))
    return until if until - at >= timedelta(days=_SHORTEST) else until + timedelta(days=DAYS)
