"""Words of cases."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """A draft is its authors'; a published case is read by whoever is in its scope."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
