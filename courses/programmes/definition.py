"""What a programme consists of: days with steps and a gate. Pure dataclasses, and how they are kept as JSON.

Activities are named by their ids; scores are fractions from 0 to 1; a day's ``offset`` counts calendar days from the
start (0 = the first day), its ``start`` is a clock in Shanghai, "09:30", or "" where nobody is late in the morning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

LONGEST = 60  # days
MOST_STEPS = 40  # a day


class DefinitionError(ValueError):
    """Kept data that is no programme: a mistake of ours or of a file, never of a person on a page."""


@dataclass(frozen=True)
class Skip:
    """免修: a step is not asked of whoever reached ``score`` in ``activity_id`` (a pre-test)."""

    activity_id: int
    score: float


@dataclass(frozen=True)
class Remedial:
    """补学: who fails the gate below ``below`` does this first, before the next try."""

    activity_id: int
    below: float


@dataclass(frozen=True)
class Step:
    """One thing to do on a day. Of those that are not ``required`` the gate does not wait for."""

    activity_id: int
    required: bool = True
    skip: Skip | None = None
    requires: tuple[int, ...] = ()


@dataclass(frozen=True)
class Gate:
    """关卡: passed with a score of at least ``cut``; with None by completing it."""

    activity_id: int
    cut: float | None = None
    remedial: Remedial | None = None


@dataclass(frozen=True)
class Day:
    """A day: its steps in order, and the gate that opens the next one. A day without a gate ends with its steps."""

    title: str
    goal: str = ""
    offset: int = 0
    steps: tuple[Step, ...] = ()
    gate: Gate | None = None
    attendance: bool = True
    start: str = ""

    @property
    def start_time(self) -> time | None:
        """The time by which people should have begun."""
        return time.fromisoformat(self.start) if self.start else None

    def activity_ids(self) -> tuple[int, ...]:
        """What is done on the day, gate last, each once; a remedial comes only to those who need it."""
        found = [step.activity_id for step in self.steps]
        return tuple(dict.fromkeys(found + ([self.gate.activity_id] if self.gate else [])))


@dataclass(frozen=True)
class Definition:
    """All days, in order."""

    days: tuple[Day, ...] = ()

    def activity_ids(self) -> frozenset[int]:
        """Every activity that the programme speaks of, those of conditions and remedials included."""
        return frozenset(self._mentioned())

    def day_of(self, activity_id: int) -> int | None:
        """The first day, from 1, on which the activity is done; None when it stands in none."""
        return next((n for n, day in enumerate(self.days, 1) if activity_id in day.activity_ids()), None)

    def step_of(self, activity_id: int) -> Step | None:
        return next((step for day in self.days for step in day.steps if step.activity_id == activity_id), None)

    def _mentioned(self) -> Iterator[int]:
        for day in self.days:
            yield from day.activity_ids()
            for step in day.steps:
                yield from step.requires
                if step.skip:
                    yield step.skip.activity_id
            if day.gate and day.gate.remedial:
                yield day.gate.remedial.activity_id


def to_json(definition: Definition) -> dict[str, Any]:
    """As it is kept in the database."""
    return {"days": [_day_to_json(day) for day in definition.days]}


def from_json(kept: Mapping[str, Any]) -> Definition:
    """The definition that :func:`to_json` wrote. Raises DefinitionError for anything else."""
    try:
        return Definition(tuple(_day_from_json(day) for day in kept.get("days", [])))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DefinitionError(f"not a programme: {error!r}") from error


def _day_to_json(day: Day) -> dict[str, Any]:
    gate = day.gate
    return {
        "title": day.title,
        "goal": day.goal,
        "offset": day.offset,
        "attendance": day.attendance,
        "start": day.start,
        "steps": [
            {
                "activity": step.activity_id,
                "required": step.required,
                "skip": {"activity": step.skip.activity_id, "score": step.skip.score} if step.skip else None,
                "requires": list(step.requires),
            }
            for step in day.steps
        ],
        "gate": {
            "activity": gate.activity_id,
            "cut": gate.cut,
            "remedial": {"activity": gate.remedial.activity_id, "below": gate.remedial.below}
            if gate.remedial
            else None,
        }
        if gate
        else None,
    }


def _day_from_json(kept: Mapping[str, Any]) -> Day:
    gate, start = kept.get("gate"), kept.get("start") or ""
    if start:
        time.fromisoformat(start)
    return Day(
        title=str(kept["title"]),
        goal=str(kept.get("goal") or ""),
        offset=int(kept.get("offset") or 0),
        attendance=bool(kept.get("attendance", True)),
        start=start,
        steps=tuple(
            Step(
                activity_id=int(step["activity"]),
                required=bool(step.get("required", True)),
                skip=Skip(int(step["skip"]["activity"]), _fraction(step["skip"]["score"]))
                if step.get("skip")
                else None,
                requires=tuple(int(ident) for ident in step.get("requires") or ()),
            )
            for step in kept.get("steps") or ()
        ),
        gate=Gate(
            activity_id=int(gate["activity"]),
            cut=None if gate.get("cut") is None else _fraction(gate["cut"]),
            remedial=Remedial(int(gate["remedial"]["activity"]), _fraction(gate["remedial"]["below"]))
            if gate.get("remedial")
            else None,
        )
        if gate
        else None,
    )


def _fraction(value: Any) -> float:
    number = float(value)
    if not 0 <= number <= 1:
        raise ValueError(f"{number} is no fraction")
    return number


# --- changing one while it is built ----------------------------------------------------------------------------------


def with_day(definition: Definition, number: int, day: Day) -> Definition:
    """The definition with day ``number`` (from 1) replaced."""
    days = list(definition.days)
    days[number - 1] = day
    return Definition(tuple(days))


def add_day(definition: Definition, title: str) -> Definition:
    """A further day at the end, a calendar day after the last."""
    offset = max((day.offset for day in definition.days), default=-1) + 1
    return Definition((*definition.days, Day(title=title, offset=offset)))


def remove_day(definition: Definition, number: int) -> Definition:
    """Without day ``number``; the later ones keep their dates."""
    return tidied(Definition(tuple(day for n, day in enumerate(definition.days, 1) if n != number)))


def move_day(definition: Definition, number: int, by: int) -> Definition:
    """Day ``number`` one up (-1) or down (1). The dates stay with the places, the content moves."""
    other = number + by
    if not (1 <= number <= len(definition.days) and 1 <= other <= len(definition.days)):
        return definition
    days = list(definition.days)
    first, second = days[number - 1], days[other - 1]
    days[number - 1], days[other - 1] = replace(second, offset=first.offset), replace(first, offset=second.offset)
    return tidied(Definition(tuple(days)))


def add_step(day: Day, activity_id: int) -> Day:
    """With a further step at the end; what is there already is not added twice."""
    if activity_id in day.activity_ids():
        return day
    return replace(day, steps=(*day.steps, Step(activity_id)))


def move_step(day: Day, place: int, by: int) -> Day:
    """The step at ``place`` (from 0) one up (-1) or down (1)."""
    other = place + by
    if not (0 <= place < len(day.steps) and 0 <= other < len(day.steps)):
        return day
    steps = list(day.steps)
    steps[place], steps[other] = steps[other], steps[place]
    return replace(day, steps=tuple(steps))


def remove_step(day: Day, place: int) -> Day:
    return replace(day, steps=tuple(step for n, step in enumerate(day.steps) if n != place))


def tidied(definition: Definition) -> Definition:
    """Without conditions on activities that stand nowhere in the programme any more."""
    there = {ident for day in definition.days for ident in day.activity_ids()}

    def step(each: Step) -> Step:
        skip = each.skip if each.skip and each.skip.activity_id in there - {each.activity_id} else None
        requires = tuple(ident for ident in each.requires if ident in there and ident != each.activity_id)
        return replace(each, skip=skip, requires=requires)

    def gate(each: Gate) -> Gate:
        kept = each.remedial if each.remedial and each.remedial.activity_id in there - {each.activity_id} else None
        return replace(each, remedial=kept)

    return Definition(
        tuple(
            replace(day, steps=tuple(step(s) for s in day.steps), gate=gate(day.gate) if day.gate else None)
            for day in definition.days
        )
    )


# --- what keeps it from being published ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flaw:
    """Why a definition can't be published: the day (0 = the whole), a word of ``FLAWS``, and what it is about."""

    day: int
    what: str
    activity_id: int | None = None

    @property
    def blocks(self) -> bool:
        """Whether it keeps the programme from being published; the others are told and may be meant so."""
        return self.what not in REMARKS


REMARKS = frozenset({"no_gate"})
FLAWS = (
    "no_days", "no_title", "empty_day", "no_gate", "gone", "twice", "same_gate", "offsets", "foreign", "cycle",
    "no_cut", "needless_cut", "nested",
)  # fmt: skip


def flaws(
    definition: Definition,
    *,
    usable: Callable[[int], bool],
    own_shop: Callable[[int], bool] = lambda _id: True,
    scored: Callable[[int], bool | None] = lambda _id: None,
    nested: Callable[[int], bool] = lambda _id: False,
) -> list[Flaw]:
    """Everything that has to be mended before publishing, day by day.

    ``usable``: whether the activity is published; ``own_shop``: whether everybody of the programme's shop may see it;
    ``scored``: whether completing it brings a score (None = not known); ``nested``: whether it is a programme itself.
    """
    if not definition.days:
        return [Flaw(0, "no_days")]
    found: list[Flaw] = []
    seen: set[int] = set()
    last_offset = -1
    for number, day in enumerate(definition.days, 1):
        if not day.title.strip():
            found.append(Flaw(number, "no_title"))
        if not day.steps and day.gate is None:
            found.append(Flaw(number, "empty_day"))
        if day.gate is None and number < len(definition.days):
            found.append(Flaw(number, "no_gate"))
        if day.offset < last_offset:
            found.append(Flaw(number, "offsets"))
        last_offset = max(last_offset, day.offset)
        if day.gate and day.gate.activity_id in {step.activity_id for step in day.steps}:
            found.append(Flaw(number, "same_gate", day.gate.activity_id))
        for ident in day.activity_ids():
            if ident in seen:
                found.append(Flaw(number, "twice", ident))
            if nested(ident):
                found.append(Flaw(number, "nested", ident))
            elif not usable(ident):
                found.append(Flaw(number, "gone", ident))
            elif not own_shop(ident):
                found.append(Flaw(number, "foreign", ident))
        if day.gate and scored(day.gate.activity_id) is True and day.gate.cut is None:
            found.append(Flaw(number, "no_cut", day.gate.activity_id))
        if day.gate and scored(day.gate.activity_id) is False and day.gate.cut is not None:
            found.append(Flaw(number, "needless_cut", day.gate.activity_id))
        seen |= set(day.activity_ids())
    return found + [Flaw(number, "cycle", ident) for number, ident in _cycles(definition)]


def _cycles(definition: Definition) -> list[tuple[int, int]]:
    """Steps that wait for something of a later day, or for each other: nobody could ever do them."""
    found: list[tuple[int, int]] = []
    needs = {step.activity_id: step.requires for day in definition.days for step in day.steps}

    def leads_back(start: int) -> bool:
        waiting, seen = list(needs.get(start, ())), set()
        while waiting:
            ident = waiting.pop()
            if ident == start:
                return True
            if ident not in seen:
                seen.add(ident)
                waiting.extend(needs.get(ident, ()))
        return False

    for number, day in enumerate(definition.days, 1):
        for step in day.steps:
            later = any((definition.day_of(ident) or 0) > number for ident in step.requires)
            gated = day.gate is not None and day.gate.activity_id in step.requires
            if later or gated or leads_back(step.activity_id):
                found.append((number, step.activity_id))
    return found
