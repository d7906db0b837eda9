"""A shop's half year, many times over: agents, checks, faults, cases and lessons, to see what an estimate makes of it.

Sixty agents with five checks a week (one each working day) on one criterion. An agent passes with a probability of
their own, drawn from a beta distribution around 0.85 (standard deviation 0.03). Two faults in a row open a case, which
is drawn by lot: lesson at once, or after a delay of random length. Lessons are finished one to seven days after they
are given. Five follow-up checks in fourteen days come on top; once five checks have come after the lesson the case
ends, and two faults among them open another one, which is not drawn. No rule acts within fourteen days of the last
one. A lesson lifts the probability by ``effect`` (at most to 0.99) for eight weeks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lms.coaching.effects.estimate import TrialCase
from lms.coaching.enums import Arm

NEVER = 10_000
LIFT_DAYS = 56
NAIVE_DAYS = 14


@dataclass(frozen=True)
class World:
    """What the simulated shop is like; days are calendar days."""

    agents: int = 60
    weeks: int = 26
    passing: float = 0.85
    spread: float = 0.03
    due_days: int = 7
    cooldown_days: int = 14
    follow_up_days: int = 14
    delay_days: int = 14


def simulate(runs: int, effect: float, *, seed: int, world: World = World()) -> list[list[TrialCase]]:
    """The drawn cases of each run whose window is over, as the product would hand them to ``estimate``."""
    chance = np.random.default_rng(seed)
    shape = (runs, world.agents)
    size = world.passing * (1 - world.passing) / world.spread**2 - 1
    base = chance.beta(world.passing * size, (1 - world.passing) * size, shape)
    days = np.array([7 * week + day for week in range(world.weeks) for day in range(5)])
    trained = np.full(shape, NEVER)  # the day on which the lesson of the open or the last case is finished
    lifted = np.full(shape, -NEVER)  # since when the last finished lesson works
    open_, free_on = np.zeros(shape, bool), np.zeros(shape, int)
    streak, seen, failed = np.zeros(shape, int), np.zeros(shape, int), np.zeros(shape, int)
    kept, made = np.zeros((len(days), *shape), np.int16), np.zeros((len(days), *shape), np.int16)
    opened: list[tuple[np.ndarray, ...]] = []
    for slot, day in enumerate(days):
        lifted = np.where(open_ & (trained <= day), trained, lifted)
        chance_now = np.where((lifted <= day) & (day < lifted + LIFT_DAYS), np.minimum(base + effect, 0.99), base)
        chance_now = np.maximum(chance_now, base)
        first = chance.random(shape) < chance_now
        second = chance.random(shape) < chance_now
        extra = (lifted <= day) & (day < lifted + world.follow_up_days) & (slot % 2 == 0)
        kept[slot] = first.astype(int) + (second & extra)  # of two truths + would make "or"
        made[slot] = 1 + extra
        idle = ~open_
        following = open_ & (trained <= day)
        seen += following * made[slot]
        failed += following * (made[slot] - kept[slot])
        relapsed = following & (failed >= 2)
        ended = following & ~relapsed & (seen >= 5)
        streak = np.where(idle, np.where(first, 0, streak + 1), 0)
        met = idle & ~first & (streak >= 2) & (day >= free_on)
        lesson_takes = chance.integers(1, world.due_days + 1, shape)
        later = chance.random(shape) < 0.5
        window = chance.integers(math.ceil(world.delay_days / 2), world.delay_days + 1, shape)
        given = day + np.where(met & later, window, 0)
        begins = met | relapsed
        trained = np.where(begins, given + lesson_takes, trained)
        free_on = np.where(begins, day + world.cooldown_days, free_on)
        seen, failed = np.where(begins, 0, seen), np.where(begins, 0, failed)
        open_ = (open_ | begins) & ~ended
        run, agent = np.nonzero(met)
        opened.append((run, agent, np.full(len(run), day), *(a[run, agent] for a in (later, window, trained))))
    columns = [np.concatenate(column) for column in zip(*opened, strict=True)]
    return _cases(runs, columns, days, np.cumsum(kept, 0), np.cumsum(made, 0))


def _cases(
    runs: int, columns: list[np.ndarray], days: np.ndarray, kept: np.ndarray, made: np.ndarray
) -> list[list[TrialCase]]:
    run, agent, day, later, window, trained = columns

    def between(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Kept and made checks of the days from first to last, both included."""
        upto, before = np.searchsorted(days, last, "right") - 1, np.searchsorted(days, first, "left") - 1

        def total(sums: np.ndarray) -> np.ndarray:
            high = np.where(upto >= 0, sums[np.maximum(upto, 0), run, agent], 0)
            return high - np.where(before >= 0, sums[np.maximum(before, 0), run, agent], 0)

        return total(kept), total(made)

    inside, past, after = (
        between(day + 1, day + window),
        between(day - NAIVE_DAYS + 1, day),
        between(trained, trained + NAIVE_DAYS - 1),
    )
    end = days[-1]
    finished = trained + NAIVE_DAYS <= end
    found: list[list[TrialCase]] = [[] for _ in range(runs)]
    for n in np.nonzero(day + window <= end)[0]:
        found[run[n]].append(
            TrialCase(
                int(agent[n]), Arm.LATER if later[n] else Arm.NOW, int(inside[0][n]), int(inside[1][n]),
                int(past[0][n]), int(past[1][n]),
                int(after[0][n]) if finished[n] else 0, int(after[1][n]) if finished[n] else 0,
            )
        )  # fmt: skip
    return found
