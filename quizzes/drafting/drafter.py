"""Items drafted from mined groups: the entry to this package."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from quizzes.drafting import makers
from quizzes.drafting.gate import fault, repeats
from quizzes.drafting.pool import Candidate, Pool
from quizzes.drafting.sources import TYPES, DraftItem, DraftResult, GroupSource
from quizzes.drafting.topics import Cut

Progress = Callable[[int, int], None]


MOST_OF_A_TYPE = 2


class Drafter(Protocol):
    """Makes items of one question type; announced by the hook ``item_drafters``."""

    @property
    def type(self) -> str: ...

    def draft(self, candidate: Candidate, pool: Pool, rng: random.Random, turn: int, *, want: bool) -> DraftItem:
        """An item from a candidate group. Raises makers.Refused with a reason of gate.REASONS when none can be made.

        ``turn`` counts the items that this drafter was asked for from this group before.
        ``want`` asks for a true (or a false) statement, to keep a batch balanced; types without such a thing ignore it.
        """


@dataclass(frozen=True, slots=True)
class _BuiltIn:
    type: str
    make: Callable[[Candidate, Pool, random.Random, int], DraftItem]

    def draft(self, candidate: Candidate, pool: Pool, rng: random.Random, turn: int, *, want: bool) -> DraftItem:
        return self.make(candidate, pool, rng, turn)


class _TrueFalse:
    type = "truefalse"

    def draft(self, candidate: Candidate, pool: Pool, rng: random.Random, turn: int, *, want: bool) -> DraftItem:
        return makers.truefalse(candidate, pool, rng, turn, want=want)


BUILT_IN: tuple[Drafter, ...] = (
    _BuiltIn("single", makers.single),
    _BuiltIn("multiple", makers.multiple),
    _TrueFalse(),
    _BuiltIn("fill", makers.fill),
    _BuiltIn("short", makers.short),
)


def draft_items(
    groups: Sequence[GroupSource],
    *,
    types: Sequence[str] = TYPES,
    seed: int = 0,
    background: Sequence[GroupSource] = (),
    cut: Cut | None = None,
    drafters: Sequence[Drafter] = BUILT_IN,
    progress: Progress | None = None,
) -> DraftResult:
    """At most two items of each type a group, in the order of the groups; the same input gives the same drafts.

    `background` are further groups of the same shop: their answers serve as wrong options and to find contradictions,
    but get no items. `cut` segments words; without it the house segmenter is used. `progress(done, total)` is told of
    each group.
    """
    own = {group.key for group in groups}
    pool = Pool(
        [*groups, *(group for group in background if group.key not in own)], lru_cache(200_000)(cut or _house_cut())
    )
    by_type = {drafter.type: drafter for drafter in drafters}
    items: list[DraftItem] = []
    rejected: Counter[str] = Counter()
    if pool.disputed:
        rejected["conflicting_answers"] = pool.disputed
    truths = 0
    for number, candidate in enumerate(pool.candidates[: len(groups)]):
        for kind, turn in [(kind, turn) for turn in range(MOST_OF_A_TYPE) for kind in types if kind in by_type]:
            rng = random.Random(f"{seed}:{candidate.group.key}:{kind}:{turn}")  # noqa: S311
            try:
                if not candidate.statements and not candidate.answering:
                    raise makers.Refused("no_general_answer")
                item = by_type[kind].draft(candidate, pool, rng, turn, want=truths <= 0)
            except makers.Refused as refusal:
                if turn == 0:
                    rejected[refusal.reason] += 1
                continue
            reason = fault(item, _evidence(item, pool)) or ("near_duplicate_draft" if repeats(item, items) else "")
            if reason:
                rejected[reason] += 1
                continue
            if kind == "truefalse":
                truths += 1 if item.definition["key"] else -1
            items.append(item)
        if progress:
            progress(number + 1, len(groups))
    return DraftResult(items, dict(sorted(rejected.items())))


def _evidence(item: DraftItem, pool: Pool) -> list[str]:
    """What agents said: the key must have been said by one of them."""
    return pool.said


def _house_cut() -> Cut:
    from lms.kernel.text import cut  # its dictionary is loaded by jobs and commands only

    return cut
