"""Times as exports write them: read off a clock in Shanghai, kept in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from lms.kernel.clock import from_local

_EIGHT_HOURS = timedelta(hours=8)
_LOOSE = re.compile(
    r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(?:(上午|下午|晚上|AM|PM)\s*)?(\d{1,2})[:：时](\d{1,2})分?(?:[:：]?(\d{1,2})秒?)?(?:\.\d+)?)?\s*$"
)
CLOCK = re.compile(r"\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$")


def parse_time(text: str) -> datetime | None:
    """The moment in UTC, or None when ``text`` is no date with an optional time of day."""
    try:
        if len(text) == 19 and text[4] == "-" and text[10] in " T":
            at = datetime.fromisoformat(text)
        elif len(text) > 19 and text[4] == "-" and (text[-1] == "Z" or "+" in text[19:]):
            return datetime.fromisoformat(text).astimezone(UTC)
        else:
            found = _loose(text)
            if found is None:
                return None
            at = found
    except (ValueError, OverflowError):
        return None
    # China has kept one clock, eight hours ahead, since 1992.
    return from_local(at) if at.year < 1992 else (at - _EIGHT_HOURS).replace(tzinfo=UTC)


def _loose(text: str) -> datetime | None:
    match = _LOOSE.match(text)
    if match is None:
        return _compact(text.strip())
    year, month, day, half, hour, minute, second = match.groups()
    hours = int(hour or 0)
    if half in ("下午", "晚上", "PM") and hours < 12:
        hours += 12
    return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0))


def _compact(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, or YYYYMMDDhhmmss."""
    if not text.isdigit():
        return None
    if len(text) == 14 and text[:2] in ("19", "20"):
        return datetime.strptime(text, "%Y%m%d%H%M%S")
    if len(text) in (10, 13):
        moment = datetime.fromtimestamp(int(text[:10]), UTC)
        return moment.replace(tzinfo=None) + _EIGHT_HOURS
    return None


def local_day(at: datetime) -> str:
    """The day in Shanghai on which ``at`` falls, YYYY-MM-DD."""
    return (at + _EIGHT_HOURS).strftime("%Y-%m-%d")
