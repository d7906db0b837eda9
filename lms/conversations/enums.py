"""Words of the conversations package that the database knows too."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    AGENT = "agent"
    ROBOT = "robot"
    SYSTEM = "system"


class MessageKind(StrEnum):
    """What a message is: only ``text`` is somebody's own words."""

    TEXT = "text"
    IMAGE = "image"
    LINK = "link"
    CARD = "card"
    EMOTICON = "emoticon"


class ImportState(StrEnum):
    """Where an import stands. ``choice`` waits for a person to name the format or to map columns."""

    WAITING = "waiting"
    RUNNING = "running"
    CHOICE = "choice"
    DONE = "done"
    FAILED = "failed"
