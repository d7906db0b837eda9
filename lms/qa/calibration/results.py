"""How far the people of a round agree, from what each of them gave. Pure; its libraries make it work for jobs only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lms.qa.enums import CalibrationKind
from lms.qa.statistics.agreement import Agreement, Bias, Level, agreement, bias, cohen_kappa

LEAST_LINES = 20
"""Agreement over fewer lines than this is no reason to name anybody."""


@dataclass(frozen=True)
class Given:
    """What somebody gave a chat on a criterion; ``kept`` is None where it did not apply. ``live``: it was no test."""

    chat_id: int
    person_id: int
    criterion_id: int
    value: int | None
    top: int
    kept: bool | None
    live: bool = False
    comment: str = ""


@dataclass(frozen=True)
class LineResult:
    """Agreement on one criterion; ``kappa`` only between exactly two people. Biases name the place in ``people``."""

    criterion_id: int
    agreement: Agreement
    kappa: float | None
    biases: tuple[Bias, ...]


@dataclass(frozen=True)
class Standing:
    """How one person agrees with the others, over lines of all rounds of half a year: kept or a fault."""

    lines: int
    rounds: int
    share: float | None
    alpha: float | None

    def is_below(self, bar: float) -> bool:
        """Whether there is reason to name somebody; no coefficient (all the same) is none."""
        return self.lines >= LEAST_LINES and self.alpha is not None and self.alpha < bar


@dataclass(frozen=True)
class Results:
    """``people`` are the columns in order; ``whole`` is kept or fault over all lines; ``standings`` is {person id}."""

    people: tuple[int, ...]
    lines: tuple[LineResult, ...]
    whole: Agreement
    standings: dict[int, Standing]

    def to_json(self) -> dict[str, Any]:
        """As ``Calibration.results`` keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Results:
        """Read back what :meth:`to_json` wrote."""
        lines = tuple(
            LineResult(
                line["criterion_id"],
                Agreement(**line["agreement"]),
                line["kappa"],
                tuple(Bias(**one) for one in line["biases"]),
            )
            for line in data["lines"]
        )
        standings = {int(key): Standing(**one) for key, one in data["standings"].items()}
        return cls(tuple(data["people"]), lines, Agreement(**data["whole"]), standings)


def work_out(given: Sequence[Given], criteria: Sequence[int], standings: dict[int, Standing]) -> Results:
    """The results of a round; ``criteria`` gives the order of the lines, ``standings`` come from several rounds."""
    people = list(dict.fromkeys(one.person_id for one in sorted(given, key=lambda one: (not one.live, one.person_id))))
    by_line: dict[int, dict[int, dict[int, Given]]] = defaultdict(lambda: defaultdict(dict))
    for one in given:
        by_line[one.criterion_id][one.chat_id][one.person_id] = one
    lines, all_rows = [], []
    for criterion_id in criteria:
        chats = by_line.get(criterion_id)
        if not chats:
            continue
        rows, kept = [], []
        for _chat, scores in sorted(chats.items()):
            rows.append([scores[person].value if person in scores else None for person in people])
            kept.append([_truth(scores[person].kept) if person in scores else None for person in people])
        top = max(one.top for scores in chats.values() for one in scores.values())
        kappa = cohen_kappa(*zip(*rows, strict=True)).value if len(people) == 2 else None
        found = agreement(rows, Level.ORDINAL if top > 1 else Level.NOMINAL)
        lines.append(LineResult(criterion_id, found, kappa, tuple(bias(rows, [top] * len(rows)))))
        all_rows += kept
    pooled = agreement(all_rows)
    # Lines of one chat belong together, so that an interval over lines would promise too much.
    whole = Agreement(pooled.n, pooled.share, pooled.alpha)
    return Results(tuple(people), tuple(lines), whole, standings)


def _truth(kept: bool | None) -> int | None:
    return None if kept is None else int(kept)


def pairs_with_others(given: Iterable[Given], kind: CalibrationKind) -> dict[int, list[tuple[int, int]]]:
    """Of each person's lines: kept or not in their own eyes, and in those of most of the others.

    In a regrade only the live evaluator is judged, by the people who scored again. Lines on which the others are split
    evenly, or that somebody held not to apply, tell nothing.
    """
    by_line: dict[tuple[int, int], list[Given]] = defaultdict(list)
    for one in given:
        if one.kept is not None:
            by_line[one.chat_id, one.criterion_id].append(one)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for scores in by_line.values():
        for own in scores:
            if kind is CalibrationKind.REGRADE and not own.live:
                continue
            others = [other.kept for other in scores if other is not own]
            kept = sum(other is True for other in others)
            if 2 * kept != len(others):
                found[own.person_id].append((int(own.kept is True), int(2 * kept > len(others))))
    return found


def standing_of(rounds: Sequence[Sequence[tuple[int, int]]]) -> Standing:
    """One person's standing over rounds."""
    pairs = [pair for one in rounds for pair in one]
    found = agreement(pairs)
    return Standing(len(pairs), sum(bool(one) for one in rounds), found.share, found.alpha)
