"""Work that the job process does by itself."""

from __future__ import annotations

from datetime import datetime

from lms.qa.evaluations import services

BATCH = 200


def settle_due(at: datetime) -> None:
    """Settle results whose time to answer is over."""
    services.settle_due(at=at, limit=BATCH)
