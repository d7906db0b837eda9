"""Words of mining that the database knows too."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """When in a purchase it is asked."""

    PRESALE = "presale"
    INSALE = "insale"
    AFTERSALE = "aftersale"
    UNKNOWN = "unknown"


class GroupState(StrEnum):
    """active: in the list; hidden: a person said it is not a question; retired: no longer in the chats."""

    ACTIVE = "active"
    HIDDEN = "hidden"
    RETIRED = "retired"
