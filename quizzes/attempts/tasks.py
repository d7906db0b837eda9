"""Work that the job process does by itself."""

from __future__ import annotations

from datetime import datetime

from quizzes.attempts.closing import close_overdue


def close_overdue_attempts(at: datetime) -> None:
    """Hand in attempts whose time ran out while nobody looked."""
    close_overdue(at=at)
