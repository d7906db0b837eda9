"""Words of signed checklists."""

from __future__ import annotations

from enum import StrEnum


class SignVerdict(StrEnum):
    """What the lead saw on the job: it is done as it should be, or it is to be done again."""

    OK = "ok"
    REDO = "redo"
