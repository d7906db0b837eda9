"""Sparse TF-IDF rows of short texts, built with NumPy and SciPy alone so that importing this stays cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_CODE_BITS = 21  # a Unicode code point fits


def texts_to_codes(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Code points of all texts in one row, and for each the number of its text."""
    lengths = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype=np.uint32).astype(np.int64)
    return codes, np.repeat(np.arange(len(texts)), lengths)


def char_grams(texts: Sequence[str], sizes: Sequence[int]) -> tuple[Ints, Ints]:
    """Rows and feature keys of all character n-grams (n up to 3; one key never stands for two grams)."""
    codes, rows = texts_to_codes(texts)
    all_rows, all_keys = [], []
    for size in sizes:
        if size == 1:
            all_rows.append(rows)
            all_keys.append(codes)
            continue
        inside = rows[: len(rows) - size + 1] == rows[size - 1 :]
        key = codes[: len(codes) - size + 1]
        for step in range(1, size):
            key = (key << _CODE_BITS) | codes[step : len(codes) - size + 1 + step]
        all_rows.append(rows[: len(rows) - size + 1][inside])
        all_keys.append(key[inside])
    if not all_rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(all_rows), np.concatenate(all_keys)


def word_rows(words: Sequence[Sequence[str]]) -> tuple[Ints, Ints]:
    """Rows and feature numbers of words, numbered in order of first appearance."""
    numbers: dict[str, int] = {}
    keys = np.fromiter((numbers.setdefault(word, len(numbers)) for row in words for word in row), dtype=np.int64)
    lengths = np.fromiter((len(row) for row in words), dtype=np.int64, count=len(words))
    return np.repeat(np.arange(len(words)), lengths), keys


@dataclass(frozen=True)
class Vectors:
    """One row a text: `tfidf` has unit length, `mass` holds the bare idf of what occurs, `present` ones.

    idf is ln(n / df) / ln(n + 1) + a small floor, so that its scale does not depend on how many texts there are.
    """

    tfidf: sparse.csr_matrix
    mass: sparse.csr_matrix
    df: Ints

    @cached_property
    def present(self) -> sparse.csr_matrix:
        ones = self.mass.copy()
        ones.data = np.ones_like(ones.data)
        return ones

    @cached_property
    def total(self) -> Floats:
        return np.asarray(self.mass.sum(axis=1), dtype=np.float32).ravel()


IDF_FLOOR = 0.1


def vectorise(rows: Ints, keys: Ints, count: int) -> Vectors:
    """TF-IDF with sublinear term frequency over the given (row, feature key) occurrences of `count` texts."""
    if len(keys) == 0:
        empty = sparse.csr_matrix((count, 1), dtype=np.float32)
        return Vectors(empty, empty, np.zeros(1, dtype=np.int64))
    _, features = np.unique(keys, return_inverse=True)
    width = int(features.max()) + 1
    cells, times = np.unique(rows * width + features, return_counts=True)
    cell_rows, cell_columns = cells // width, cells % width
    df = np.bincount(cell_columns, minlength=width)
    idf = (np.log(count / df) / np.log(count + 1) + IDF_FLOOR).astype(np.float32)
    pointers = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(cell_rows, minlength=count), out=pointers[1:])
    mass = idf[cell_columns]
    weight = (1 + np.log(times)).astype(np.float32) * mass
    length = np.sqrt(np.bincount(cell_rows, weights=weight.astype(np.float64) ** 2, minlength=count))
    length[length == 0] = 1
    weight = (weight / length[cell_rows]).astype(np.float32)
    columns = cell_columns.astype(np.int32)
    shape = (count, width)
    return Vectors(
        sparse.csr_matrix((weight, columns, pointers), shape=shape),
        sparse.csr_matrix((mass, columns, pointers), shape=shape),
        df,
    )
