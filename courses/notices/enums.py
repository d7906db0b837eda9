"""Words of notices."""

from __future__ import annotations

from enum import StrEnum


class NoticeState(StrEnum):
    """A draft is its author's; a closed notice is kept for looking up and asks nobody any more."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
