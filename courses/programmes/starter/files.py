"""Reads the programmes that ship. Pure: a file's text in, a :class:`StarterProgramme` out.

A step is the slug of an activity, or a table {activity, required, requires, skip_if = {activity, score}}; a gate is
{activity, cut, remedial = {activity, below}}. Scores are fractions from 0 to 1.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courses.programmes.definition import Day, Definition, Gate, Remedial, Skip, Step

FOLDER = Path(__file__).parent


class StarterFileError(ValueError):
    """A file that ships is not as it should be: a mistake of ours, found by the tests."""


@dataclass(frozen=True)
class StarterProgramme:
    """A programme as written in its file, with slugs where the database has ids."""

    slug: str
    title: str
    summary: str
    days: tuple[Mapping[str, Any], ...]

    def slugs(self) -> frozenset[str]:
        """Every activity that it speaks of."""
        found: set[str] = set()
        for day in self.days:
            for step in day.get("steps", ()):
                found.add(_slug(step))
                if isinstance(step, Mapping):
                    found |= set(step.get("requires", ()))
                    found |= {step["skip_if"]["activity"]} if "skip_if" in step else set()
            gate = day.get("gate")
            if gate:
                found.add(gate["activity"])
                found |= {gate["remedial"]["activity"]} if "remedial" in gate else set()
        return frozenset(found)

    def definition(self, ids: Mapping[str, int]) -> Definition:
        """With the ids of this home. Steps and conditions whose activity is not there are left out."""
        return Definition(tuple(_day(day, n, ids) for n, day in enumerate(self.days)))


def read_starter_programmes(folder: Path = FOLDER) -> list[StarterProgramme]:
    """Every programme of the folder, in the order of the file names."""
    return [parse(path.read_text(encoding="utf-8"), name=path.name) for path in sorted(folder.glob("*.toml"))]


def parse(text: str, *, name: str) -> StarterProgramme:
    """One file. Raises StarterFileError with the file's name."""
    try:
        kept = tomllib.loads(text)
        days = tuple(kept["days"])
        programme = StarterProgramme(kept["slug"], kept["title"], kept.get("summary", ""), days)
        everything = {slug: n for n, slug in enumerate(sorted(programme.slugs()), 1)}
        programme.definition(everything)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StarterFileError(f"{name}: {error!r}") from error
    return programme


def _slug(step: Any) -> str:
    return str(step["activity"] if isinstance(step, Mapping) else step)


def _day(kept: Mapping[str, Any], place: int, ids: Mapping[str, int]) -> Day:
    gate = kept.get("gate")
    return Day(
        title=str(kept["title"]),
        goal=str(kept.get("goal", "")),
        offset=int(kept.get("offset_days", place)),
        steps=tuple(_step(step, ids) for step in kept.get("steps", ()) if _slug(step) in ids),
        gate=_gate(gate, ids) if gate and gate["activity"] in ids else None,
        attendance=bool(kept.get("attendance", True)),
        start=str(kept.get("start", "")),
    )


def _step(kept: Any, ids: Mapping[str, int]) -> Step:
    if not isinstance(kept, Mapping):
        return Step(ids[str(kept)])
    skip = kept.get("skip_if")
    return Step(
        ids[kept["activity"]],
        required=bool(kept.get("required", True)),
        skip=Skip(ids[skip["activity"]], float(skip["score"])) if skip and skip["activity"] in ids else None,
        requires=tuple(ids[slug] for slug in kept.get("requires", ()) if slug in ids),
    )


def _gate(kept: Mapping[str, Any], ids: Mapping[str, int]) -> Gate:
    remedial = kept.get("remedial")
    return Gate(
        ids[kept["activity"]],
        cut=None if kept.get("cut") is None else float(kept["cut"]),
        remedial=Remedial(ids[remedial["activity"]], float(remedial["below"]))
        if remedial and remedial["activity"] in ids
        else None,
    )
