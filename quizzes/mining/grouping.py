"""Grouping of questions that ask the same thing.

Texts become keys (normalised, without case and punctuation); equal keys are one. Pairs that share rare features are
scored by a logistic model over lexical features (`pairs`, `weights`); average linkage over these scores makes groups.
Groups of many near-identical wordings crowd the neighbour lists, so further rounds compare such groups with the others
by a few exemplars each.
No step holds all pairs; the result depends on the texts and their order alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lms.kernel.text import normalise_many
from quizzes.mining.core import matter_of
from quizzes.mining.linkage import average_linkage, number_groups
from quizzes.mining.pairs import FEATURES, Table, candidate_pairs, describe, pair_features
from quizzes.mining.vectors import Floats, Ints
from quizzes.mining.weights import THRESHOLD, WEIGHTS
from quizzes.mining.wording import STRICT_KINDS, guard_of, text_key

# The weights come from a corpus with few numbers; in shops a number is the model, the size, the deadline.
_NUMBER_GUARD = np.float32(1.5)
_KIND_GUARD = np.float32(3.0)
CORE_THRESHOLD = 0.7
_ROUNDS = 2  # further rounds over exemplars
_EXEMPLARS = 3
_CROWDED = 5  # members from which a group fills its neighbours' lists


def group_questions(texts: Sequence[str], *, threshold: float = THRESHOLD) -> list[int]:
    """One group number a text, in the order of the texts; numbers rise in order of first appearance.

    `threshold` is the mean probability that two members mean the same, from which groups join: higher gives smaller
    and purer groups.
    """
    return group_keys([text_key(text) for text in normalise_many(texts)], threshold=threshold)


def group_keys(keys: Sequence[str], *, threshold: float = THRESHOLD) -> list[int]:
    """`group_questions` for texts that are keys already."""
    numbers: dict[str, int] = {}
    which = [numbers.setdefault(key, len(numbers)) for key in keys]
    groups = _group_table(describe(list(numbers)), threshold, strict=False)
    return number_groups([groups[number] for number in which])


def group_cores(cores: Sequence[str], *, threshold: float = CORE_THRESHOLD) -> list[int]:
    """Groups of chat questions, given by their cores (`core.cores`): one number a core.

    What is compared is the matter alone; what asks for another kind of answer (何时, 为何, 哪里, 怎么, 多少钱) or
    negates
    stays apart: in such short texts little else tells "how long is the price guaranteed" from "guarantee my price".
    """
    numbers: dict[tuple[str, int, bool], int] = {}
    which = []
    for core in cores:
        guard = guard_of(core, core)
        which.append(numbers.setdefault((matter_of(core), guard.kinds & STRICT_KINDS, guard.negated), len(numbers)))
    table = describe([matter for matter, _, _ in numbers])
    table = replace(
        table,
        kinds=np.fromiter((kinds for _, kinds, _ in numbers), dtype=np.int64, count=len(numbers)),
        negated=np.fromiter((negated for _, _, negated in numbers), dtype=np.bool_, count=len(numbers)),
    )
    groups = _group_table(table, threshold, strict=True)
    return number_groups([groups[number] for number in which])


def pair_scores(table: Table, left: Ints, right: Ints, *, strict: bool = False) -> Floats:
    """How probable it is that each pair means the same, 0–1."""
    features = pair_features(table, left, right)
    odds = features @ np.asarray(WEIGHTS[1:], dtype=np.float32) + np.float32(WEIGHTS[0])
    odds -= _NUMBER_GUARD * features[:, FEATURES.index("number_differs")]
    if strict:
        odds -= _KIND_GUARD * ((table.kinds[left] ^ table.kinds[right]) & STRICT_KINDS != 0)
        odds -= _KIND_GUARD * (table.negated[left] != table.negated[right])
    return (1 / (1 + np.exp(-odds))).astype(np.float32)


def _group_table(table: Table, threshold: float, *, strict: bool) -> list[int]:
    count = table.count
    if count < 2:
        return list(range(count))
    left, right = candidate_pairs(table)
    scores = pair_scores(table, left, right, strict=strict)
    groups = average_linkage(count, _triples(left, right, scores), threshold)
    for _ in range(_ROUNDS):
        joined = _join_groups(table, groups, left, right, scores, threshold, strict)
        if max(joined) == max(groups):
            break
        groups = joined
    return groups


def _triples(left: Ints, right: Ints, scores: Floats) -> list[tuple[int, int, float]]:
    rounded = np.round(scores.astype(np.float64), 6)  # the last bits differ between processors
    return list(zip(left.tolist(), right.tolist(), rounded.tolist(), strict=True))


def _join_groups(
    table: Table, groups: list[int], left: Ints, right: Ints, scores: Floats, threshold: float, strict: bool
) -> list[int]:
    """Compare groups through their most central members, where single texts saw their own group's members only."""
    labels = np.asarray(groups)
    members = np.bincount(labels)
    if members.max() < _CROWDED:
        return groups
    inside = labels[left] == labels[right]
    central = np.zeros(len(labels), dtype=np.float64)
    np.add.at(central, left[inside], scores[inside])
    np.add.at(central, right[inside], scores[inside])
    order = np.lexsort((np.arange(len(labels)), -central, labels))
    place = np.arange(len(order)) - np.searchsorted(labels[order], labels[order], side="left")
    chosen = np.sort(order[place < _EXEMPLARS])
    near_left, near_right = candidate_pairs(table, rows=chosen, seekers=members[labels[chosen]] >= _CROWDED)
    near_groups = labels[near_left], labels[near_right]
    apart = near_groups[0] != near_groups[1]
    near_left, near_right = near_left[apart], near_right[apart]
    near_scores = pair_scores(table, near_left, near_right, strict=strict)
    exemplars = np.minimum(members, _EXEMPLARS)
    total = int(labels.max()) + 1
    low = np.minimum(labels[near_left], labels[near_right]).astype(np.int64)
    high = np.maximum(labels[near_left], labels[near_right])
    cells, where = np.unique(low * total + high, return_inverse=True)
    sums = np.bincount(where, weights=near_scores.astype(np.float64), minlength=len(cells))
    low, high = cells // total, cells % total
    mean = (sums / (exemplars[low] * exemplars[high])).astype(np.float32)
    merged = average_linkage(total, _triples(low, high, mean), threshold, sizes=members.tolist())
    return number_groups([merged[label] for label in groups])
