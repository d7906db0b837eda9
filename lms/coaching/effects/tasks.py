"""What is worked out by itself."""

from __future__ import annotations

from datetime import datetime

from lms.coaching.effects.services import compute_due


def turn(at: datetime) -> None:
    """Keep the figures of the lessons fresh."""
    compute_due(at=at)
