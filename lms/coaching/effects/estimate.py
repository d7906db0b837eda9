"""What a lesson does, told honestly. Pure; SciPy only where the interval is worked out, so for jobs, not for pages.

A case begins with faults in a row. Whoever is picked in a bad week does better in the next one, lesson or not, so that
before and after show a gain that no lesson made (regression to the mean). Therefore each case is drawn by lot: the
lesson at once, or after a short random delay (``loop.deciding.draw_arm``). Until the end of that delay the two halves
differ in nothing but the lesson, and their shares of kept checks are compared as drawn, whatever came of the lesson
(finished late, never opened): that is what giving it out brings, a little less than what having done it brings.

How long the delay should be (tests/bench/bench_effect.py; 60 agents, 26 weeks, 5 checks a week, passing 85 %, lessons
finished within 7 days; 1,000 runs each). Fourteen days are the shortest that find 10 points most of the time; a fault
left alone for three weeks is too long for a shop.

    delay_days                                          7      10      14      21
    null lesson: before and after                   +12.6   +12.6   +12.7   +12.7   points
    null lesson: interval holds 0                      95      94      94      96   % of runs
    lesson worth 5 points: interval above 0            11      17      27      38   % of runs
    lesson worth 10 points: interval above 0           32      60      86      97   % of runs
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lms.coaching.enums import Arm

LEAST_CASES = 20
"""Fewer cases in a half than this say nothing."""
LEAST_AGENTS = 10
"""The interval counts agents, not checks; with fewer in a half it would promise too much."""
DEFAULT_DELAY_DAYS = 14


@dataclass(frozen=True)
class TrialCase:
    """One drawn case: checks in its window, and those of as many days before the faults and after the lesson."""

    agent_id: int
    arm: Arm
    passes: int
    checks: int
    before_passes: int = 0
    before_checks: int = 0
    after_passes: int = 0
    after_checks: int = 0


@dataclass(frozen=True)
class ArmFigures:
    """A half of the draw: cases with at least one check, their checks, and the share that was kept."""

    cases: int
    agents: int
    checks: int
    share: float | None


@dataclass(frozen=True)
class Naive:
    """The same cases before and after, which flatters every lesson; shares, None without checks."""

    cases: int
    before: float | None
    after: float | None

    @property
    def gain(self) -> float | None:
        return self.after - self.before if self.before is not None and self.after is not None else None


@dataclass(frozen=True)
class Effect:
    """``difference`` (share, now − later) and its 95 % interval are None as long as a half is too small to tell."""

    now: ArmFigures
    later: ArmFigures
    naive: Naive
    difference: float | None = None
    low: float | None = None
    high: float | None = None


def estimate(cases: Sequence[TrialCase], *, least: int = LEAST_CASES, least_agents: int = LEAST_AGENTS) -> Effect:
    """The lesson's effect on the share of kept checks, with an interval that knows how checks cluster.

    A half's share is that of all its checks. A check of a case resembles the others of that case, and the cases of one
    agent resemble each other, also across the halves: so the agents are the independent units. With w the checks of a
    case, W those of its half and e = passes − w · share of its half, agent g adds to the difference

        s(g) = Σ e / W over the cases at once − Σ e / W over the cases later,

    and the variance is G/(G − 2) · Σ s(g)² over the G agents (the sandwich of a cluster-robust regression; two shares
    were estimated), with Student's t of G − 2. Halves under ``least`` cases or ``least_agents`` agents have none.
    """
    drawn = [case for case in cases if case.arm in (Arm.NOW, Arm.LATER) and case.checks]
    now = [case for case in drawn if case.arm is Arm.NOW]
    later = [case for case in drawn if case.arm is Arm.LATER]
    figures = Effect(_figures(now), _figures(later), naive(drawn))
    if min(len(now), len(later)) < least or min(figures.now.agents, figures.later.agents) < least_agents:
        return figures
    at_once, waiting = figures.now.share, figures.later.share
    assert at_once is not None and waiting is not None
    scores: dict[int, float] = defaultdict(float)
    for case in now:
        scores[case.agent_id] += (case.passes - case.checks * at_once) / figures.now.checks
    for case in later:
        scores[case.agent_id] -= (case.passes - case.checks * waiting) / figures.later.checks
    agents = len(scores)
    spread = math.sqrt(agents / (agents - 2) * sum(score * score for score in scores.values()))
    from scipy.stats import t

    difference = at_once - waiting
    half_width = float(t.ppf(0.975, agents - 2)) * spread
    return Effect(
        figures.now, figures.later, figures.naive, difference, difference - half_width, difference + half_width
    )


def _figures(cases: Sequence[TrialCase]) -> ArmFigures:
    checks = sum(case.checks for case in cases)
    share = sum(case.passes for case in cases) / checks if checks else None
    return ArmFigures(len(cases), len({case.agent_id for case in cases}), checks, share)


def naive(cases: Sequence[TrialCase]) -> Naive:
    """Before and after of the cases that have checks on both sides. It is shown for comparison only."""
    both = [case for case in cases if case.before_checks and case.after_checks]
    if not both:
        return Naive(0, None, None)
    before = sum(case.before_passes for case in both) / sum(case.before_checks for case in both)
    after = sum(case.after_passes for case in both) / sum(case.after_checks for case in both)
    return Naive(len(both), before, after)
