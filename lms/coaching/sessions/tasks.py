"""What sessions do by themselves."""

from __future__ import annotations

from datetime import datetime

from lms.coaching.sessions.telling import remind_unsigned


def remind(at: datetime) -> None:
    """Once a session: a signature has been lacking for 48 hours."""
    remind_unsigned(at=at)
