"""What a rule makes of an agent's checks, what follows a lesson, and when a fault counts as mended. Pure; no database.

Worked examples stand in tests/coaching/loop/test_deciding.py.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from lms.coaching.enums import ActOn, Arm, CaseState, Help, RuleKind
from lms.qa.statistics.intervals import wilson

SAME_LESSON_AT_MOST = 2
"""The same lesson is not given to somebody a third time for the same fault: another kind of help is proposed."""

RELAPSED_AT = 2
"""As many faults among the follow-up checks say that the fault has come back; one alone says nothing yet."""


@dataclass(frozen=True)
class RuleSettings:
    """A rule as it decides; frozen on each case. See ``LoopRule`` for what the figures mean."""

    active: bool = True
    kind: RuleKind = RuleKind.IN_A_ROW
    fails: int = 2
    last: int = 2
    act_on: ActOn = ActOn.CONFIRMED
    due_days: int = 7
    cooldown_days: int = 14
    follow_up_checks: int = 5
    follow_up_days: int = 14
    delay_days: int = 0
    lesson_id: int | None = None
    quiz_id: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As a case and the log of changes keep it."""
        return asdict(self)

    @classmethod
    def of(cls, row: Any) -> RuleSettings:
        """The settings of a ``LoopRule``, or of the dictionary that a case keeps."""
        given = row if isinstance(row, dict) else {field.name: getattr(row, field.name) for field in fields(cls)}
        values = {field.name: given[field.name] for field in fields(cls) if field.name in given}
        if "kind" in values:
            values["kind"] = RuleKind(values["kind"])
        if "act_on" in values:
            values["act_on"] = ActOn(values["act_on"])
        return cls(**values)


@dataclass(frozen=True)
class Check:
    """One scored line of an agent on a criterion. ``failed`` None: it counts neither way (disputed, not decided yet,
    or not the person's fault)."""

    line_id: int
    failed: bool | None


@dataclass(frozen=True)
class Seen:
    """What a rule saw: ``fails`` of ``checks`` counted ones, of which it needs ``needed``; and which lines they are."""

    met: bool
    fails: int
    checks: int
    needed: int
    line_ids: tuple[int, ...] = ()


def look(rule: RuleSettings, checks: Sequence[Check], line_id: int) -> Seen:
    """Whether the fault ``line_id`` meets the rule, given the checks since the last case, in order of the chats.

    In a row: it stands in a run of at least ``fails`` faults. Of the last: some ``last`` checks one after the other,
    of which it is one, hold at least ``fails`` faults (fewer checks than ``last`` count as what they are). What counts
    neither way is stepped over, and it does not matter in which order faults were confirmed.
    """
    counted = [check for check in checks if check.failed is not None]
    at = next((place for place, check in enumerate(counted) if check.line_id == line_id), None)
    if at is None or not counted[at].failed:
        return Seen(False, 0, len(counted), rule.fails)
    if rule.kind is RuleKind.IN_A_ROW:
        first = last = at
        while first > 0 and counted[first - 1].failed:
            first -= 1
        while last + 1 < len(counted) and counted[last + 1].failed:
            last += 1
        best = counted[first : last + 1]
    else:
        starts = range(max(0, at - rule.last + 1), at + 1)
        best = max((counted[start : start + rule.last] for start in starts), key=lambda window: _fails(window))
    fails = _fails(best)
    idents = tuple(check.line_id for check in best if check.failed)
    return Seen(fails >= rule.fails, fails, len(best), rule.fails, idents)


def _fails(checks: Sequence[Check]) -> int:
    return sum(check.failed is True for check in checks)


def draw_arm(rule: RuleSettings, seed: str) -> tuple[Arm, int]:
    """By lot: the lesson at once, or later; and how many days the comparison of this case runs.

    Every case of an experiment has a length of its own, drawn between half of ``delay_days`` and all of it, in both
    arms. Within it those who wait have no lesson yet. The same seed gives the same lot.
    """
    if rule.delay_days == 0:
        return Arm.NONE, 0
    lot = random.Random(seed)  # noqa: S311  a lot, not a secret
    arm = Arm.NOW if lot.random() < 0.5 else Arm.LATER
    return arm, lot.randint(math.ceil(rule.delay_days / 2), rule.delay_days)


@dataclass(frozen=True)
class Verdict:
    """How a case ends. ``state`` None: it goes on. The true share of kept checks lies in [low, high] (95 %)."""

    state: CaseState | None
    passes: int
    checks: int
    low: float
    high: float


def judge(checks: Sequence[Check], wanted: int, *, over: bool) -> Verdict:
    """What the follow-up checks say. ``over``: no more will come in the time that the rule gives.

    ``wanted`` kept checks out of as many look fixed (never "fixed": the interval says how sure that is); two faults
    are a relapse at once; anything else that is over, or whose checks are all in, is not enough to tell. What is still
    undecided (a dispute, the agent's answer) is waited for.
    """
    counted = [check for check in checks if check.failed is not None]
    fails = _fails(counted)
    passes, n = len(counted) - fails, len(counted)
    low, high = wilson(passes, n)
    waiting = len(checks) > n

    def verdict(state: CaseState | None) -> Verdict:
        return Verdict(state, passes, n, low, high)

    if fails >= RELAPSED_AT:
        return verdict(CaseState.RELAPSED)
    if waiting or (n < wanted and not over):
        return verdict(None)
    if n >= wanted and fails == 0:
        return verdict(CaseState.FIXED)
    return verdict(CaseState.UNCLEAR)


@dataclass(frozen=True)
class Given:
    """Help that somebody was given before for the same fault."""

    help: Help
    lesson_id: int | None


@dataclass(frozen=True)
class Proposal:
    """What to do now: a lesson, or another kind of help. ``used_up``: lessons that were given twice already."""

    help: Help
    lesson_id: int | None = None
    used_up: tuple[int, ...] = ()


def propose(given: Sequence[Given], lessons: Sequence[int]) -> Proposal:
    """The next help: the best lesson that was not given twice yet, then practice, a look at the SOP, a lighter load.

    ``lessons`` stand in order of preference. Lessons never given come before one given once. The last kind of help
    repeats: somebody has to talk about it.
    """
    times = {lesson_id: sum(one.lesson_id == lesson_id for one in given) for lesson_id in lessons}
    used_up = tuple(lesson_id for lesson_id in lessons if times[lesson_id] >= SAME_LESSON_AT_MOST)
    open_ones = [lesson_id for lesson_id in lessons if lesson_id not in used_up]
    others = [one.help for one in given if one.help is not Help.LESSON]
    if open_ones and not others:
        return Proposal(Help.LESSON, min(open_ones, key=lambda lesson_id: times[lesson_id]), used_up)
    ladder = [Help.PRACTICE, Help.SOP_CHECK, Help.LIGHTER_LOAD]
    fresh = [help_ for help_ in ladder if help_ not in others]
    return Proposal(fresh[0] if fresh else Help.LIGHTER_LOAD, None, used_up)
