"""Which texts may mean the same, and how alike each such pair is: candidate pairs and their features.

No step ever holds all pairs: candidates come from shared rare features (an inverted index, worked through in blocks).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lms.kernel.text import cut_many
from quizzes.mining.vectors import Floats, Ints, Vectors, char_grams, vectorise, word_rows
from quizzes.mining.wording import content_words, fold, guard_of

FEATURES: tuple[str, ...] = (
    "char1", "char2", "char3", "word", "content", "char_jaccard", "char_contained", "char_contained_max",
    "word_contained", "word_contained_max", "content_jaccard", "content_contained",
    "char_rest_min", "char_rest_max", "word_rest_min", "word_rest_max", "content_rest_min", "content_rest_max",
    "length", "length_ratio", "kind_differs", "kind_shared", "negation_differs", "number_differs", "number_missing",
    "order",
)  # fmt: skip

NEIGHBOURS = 12
_COMMON = 0.01  # a feature in more than this share of the texts does not propose pairs …
_COMMON_MIN = 60
_RARE_KEPT = 5  # … unless a text has nothing rarer
_BLOCK_COST = 12_000_000
_CROWD = 1500
_SCORE_FLOOR = 0.12
_PAIR_BLOCK = 60_000


@dataclass(frozen=True)
class Table:
    """What is known of each text before any pair is looked at."""

    char1: Vectors
    char2: Vectors
    char3: Vectors
    word: Vectors
    content: Vectors
    lengths: Floats
    kinds: Ints
    negated: NDArray[np.bool_]
    numbers: list[frozenset[str]]

    @property
    def count(self) -> int:
        return len(self.lengths)

    @cached_property
    def search(self) -> tuple[sparse.csr_matrix, Ints]:
        """All features in one row a text, for the search of neighbours, and in how many texts each occurs."""
        parts = [self.char1.tfidf * 0.5, self.char2.tfidf, self.content.tfidf, self.word.tfidf * 0.7]
        df = np.concatenate([self.char1.df, self.char2.df, self.content.df, self.word.df])
        return sparse.hstack(parts).tocsr(), df


def describe(keys: Sequence[str]) -> Table:
    """Feature rows of the texts, given by their keys (`text_key`)."""
    count = len(keys)
    folded = [fold(key) for key in keys]
    words = cut_many(keys)
    content = ["".join(content_words(row)) for row in cut_many(folded)]
    guards = [guard_of(key, text) for key, text in zip(keys, folded, strict=True)]
    return Table(
        char1=vectorise(*char_grams(keys, (1,)), count),
        char2=vectorise(*char_grams(keys, (2,)), count),
        char3=vectorise(*char_grams(keys, (3,)), count),
        word=vectorise(*word_rows(words), count),
        content=vectorise(*char_grams(content, (1, 2)), count),
        lengths=np.fromiter((len(key) for key in keys), dtype=np.float32, count=count),
        kinds=np.fromiter((guard.kinds for guard in guards), dtype=np.int64, count=count),
        negated=np.fromiter((guard.negated for guard in guards), dtype=np.bool_, count=count),
        numbers=[guard.numbers for guard in guards],
    )


def candidate_pairs(
    table: Table, *, rows: Ints | None = None, seekers: NDArray[np.bool_] | None = None
) -> tuple[Ints, Ints]:
    """Pairs (i < j) where one is among the NEIGHBOURS nearest of the other by shared rare features.

    With `rows` only these texts are looked at, as if there were no others; with `seekers` (a flag for each of them)
    only the neighbours of those are sought.
    """
    full, df = table.search
    chosen = np.arange(table.count) if rows is None else rows
    if rows is not None:
        full = full[rows]
        df = np.bincount(full.indices, minlength=full.shape[1])
    count = len(chosen)
    sought = np.arange(count) if seekers is None else np.flatnonzero(seekers)
    pruned = _rare_part(full[sought], df, max(_COMMON_MIN, int(count * _COMMON)))
    across = _without_crowds(full, df).T.tocsr()
    cost = np.asarray((np.diff(across.indptr)[pruned.indices]), dtype=np.int64)
    cost_rows = np.diff(np.append(0, np.cumsum(cost))[pruned.indptr])
    found = []
    for start, stop in _blocks(cost_rows):
        block = (pruned[start:stop] @ across).tocoo()
        strong = block.data > _SCORE_FLOOR
        near_rows, columns, values = (
            sought[block.row[strong] + start],
            block.col[strong].astype(np.int64),
            block.data[strong],
        )
        keep = near_rows != columns
        near_rows, columns, values = near_rows[keep], columns[keep], values[keep]
        order = np.lexsort((columns, -values, near_rows))
        near_rows, columns = near_rows[order], columns[order]
        first = np.searchsorted(near_rows, near_rows, side="left")
        near = np.arange(len(near_rows)) - first < NEIGHBOURS
        low, high = np.minimum(near_rows[near], columns[near]), np.maximum(near_rows[near], columns[near])
        found.append(low * count + high)
    pairs = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    return chosen[pairs // max(count, 1)], chosen[pairs % max(count, 1)]


def _blocks(cost: Ints) -> list[tuple[int, int]]:
    """Stretches of rows whose products together stay within _BLOCK_COST entries."""
    edges, start = [], 0
    reach = np.cumsum(cost)
    while start < len(cost):
        done = int(reach[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(reach, done + _BLOCK_COST, side="right")))
        edges.append((start, stop))
        start = stop
    return edges


def _without_crowds(full: sparse.csr_matrix, df: Ints) -> sparse.csr_matrix:
    """Features that very many texts have lead to the shortest of these only (where they weigh most)."""
    if len(df) == 0 or df.max() <= _CROWD:
        return full
    rows = np.repeat(np.arange(full.shape[0]), np.diff(full.indptr))
    order = np.lexsort((rows, -full.data, full.indices))
    columns = full.indices[order]
    place = np.arange(len(order)) - np.searchsorted(columns, columns, side="left")
    keep = np.sort(order[place < _CROWD])
    return sparse.csr_matrix((full.data[keep], (rows[keep], full.indices[keep])), shape=full.shape)


def _rare_part(full: sparse.csr_matrix, df: Ints, common: int) -> sparse.csr_matrix:
    """Each row's features that are not common, or its few rarest ones where it has none to spare."""
    spread = df[full.indices]
    rows = np.repeat(np.arange(full.shape[0]), np.diff(full.indptr))
    order = np.lexsort((full.indices, spread, rows))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - full.indptr[rows[order]]
    keep = (spread <= common) | (place < _RARE_KEPT)
    pointers = np.zeros(full.shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows[keep], minlength=full.shape[0]), out=pointers[1:])
    return sparse.csr_matrix((full.data[keep], full.indices[keep], pointers), shape=full.shape)


def pair_features(table: Table, left: Ints, right: Ints) -> Floats:
    """One row a pair, columns as in FEATURES; symmetric in left and right."""
    if len(left) == 0:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    blocks = [
        _features(table, left[start : start + _PAIR_BLOCK], right[start : start + _PAIR_BLOCK])
        for start in range(0, len(left), _PAIR_BLOCK)
    ]
    return np.concatenate(blocks)


def _features(table: Table, a: Ints, b: Ints) -> Floats:
    columns: dict[str, NDArray] = {}
    for name in ("char1", "char2", "char3", "word", "content"):
        matrix = getattr(table, name).tfidf
        columns[name] = _row_dots(matrix, matrix, a, b)
    for name, vectors in (("char", table.char1), ("word", table.word), ("content", table.content)):
        shared = _row_dots(vectors.mass, vectors.present, a, b)
        mass_a, mass_b = vectors.total[a], vectors.total[b]
        columns[f"{name}_jaccard"] = shared / np.maximum(mass_a + mass_b - shared, 1e-6)
        columns[f"{name}_contained"] = shared / np.maximum(np.minimum(mass_a, mass_b), 1e-6)
        columns[f"{name}_contained_max"] = shared / np.maximum(np.maximum(mass_a, mass_b), 1e-6)
        rest_a, rest_b = _heaviest_rest(vectors, a, b), _heaviest_rest(vectors, b, a)
        columns[f"{name}_rest_min"] = np.minimum(rest_a, rest_b)
        columns[f"{name}_rest_max"] = np.maximum(rest_a, rest_b)
    short, long = np.minimum(table.lengths[a], table.lengths[b]), np.maximum(table.lengths[a], table.lengths[b])
    columns["length"] = np.log1p(short)
    columns["length_ratio"] = short / np.maximum(long, 1)
    kinds_a, kinds_b = table.kinds[a], table.kinds[b]
    columns["kind_shared"] = (kinds_a & kinds_b) != 0
    columns["kind_differs"] = ((kinds_a & kinds_b) == 0) & (kinds_a != 0) & (kinds_b != 0)
    columns["negation_differs"] = table.negated[a] != table.negated[b]
    numbers = table.numbers
    pairs = [(numbers[i], numbers[j]) for i, j in zip(a.tolist(), b.tolist(), strict=True)]
    columns["number_differs"] = np.fromiter((bool(x and y and x != y) for x, y in pairs), np.bool_, len(pairs))
    columns["number_missing"] = np.fromiter((bool(x) != bool(y) for x, y in pairs), np.bool_, len(pairs))
    columns["order"] = columns["char1"] - columns["char2"]
    return np.stack([np.asarray(columns[name], dtype=np.float32) for name in FEATURES], axis=1)


def _row_dots(first: sparse.csr_matrix, second: sparse.csr_matrix, a: Ints, b: Ints) -> Floats:
    return np.asarray(first[a].multiply(second[b]).sum(axis=1), dtype=np.float32).ravel()


def _heaviest_rest(vectors: Vectors, a: Ints, b: Ints) -> Floats:
    """The largest idf among what the left text has and the right one has not."""
    own = vectors.mass[a]
    rest = own - own.multiply(vectors.present[b])
    return np.asarray(rest.max(axis=1).todense(), dtype=np.float32).ravel()
