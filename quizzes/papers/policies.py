"""The policy of a quiz as a value: frozen on each attempt, and what follows from it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from quizzes.papers.enums import Keep, ShowAnswers


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides a score and what its owner may see; a copy stands on every attempt.

    `cut_score` is a fraction. `None` means without limit. `type_marks` gives the full mark of an item by its type (1
    where nothing is said). Without `partial_credit` an answer that is not fully right earns nothing, except where a
    person marks it.
    """

    cut_score: float = 0.8
    time_limit_seconds: int | None = None
    attempts_allowed: int | None = None
    cooldown_seconds: int = 0
    keep: Keep = Keep.BEST
    show_answers: ShowAnswers = ShowAnswers.AFTER_SUBMIT
    shuffle_items: bool = True
    shuffle_options: bool = True
    partial_credit: bool = True
    type_marks: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form that is stored."""
        return {**asdict(self), "keep": self.keep.value, "show_answers": self.show_answers.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Policy":
        """Read a stored policy: a missing field has its default, an unknown one is passed over."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        if "keep" in known:
            known["keep"] = Keep(known["keep"])
        if "show_answers" in known:
            known["show_answers"] = ShowAnswers(known["show_answers"])
        return cls(**known)

    def full_mark(self, type_name: str) -> float:
        """The full mark of an item of this type."""
        return float(self.type_marks.get(type_name, 1.0))


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier attempt, as far as the policies ask. `score` is None while it waits for a marker."""

    number: int
    score: float | None
    passed: bool | None
    submitted_at: datetime | None = None


_P = TypeVar("_P", bound=Past)


def kept(attempts: Sequence[_P], keep: Keep) -> _P | None:
    """The submitted attempt that counts, or None while the one that decides waits for a marker.

    Best is the highest score, the earlier one among equals; attempts that wait for a marker do not compete yet.
    """
    done = sorted((one for one in attempts if one.submitted_at is not None), key=lambda one: one.number)
    if not done:
        return None
    if keep is Keep.BEST:
        scored = [one for one in done if one.score is not None]
        return max(scored, key=lambda one: (one.score or 0.0, -one.number)) if scored else None
    decisive = done[0] if keep is Keep.FIRST else done[-1]
    return decisive if decisive.score is not None else None


class Refusal(StrEnum):
    """Why an attempt can't be started now."""

    NOT_OPEN = "not_open"
    NOT_YET = "not_yet"
    ENDED = "ended"
    NO_ATTEMPTS_LEFT = "no_attempts_left"
    COOLDOWN = "cooldown"


@dataclass(frozen=True, slots=True)
class Window:
    """When a quiz can be taken; `is_open` is its state, the times are optional."""

    is_open: bool
    opens_at: datetime | None = None
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a person may start now, and how many attempts remain (None = without limit)."""

    refusal: Refusal | None
    attempts_left: int | None
    next_start_at: datetime | None = None

    @property
    def may_start(self) -> bool:
        """No reason speaks against it."""
        return self.refusal is None


def standing(
    policy: Policy,
    window: Window,
    *,
    used: int,
    last_submitted_at: datetime | None,
    at: datetime,
    extra_attempts: int = 0,
) -> Standing:
    """Judge a start at `at`, after `used` attempts of which the last was handed in at `last_submitted_at`."""
    allowed = None if policy.attempts_allowed is None else policy.attempts_allowed + extra_attempts
    left = None if allowed is None else max(0, allowed - used)
    if not window.is_open:
        return Standing(Refusal.NOT_OPEN, left)
    if window.opens_at is not None and at < window.opens_at:
        return Standing(Refusal.NOT_YET, left, window.opens_at)
    if window.closes_at is not None and at >= window.closes_at:
        return Standing(Refusal.ENDED, left)
    if left == 0:
        return Standing(Refusal.NO_ATTEMPTS_LEFT, 0)
    if last_submitted_at is not None and policy.cooldown_seconds:
        free_at = last_submitted_at + timedelta(seconds=policy.cooldown_seconds)
        if at < free_at:
            return Standing(Refusal.COOLDOWN, left, free_at)
    return Standing(None, left)
