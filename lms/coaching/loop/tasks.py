"""What the loop does by itself."""

from __future__ import annotations

from datetime import datetime

from lms.coaching.loop.follow_services import conclude_due
from lms.coaching.loop.services import wake_due


def turn(at: datetime) -> None:
    """Give out lessons whose delay is over; judge cases whose follow-up is over."""
    wake_due(at=at)
    conclude_due(at=at)
