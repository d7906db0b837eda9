"""Whether a paper can be drawn from a pool, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizzes.papers.drawing import Candidate, clusters_by_dimension, largest_paper


class Fault(StrEnum):
    """What a check can find; the first group stops publishing, the second only warns."""

    EMPTY = "empty"
    BLUEPRINT_TOO_LARGE = "blueprint_too_large"
    TOO_FEW = "too_few"
    TOO_FEW_OF_DIMENSION = "too_few_of_dimension"
    TOO_FEW_FOR_PAIR = "too_few_for_pair"
    UNDRAWABLE = "undrawable"
    NO_SPARE = "no_spare"


STOPPING = frozenset(
    {Fault.EMPTY, Fault.BLUEPRINT_TOO_LARGE, Fault.TOO_FEW, Fault.TOO_FEW_OF_DIMENSION, Fault.TOO_FEW_FOR_PAIR}
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault with its figures: `wanted` and `found` items, of `dimension` where it is about one."""

    fault: Fault
    wanted: int = 0
    found: int = 0
    dimension: str = ""

    @property
    def stops(self) -> bool:
        """Whether the quiz can't be published with it."""
        return self.fault in STOPPING


def check_pool(
    candidates: Sequence[Candidate], *, pool_size: int, draw_count: int, blueprint: Mapping[str, int]
) -> list[Problem]:
    """Judge a pool of `pool_size` items of which `candidates` may be drawn now (accepted, not stale, type present)."""
    if not candidates:
        return [Problem(Fault.EMPTY, draw_count, 0)]
    problems: list[Problem] = []
    wanted = sum(blueprint.values())
    if wanted > draw_count:
        problems.append(Problem(Fault.BLUEPRINT_TOO_LARGE, draw_count, wanted))
    else:
        by_dimension = clusters_by_dimension(candidates)
        problems += [
            Problem(Fault.TOO_FEW_OF_DIMENSION, number, by_dimension.get(dimension, 0), dimension)
            for dimension, number in sorted(blueprint.items())
            if by_dimension.get(dimension, 0) < number
        ]
        found = largest_paper(candidates, count=draw_count, blueprint=blueprint)
        if found < draw_count and not problems:
            problems.append(Problem(Fault.TOO_FEW, draw_count, found))
    if len(candidates) < pool_size:
        problems.append(Problem(Fault.UNDRAWABLE, pool_size, len(candidates)))
    if not any(problem.stops for problem in problems) and sum(clusters_by_dimension(candidates).values()) <= draw_count:
        problems.append(Problem(Fault.NO_SPARE, draw_count, draw_count))
    return problems
