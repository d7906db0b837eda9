"""States of an item, and what a reviewer may decide."""

from __future__ import annotations

from enum import StrEnum


class ItemState(StrEnum):
    """draft waits for review; only accepted items can be drawn; retired ones stay readable and are drawn no more."""

    DRAFT = "draft"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RETIRED = "retired"


class Decision(StrEnum):
    """A line of an item's history."""

    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"
    RETIRED = "retired"
    RESTORED = "restored"
    UNDONE = "undone"


class RejectReason(StrEnum):
    """Why a draft is refused, in the order of the number keys."""

    WRONG_KEY = "wrong_key"
    SEVERAL_RIGHT = "several_right"
    UNCLEAR = "unclear"
    ONE_ORDER = "one_order"
    OUTDATED = "outdated"
    TRIVIAL = "trivial"
    DUPLICATE = "duplicate"
    OTHER = "other"
