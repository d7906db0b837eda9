"""The clock of an attempt, on the server alone: pure functions of its times."""

from datetime import datetime, timedelta

#: A save or a hand-in that left the browser in time may arrive this much later (slow shop Wi-Fi, a queue being resent).
GRACE = timedelta(seconds=15)


def deadline(
    started_at: datetime, *, limit_seconds: int | None, closes_at: datetime | None = None, extra_percent: int = 0
) -> datetime | None:
    """When it ends: start + limit (longer by `extra_percent`), but never after the quiz closes. None = no end."""
    ends = [closes_at] if closes_at is not None else []
    if limit_seconds is not None:
        ends.append(started_at + timedelta(seconds=round(limit_seconds * (100 + extra_percent) / 100)))
    return min(ends) if ends else None


def remaining_seconds(deadline_at: datetime | None, at: datetime) -> int | None:
    """Whole seconds left, never below 0; None without a deadline. The grace period is not part of it."""
    if deadline_at is None:
        return None
    return max(0, int((deadline_at - at).total_seconds()))


def takes_answers(deadline_at: datetime | None, at: datetime) -> bool:
    """Whether an answer that arrives at `at` still counts."""
    return deadline_at is None or at <= deadline_at + GRACE


def is_overdue(deadline_at: datetime | None, at: datetime) -> bool:
    """Whether the clock must hand the attempt in: exactly when it takes no more answers."""
    return not takes_answers(deadline_at, at)
