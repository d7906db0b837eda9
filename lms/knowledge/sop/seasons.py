"""Which version holds on a day, and when an entry is to be looked at again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol, TypeVar

REVIEW_EVERY = timedelta(days=15)
"""Twice a month."""


class Dated(Protocol):
    """A version, as far as its days go."""

    @property
    def number(self) -> int: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


def holds_on(version: Dated, day: date) -> bool:
    """Whether the day is among its days; both ends count."""
    return version.valid_from <= day and (version.valid_until is None or day <= version.valid_until)


def version_in_force(versions: Sequence[D], day: date) -> D | None:
    """The version that holds on ``day``; None before the first one starts.

    A variant with an end (大促版) goes before the everyday one while its days last, also when the everyday one is
    newer; among variants, and among everyday versions, the newest holds.
    """
    fitting = [one for one in versions if holds_on(one, day)]
    return max(fitting, key=lambda one: (one.valid_until is not None, one.number), default=None)


def upcoming(versions: Sequence[D], day: date) -> list[D]:
    """Versions that start after ``day``, the next first."""
    return sorted((one for one in versions if one.valid_from > day), key=lambda one: (one.valid_from, one.number))


def next_review(day: date) -> date:
    """When an entry that was looked at on ``day`` is due again."""
    return day + REVIEW_EVERY
