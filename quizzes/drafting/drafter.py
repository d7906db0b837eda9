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
from quizzes.drafting.house import same_rule
from quizzes.drafting.pool import Candidate, Pool, Statement
from quizzes.drafting.sources import TYPES, DraftItem, DraftResult, GroupSource, Source
from quizzes.drafting.topics import Cut, likeness

Progress = Callable[[int, int], None]


MOST_OF_A_TYPE = 2
ENOUGH = 3
ON_SUBJECT = ("single", "multiple", "truefalse", "fill", "short")
# Items of these types take several rules each, so that fewer of them are made.
WEIGHTS = {"multiple": 2.5, "short": 2.5}
SAME_BLANK = 2


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
    talk: Sequence[tuple[str, Source]] = (),
    cut: Cut | None = None,
    drafters: Sequence[Drafter] = BUILT_IN,
    progress: Progress | None = None,
) -> DraftResult:
    """Items in the order of the groups; the same input gives the same drafts.

    From its own answers a group gets at most two items of each type. A group that got fewer than `ENOUGH` items that
    way gets further ones on its subject, from what agents told others.

    `background` are further groups of the same shop: their answers serve as wrong options and to find contradictions,
    but get no items. `talk` is all that the shop's agents said, with its place. `cut` segments words; without it the
    house segmenter is used. `progress(done, total)` is told of each group.
    """
    own = {group.key for group in groups}
    others = [group for group in background if group.key not in own]
    pool = Pool([*groups, *others], lru_cache(200_000)(cut or _house_cut()), talk)
    by_type = {drafter.type: drafter for drafter in drafters}
    batch = _Batch(pool, {kind: by_type[kind] for kind in types if kind in by_type}, seed)
    if pool.disputed:
        batch.rejected["conflicting_answers"] = pool.disputed
    for number, candidate in enumerate(pool.candidates[: len(groups)]):
        batch.draft_own(candidate)
        batch.draft_on_subject(candidate)
        if progress:
            progress(number + 1, len(groups))
    return DraftResult(batch.items, dict(sorted(batch.rejected.items())))


class _Batch:
    """The drafts so far, and which rules of the house they used up."""

    def __init__(self, pool: Pool, drafters: dict[str, Drafter], seed: int) -> None:
        self.pool = pool
        self.drafters = drafters
        self.seed = seed
        self.items: list[DraftItem] = []
        self.rejected: Counter[str] = Counter()
        self._made: Counter[str] = Counter()
        self._truths = 0
        self._spent: set[str] = set()

    def draft_own(self, candidate: Candidate) -> None:
        """Items from what a group itself was answered."""
        for kind, turn in [(kind, turn) for turn in range(MOST_OF_A_TYPE) for kind in self.drafters]:
            if not candidate.statements and not candidate.answering:
                if turn == 0:
                    self.rejected["no_general_answer"] += 1
                continue
            self._try(kind, candidate, turn)

    def draft_on_subject(self, candidate: Candidate) -> None:
        """Items on a group's subject, the rarest type first, each rule of the house in one item only."""
        kinds = [kind for kind in self.drafters if kind in ON_SUBJECT]
        missing = ENOUGH - sum(item.group_key == candidate.group.key for item in self.items)
        rules = [one for one in self.pool.on_subject(candidate) if not self._is_spent(one.text)] if missing > 0 else []
        while missing > 0 and rules:
            for kind in sorted(kinds, key=lambda kind: self._made[kind] * WEIGHTS.get(kind, 1.0)):
                lent = rules[:1] if kind != "short" else _apart(rules)
                if self._try(kind, Candidate(candidate.group, None, lent, []), 0, quietly=True):
                    missing -= 1
                    break
            rules = [one for one in rules[1:] if not self._is_spent(one.text)]

    def _repeats(self, item: DraftItem) -> bool:
        same_blank = sum(one.type == "fill" == item.type and one.key_text == item.key_text for one in self.items)
        return same_blank >= SAME_BLANK * (2 if len(item.key_text) < 4 and "（填“" in item.stem else 1) or repeats(
            item, self.items
        )

    def _is_spent(self, text: str) -> bool:
        return text in self._spent or any(same_rule(text, other) for other in self._spent)

    def _try(self, kind: str, candidate: Candidate, turn: int, *, quietly: bool = False) -> bool:
        rng = random.Random(f"{self.seed}:{candidate.group.key}:{kind}:{turn}")  # noqa: S311
        try:
            item = self.drafters[kind].draft(candidate, self.pool, rng, turn, want=self._truths <= 0)
        except makers.Refused as refusal:
            if turn == 0 and not quietly:
                self.rejected[refusal.reason] += 1
            return False
        reason = fault(item, self.pool.said) or ("near_duplicate_draft" if self._repeats(item) else "")
        if reason:
            self.rejected[reason] += 0 if quietly else 1
            return False
        if kind == "truefalse":
            self._truths += 1 if item.definition["key"] else -1
        self._spent.update(statement.text for statement in candidate.statements if statement.text in _words(item))
        self._made[kind] += 1
        self.items.append(item)
        return True


def _apart(rules: Sequence[Statement]) -> list[Statement]:
    """The first rule and up to two others which say something else."""
    chosen: list[Statement] = []
    for one in rules:
        if len(chosen) < 3 and all(likeness(one.text, known.text) < 0.35 for known in chosen):
            chosen.append(one)
    return chosen


def _words(item: DraftItem) -> str:
    return f"{item.key_text} {item.rationale}"


def _house_cut() -> Cut:
    from lms.kernel.text import cut  # its dictionary is loaded by jobs and commands only

    return cut
