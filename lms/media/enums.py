"""Kinds of uploaded files."""

from __future__ import annotations

from enum import StrEnum


class MediaKind(StrEnum):
    """What a file is, as its content tells."""

    PICTURE = "picture"
    VIDEO = "video"
    PDF = "pdf"
    WORD = "word"
    SLIDES = "slides"


class MediaState(StrEnum):
    """A document is PREPARING while a job makes pages of it; FAILED keeps the file for download and says why."""

    READY = "ready"
    PREPARING = "preparing"
    FAILED = "failed"
