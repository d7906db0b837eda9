"""Average linkage over a sparse graph of scored pairs."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def average_linkage(
    count: int, pairs: Sequence[tuple[int, int, float]], threshold: float, sizes: Sequence[int] | None = None
) -> list[int]:
    """Group number of each of `count` nodes, numbered in order of their first member.

    Two groups join while the mean score over all their cross pairs is at least `threshold`; a pair that is not
    listed scores 0, so that a chain of near neighbours never grows into one giant group. Ties go to the pair with
    the smaller numbers: the result depends on the input alone. `sizes` weighs a node as that many.
    """
    sums: list[dict[int, float] | None] = [{} for _ in range(count)]
    weight = list(sizes) if sizes is not None else [1] * count
    heap: list[tuple[float, int, int]] = []
    for i, j, score in pairs:
        left, right = sums[i], sums[j]
        assert left is not None and right is not None
        total = score * weight[i] * weight[j]
        left[j] = right[i] = total
        if score >= threshold:
            heap.append((-score, min(i, j), max(i, j)))
    heapq.heapify(heap)
    parent = list(range(count))
    version = [0] * count
    stamped = [(score, i, j, 0, 0) for score, i, j in heap]
    while stamped:
        _, i, j, seen_i, seen_j = heapq.heappop(stamped)
        if version[i] != seen_i or version[j] != seen_j:
            continue
        keep, gone = sums[i], sums[j]
        if keep is None or gone is None:
            continue
        if len(keep) < len(gone):  # the larger table stays, under the smaller number
            keep, gone = gone, keep
        keep.pop(i, None)
        keep.pop(j, None)
        for other, total in gone.items():
            if other not in (i, j):
                keep[other] = keep.get(other, 0.0) + total
        sums[i], sums[j] = keep, None
        parent[j] = i
        weight[i] += weight[j]
        version[i] += 1
        version[j] += 1
        for other, total in keep.items():
            table = sums[other]
            assert table is not None
            table.pop(j, None)
            table[i] = total
            mean = total / (weight[i] * weight[other])
            if mean >= threshold:
                small, large = (i, other) if i < other else (other, i)
                heapq.heappush(stamped, (-mean, small, large, version[small], version[large]))
    return number_groups([_root(parent, node) for node in range(count)])


def _root(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def number_groups(labels: Sequence[int]) -> list[int]:
    """The same partition numbered 0, 1, 2… in order of first appearance."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]
