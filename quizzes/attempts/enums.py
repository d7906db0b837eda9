"""States of an attempt."""

from enum import StrEnum


class AttemptState(StrEnum):
    """An attempt is open until it is handed in, by its owner or by the clock."""

    OPEN = "open"
    SUBMITTED = "submitted"


class ClosedBy(StrEnum):
    """Who handed the attempt in."""

    EXAMINEE = "examinee"
    CLOCK = "clock"
