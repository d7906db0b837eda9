"""Parallel papers (前测/后测): two forms of one blueprint that share no item and no near-duplicate. Pure.

The pools of both forms are parted in two halves, question by question, alike for everybody; each form draws from its
own half first. A person's draw leaves out what this person had in the other form, whatever the halves say, so the two
papers stay apart also when items come and go between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizzes.papers.drawing import Candidate, clusters_by_dimension, largest_paper

Cluster = tuple[str, int]


class Form(StrEnum):
    """Which of the two papers."""

    PRE = "pre"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Missing:
    """How many different questions two disjoint papers need and how many there are; dimension "" is the whole paper."""

    dimension: str
    wanted: int
    found: int


def halves(pre: Sequence[Candidate], post: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """What the 前测 and the 后测 draw from: a question that both pools hold goes to one of them.

    Dealt out in the order of the items, each to the form that has fewer of its dimension, then fewer of its type, then
    fewer in all: items added later leave the earlier ones where they are.
    """
    shared = {one.cluster for one in pre} & {one.cluster for one in post}
    side = dict.fromkeys({one.cluster for one in pre} - shared, Form.PRE)
    side |= dict.fromkeys({one.cluster for one in post} - shared, Form.POST)
    heads: dict[Cluster, Candidate] = {}
    for one in sorted([*pre, *post], key=lambda one: one.item_id):
        heads.setdefault(one.cluster, one)
    counts: dict[Form, Counter[str]] = {form: Counter() for form in Form}

    def note(head: Candidate, form: Form) -> None:
        counts[form].update({f"dimension {head.dimension}": 1, f"type {head.type}": 1, "": 1})

    for cluster, form in side.items():
        note(heads[cluster], form)
    for cluster, head in heads.items():
        if cluster in shared:
            words = (f"dimension {head.dimension}", f"type {head.type}", "")
            side[cluster] = min(Form, key=lambda form: ([counts[form][word] for word in words], form is Form.POST))
            note(head, side[cluster])
    return (
        [one for one in pre if side[one.cluster] is Form.PRE],
        [one for one in post if side[one.cluster] is Form.POST],
    )


def missing_for_two(
    pre: Sequence[Candidate], post: Sequence[Candidate], *, count: int, blueprint: Mapping[str, int]
) -> list[Missing]:
    """What both pools together lack for two papers without a common question; empty when there is enough.

    Each line of the blueprint needs twice its number of different questions, and the whole paper twice its size.
    """
    first, second = halves(pre, post)
    filled = [largest_paper(half, count=count, blueprint=blueprint) for half in (first, second)]
    if min(filled) >= count:
        return []
    together = {one.item_id: one for one in [*pre, *post]}.values()
    by_dimension = clusters_by_dimension(list(together))
    lacking = [
        Missing(dimension, 2 * number, by_dimension.get(dimension, 0))
        for dimension, number in sorted(blueprint.items())
        if by_dimension.get(dimension, 0) < 2 * number
    ]
    return lacking or [Missing("", 2 * count, sum(filled))]


def without_seen(
    candidates: Sequence[Candidate], *, items: Collection[int], groups: Collection[int]
) -> list[Candidate]:
    """The candidates that this person has not had in the other form, neither as such nor as a near-duplicate."""
    return [
        one for one in candidates if one.item_id not in items and (one.group_id is None or one.group_id not in groups)
    ]
