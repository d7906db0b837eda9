"""From the cases of a lesson and the checks of their agents to the figures that a page shows. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lms.coaching.effects.estimate import ArmFigures, Effect, Naive, TrialCase, estimate, naive
from lms.coaching.enums import Arm

NAIVE_DAYS = 14
"""Before and after are as long as this."""
WEEKS = 8
LEAST_TO_SHOW = 5
"""Shares of fewer people than this would tell somebody's result to those who may not see it."""


@dataclass(frozen=True)
class Mark:
    """A check that counts: when the chat was, and whether the criterion was kept."""

    served_at: datetime
    kept: bool


@dataclass(frozen=True)
class LessonCase:
    """A case of the lesson; ``window_days`` is 0 where it was not drawn."""

    agent_id: int
    criterion_id: int
    arm: Arm
    opened_at: datetime
    window_days: int
    trained_at: datetime | None


@dataclass(frozen=True)
class Week:
    """The checks of a week after the lesson, counted from 1; ``share`` None where too few people had one."""

    number: int
    agents: int
    checks: int
    share: float | None


@dataclass(frozen=True)
class Figures:
    """All that is known of a lesson. ``running`` cases are still in their window; ``criteria`` is {id: cases}."""

    cases: int
    agents: int
    running: int
    effect: Effect
    weeks: tuple[Week, ...] = ()
    criteria: dict[int, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As ``LessonEffect.figures`` keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Figures:
        """Read back what :meth:`to_json` wrote."""
        given = data["effect"]
        effect = Effect(
            ArmFigures(**given["now"]),
            ArmFigures(**given["later"]),
            Naive(**given["naive"]),
            given["difference"],
            given["low"],
            given["high"],
        )
        return cls(
            data["cases"],
            data["agents"],
            data["running"],
            effect,
            tuple(Week(**week) for week in data["weeks"]),
            {int(key): count for key, count in data["criteria"].items()},
        )


def work_out(cases: Sequence[LessonCase], marks: Mapping[tuple[int, int], Sequence[Mark]], at: datetime) -> Figures:
    """The figures of a lesson as of ``at``. ``marks`` are the checks by (agent, criterion). Needs SciPy: for jobs.

    Before and after are told of the drawn cases where the honest figure is, so that the two can be compared, and of all
    cases as long as it is not.
    """
    told = [_counted(case, marks.get((case.agent_id, case.criterion_id), ()), at) for case in cases]
    drawn = [(case, one) for case, one in zip(cases, told, strict=True) if case.arm is not Arm.NONE]
    over = [one for case, one in drawn if case.opened_at + timedelta(days=case.window_days) <= at]
    effect = estimate(over)
    flattering = effect.naive if effect.difference is not None else naive(told)
    if len({one.agent_id for one in told if one.before_checks and one.after_checks}) < LEAST_TO_SHOW:
        flattering = Naive(flattering.cases, None, None)
    criteria: dict[int, int] = defaultdict(int)
    for case in cases:
        criteria[case.criterion_id] += 1
    return Figures(
        len(cases),
        len({case.agent_id for case in cases}),
        len(drawn) - len(over),
        Effect(
            _hidden_if_few(effect.now),
            _hidden_if_few(effect.later),
            flattering,
            effect.difference,
            effect.low,
            effect.high,
        ),
        _weeks(cases, marks, at),
        dict(criteria),
    )


def _hidden_if_few(half: ArmFigures) -> ArmFigures:
    return half if half.agents >= LEAST_TO_SHOW else ArmFigures(half.cases, half.agents, half.checks, None)


def _share(marks: Iterable[Mark], first: datetime, last: datetime) -> tuple[int, int]:
    """Kept and all checks of chats after ``first``, up to ``last``."""
    inside = [mark.kept for mark in marks if first < mark.served_at <= last]
    return sum(inside), len(inside)


def _counted(case: LessonCase, marks: Sequence[Mark], at: datetime) -> TrialCase:
    past = timedelta(days=NAIVE_DAYS)
    window = _share(marks, case.opened_at, case.opened_at + timedelta(days=case.window_days))
    before = _share(marks, case.opened_at - past, case.opened_at)
    after = (0, 0)
    if case.trained_at is not None and case.trained_at + past <= at:
        after = _share(marks, case.trained_at, case.trained_at + past)
    return TrialCase(case.agent_id, case.arm, *window, *before, *after)


def _weeks(
    cases: Sequence[LessonCase], marks: Mapping[tuple[int, int], Sequence[Mark]], at: datetime
) -> tuple[Week, ...]:
    week, found = timedelta(days=7), []
    for number in range(1, WEEKS + 1):
        agents: set[int] = set()
        kept = checks = 0
        for case in cases:
            if case.trained_at is None or case.trained_at + number * week > at:
                continue
            known = marks.get((case.agent_id, case.criterion_id), ())
            passed, n = _share(known, case.trained_at + (number - 1) * week, case.trained_at + number * week)
            kept, checks = kept + passed, checks + n
            if n:
                agents.add(case.agent_id)
        found.append(Week(number, len(agents), checks, kept / checks if len(agents) >= LEAST_TO_SHOW else None))
    while found and found[-1].share is None:
        found.pop()
    return tuple(found)
