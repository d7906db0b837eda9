"""The one clock. Times are UTC in the database and Asia/Shanghai on screen."""

from __future__ import annotations

from datetime import UTC, datetime
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
