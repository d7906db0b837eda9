"""The one clock. Times are UTC in the database and Asia/Shanghai on screen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def to_local(at: datetime) -> datetime:
    """The same moment as a clock in Shanghai shows it. A naive time is taken as UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(SHANGHAI)


def from_local(shown: datetime) -> datetime:
    """A time as read off a clock in Shanghai, as the moment in UTC."""
    return (shown if shown.tzinfo else shown.replace(tzinfo=SHANGHAI)).astimezone(UTC)


DAY_CUT = time(4)
"""A night shift belongs to the day on which it began: up to this hour the clock still counts as yesterday."""


def shift_date(at: datetime, cut: time = DAY_CUT) -> date:
    """The working day that a moment belongs to in Shanghai: 02:30 is still the day before, 04:00 is the new one."""
    return (to_local(at) - timedelta(hours=cut.hour, minutes=cut.minute)).date()


def shift_day_end(day: date, cut: time = DAY_CUT) -> datetime:
    """The moment in UTC at which a working day ends: ``cut`` of the next day in Shanghai."""
    return from_local(datetime.combine(day + timedelta(days=1), cut))
