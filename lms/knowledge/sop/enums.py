"""Kinds of entries."""

from __future__ import annotations

from enum import StrEnum


class SopKind(StrEnum):
    """A SOP answers a question; a script is words to send as they stand."""

    SOP = "sop"
    SCRIPT = "script"


class Resolution(StrEnum):
    """What became of a wrong flag."""

    CHANGED = "changed"
    KEPT = "kept"
