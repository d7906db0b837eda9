"""Learns the weights of quizzes/mining/weights.py and prints the file; cross-validates with --check.

Pairs come from the groups of ../shared/data/question-groups, in three settings so that the weights suit more than one
kind of corpus: all groups alone, all groups with their look-alikes as strangers, and small corpora of 100 groups.
Usage: python -m tests.bench.fit_grouping [--check] > quizzes/mining/weights.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from lms.kernel.text import normalise_many
from quizzes.mining import grouping, pairs
from quizzes.mining.wording import text_key

DATA = Path(__file__).parents[3] / "shared" / "data" / "question-groups" / "groups.jsonl"
CLOSED, OPEN, SMALL = 2.0, 0.6, 0.5  # weight of a pair in each setting
THRESHOLD = 0.3


def load() -> list[dict]:
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]


def corpus(groups: list[dict], *, strangers: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, labels and the fold of each pair (-1 where its texts are of both folds)."""
    seen: dict[str, tuple[int, int]] = {}
    for group in groups:
        for text in group["equivalent"]:
            seen.setdefault(text_key(normalise_many([text])[0]), (group["group"], group["group"] % 2))
        for number, text in enumerate(group["not_equivalent"] if strangers else ()):
            label = 10_000 + group["group"] * 10 + number
            seen.setdefault(text_key(normalise_many([text])[0]), (label, group["group"] % 2))
    labels = np.array([label for label, _ in seen.values()])
    folds = np.array([fold for _, fold in seen.values()])
    table = pairs.describe(list(seen))
    left, right = pairs.candidate_pairs(table)
    fold = np.where(folds[left] == folds[right], folds[left], -1)
    return pairs.pair_features(table, left, right), labels[left] == labels[right], fold


def settings(groups: list[dict]) -> list[tuple[float, tuple[np.ndarray, np.ndarray, np.ndarray]]]:
    rng = np.random.default_rng(0)
    small = [[groups[i] for i in sorted(rng.choice(len(groups), 100, replace=False))] for _ in range(16)]
    return [
        (CLOSED, corpus(groups, strangers=False)),
        (OPEN, corpus(groups, strangers=True)),
        *((SMALL, corpus(some, strangers=bool(number % 2))) for number, some in enumerate(small)),
    ]


def fit(parts: list[tuple[float, tuple[np.ndarray, np.ndarray, np.ndarray]]], fold: int | None) -> tuple[float, ...]:
    """Intercept and weights of the raw features, from the pairs of one fold.

    None: of both, never across, so that the share of true pairs is as in one.
    """
    keep = [part[2] >= 0 if fold is None else part[2] == fold for _, part in parts]
    features = np.vstack([part[0][k] for (_, part), k in zip(parts, keep, strict=True)])
    labels = np.concatenate([part[1][k] for (_, part), k in zip(parts, keep, strict=True)])
    weight = np.concatenate([np.full(len(part[1][k]), w) for (w, part), k in zip(parts, keep, strict=True)])
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=1.0, max_iter=3000).fit(scaler.transform(features), labels, sample_weight=weight)
    slope = model.coef_[0] / scaler.scale_
    return (float(model.intercept_[0] - (slope * scaler.mean_).sum()), *map(float, slope))


def b_cubed(truth: list[int], found: list[int]) -> tuple[float, float, float]:
    """Precision, recall and F1 over items."""
    both: dict[tuple[int, int], int] = {}
    real: dict[int, int] = {}
    made: dict[int, int] = {}
    for t, f in zip(truth, found, strict=True):
        both[t, f] = both.get((t, f), 0) + 1
        real[t] = real.get(t, 0) + 1
        made[f] = made.get(f, 0) + 1
    precision = sum(n * n / made[f] for (_, f), n in both.items()) / len(truth)
    recall = sum(n * n / real[t] for (t, _), n in both.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def check(groups: list[dict], parts: list) -> None:
    """Weights from one half, figures on the other: all equivalent texts, then with the look-alikes among them."""
    for strangers in (False, True):
        for threshold in (0.25, 0.3, 0.33, 0.36, 0.4, 0.45):
            figures = []
            for fold in (0, 1):
                grouping.WEIGHTS = fit(parts, fold)
                rows = [(t, g["group"]) for g in groups for t in g["equivalent"] if g["group"] % 2 != fold]
                if strangers:
                    other = [(g["group"], n, t) for g in groups for n, t in enumerate(g["not_equivalent"])]
                    rows += [(t, 10_000 + g * 10 + n) for g, n, t in other if g % 2 != fold]
                found = grouping.group_questions([t for t, _ in rows], threshold=threshold)
                figures.append(b_cubed([g for _, g in rows], found))
            mean = np.mean(figures, axis=0)
            print(f"strangers={strangers} threshold={threshold} P R F1 {mean.round(4)}", file=sys.stderr)


def main() -> None:
    groups = load()
    parts = settings(groups)
    if "--check" in sys.argv:
        check(groups, parts)
        return
    names = ("intercept", *pairs.FEATURES)
    lines = "\n".join(f"    {value:.4f},  # {name}" for name, value in zip(names, fit(parts, None), strict=True))
    print(f'''"""Weights of the pair model: log odds that two texts mean the same. From tests/bench/fit_grouping.py."""

THRESHOLD = {THRESHOLD}

WEIGHTS: tuple[float, ...] = (
{lines}
)''')


if __name__ == "__main__":
    main()
