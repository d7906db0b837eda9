"""What a change of posts adds and drops. Pure: sets of ids in, a proposal out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class CompetencyDiff:
    """Competencies (ids) that the new posts add, that stay required, and that nothing requires any more."""

    added: frozenset[int]
    kept: frozenset[int]
    dropped: frozenset[int]

    @property
    def required(self) -> frozenset[int]:
        """Everything that the new posts require."""
        return self.added | self.kept


@dataclass(frozen=True)
class ActivityFact:
    """An activity as one person stands with it: what it teaches, whether it was completed or is open."""

    activity_id: int
    competency_ids: frozenset[int]
    completed: bool = False
    is_open: bool = False


def diff_requirements(before: Iterable[frozenset[int]], after: Iterable[frozenset[int]]) -> CompetencyDiff:
    """The difference between what the old posts and what the new posts require together."""
    old, new = frozenset[int]().union(*before), frozenset[int]().union(*after)
    return CompetencyDiff(added=new - old, kept=new & old, dropped=old - new)


def to_assign(diff: CompetencyDiff, activities: Iterable[ActivityFact]) -> list[int]:
    """What the person has still to do for the added competencies, in the order given.

    Left out is what was completed (it stays completed) and what is open already.
    """
    return [
        fact.activity_id
        for fact in activities
        if fact.competency_ids & diff.added and not fact.completed and not fact.is_open
    ]


def suggested(diff: CompetencyDiff, activities: Iterable[ActivityFact]) -> list[int]:
    """Of :func:`to_assign` what is mostly about what was added. An exam over everything is offered, not suggested."""
    facts = list(activities)
    wanted = set(to_assign(diff, facts))
    return [
        fact.activity_id
        for fact in facts
        if fact.activity_id in wanted and 2 * len(fact.competency_ids & diff.added) >= len(fact.competency_ids)
    ]


def to_cancel(diff: CompetencyDiff, activities: Iterable[ActivityFact]) -> list[int]:
    """Open work that only the old posts asked for: it teaches something dropped and nothing still required."""
    return [
        fact.activity_id
        for fact in activities
        if fact.is_open and fact.competency_ids & diff.dropped and not fact.competency_ids & diff.required
    ]
