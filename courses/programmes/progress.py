"""How far somebody is in a programme. Pure: the definition, facts of the ledger and dates in; states out.

A day opens when the one before is passed: its gate, and every required step done or spared (免修). Nothing here is
kept: what is kept (``passed`` days) only makes sure that a day once passed stays passed when the programme changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from courses.programmes.definition import Day, Definition, Gate, Step
from courses.programmes.enums import Attended, EnrolmentState, Standing
from lms.kernel.clock import from_local, shift_date, shift_day_end

STUCK_AFTER_TRIES = 2
"""So many failures at a gate, and somebody should help."""
STUCK_AFTER = timedelta(days=1)
"""A day this long past its end is more than late."""
NOON = time(12)
GRACE = timedelta(minutes=15)
"""How long after a day's start one still is in time."""


@dataclass(frozen=True)
class Fact:
    """A row of the ledger, as far as a programme asks."""

    record_id: int
    at: datetime
    score: float | None = None
    success: bool | None = None
    completion: bool | None = None

    @property
    def done(self) -> bool:
        """A completion that is not a failure."""
        return bool(self.completion) and self.success is not False


Ledger = Mapping[int, Sequence[Fact]]
"""A person's facts by activity, each in order of time."""


class StepState(StrEnum):
    LOCKED = "locked"
    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    GONE = "gone"
    """The activity was taken away meanwhile; nobody waits for it."""


class DayState(StrEnum):
    LOCKED = "locked"
    OPEN = "open"
    LATE = "late"
    STUCK = "stuck"
    PASSED = "passed"


@dataclass(frozen=True)
class StepProgress:
    """One step of one person. ``waits_for``: what must be completed before it opens."""

    step: Step
    state: StepState
    done_at: datetime | None = None
    begun_at: datetime | None = None
    score: float | None = None
    waits_for: tuple[int, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether the gate no longer waits for it."""
        return self.state in (StepState.DONE, StepState.SKIPPED, StepState.GONE) or not self.step.required


@dataclass(frozen=True)
class GateProgress:
    """The gate of a day: the best score, failed tries, what passed it; ``remedial_due``: what comes before a retry."""

    gate: Gate
    state: StepState
    best: float | None = None
    tries: int = 0
    last_at: datetime | None = None
    passed_at: datetime | None = None
    record_id: int | None = None
    remedial_due: int | None = None
    gone: bool = False


@dataclass(frozen=True)
class DayProgress:
    """One day of one person. ``date`` is the working day it stands on, moved on when it opened later than planned."""

    number: int
    day: Day
    state: DayState
    date: date
    steps: tuple[StepProgress, ...]
    gate: GateProgress | None
    opened_at: datetime | None = None
    begun_at: datetime | None = None
    passed_at: datetime | None = None

    @property
    def due_at(self) -> datetime:
        return shift_day_end(self.date)

    @property
    def is_open(self) -> bool:
        return self.state in (DayState.OPEN, DayState.LATE, DayState.STUCK)

    @property
    def settled(self) -> int:
        """How many required steps, the gate included, are behind the person."""
        steps = sum(each.settled for each in self.steps if each.step.required)
        return steps + (self.gate is not None and self.gate.passed_at is not None)

    @property
    def total(self) -> int:
        return sum(each.step.required for each in self.steps) + (self.gate is not None)


@dataclass(frozen=True)
class Progress:
    """Everything about one enrolment at a moment."""

    days: tuple[DayProgress, ...]
    standing: Standing
    begun_at: datetime | None

    @property
    def current(self) -> DayProgress | None:
        """The day that is open; None when all are passed (or there is none)."""
        return next((day for day in self.days if day.passed_at is None), None)

    @property
    def finished_at(self) -> datetime | None:
        """When the last day was passed."""
        if not self.days or self.days[-1].passed_at is None:
            return None
        return max(day.passed_at for day in self.days if day.passed_at is not None)


@dataclass(frozen=True)
class Course:
    """What one enrolment says: when it began, on which day it is planned to start, and what was passed before."""

    enrolled_at: datetime
    start_date: date
    state: EnrolmentState = EnrolmentState.ACTIVE
    passed: Mapping[int, datetime] = field(default_factory=dict)
    counts_from: datetime | None = None
    """Facts before this moment belong to an earlier run of the same programme."""


def first_day(at: datetime) -> date:
    """The day a programme starts that is given at this moment: today until noon, after that tomorrow."""
    day = shift_date(at)
    return day if at <= from_local(datetime.combine(day, NOON)) else day + timedelta(days=1)


def evaluate(
    definition: Definition, course: Course, ledger: Ledger, at: datetime, gone: frozenset[int] = frozenset()
) -> Progress:
    """Where the person stands. ``gone`` are activities that were archived since the version was published."""
    facts = {ident: _counted(rows, course.counts_from) for ident, rows in ledger.items()}
    days: list[DayProgress] = []
    opened_at: datetime | None = course.enrolled_at
    for number, day in enumerate(definition.days, 1):
        found = _day(number, day, course, facts, at, gone, opened_at)
        days.append(found)
        opened_at = found.passed_at
    begun = min((moment for day in days for moment in (day.begun_at, day.passed_at) if moment), default=None)
    return Progress(tuple(days), _standing(days, course.state, begun=begun is not None, at=at), begun)


def standing_of(*, state: EnrolmentState, due_at: datetime | None, tries: int, begun: bool, at: datetime) -> Standing:
    """The one word for lists, from what a list keeps: when the open day ends, and failed tries at its gate.

    Its twin as a filter is ``queries.standing_is``.
    """
    if state is not EnrolmentState.ACTIVE:
        return Standing(state.value)
    if tries >= STUCK_AFTER_TRIES or (due_at is not None and due_at + STUCK_AFTER < at):
        return Standing.STUCK
    if due_at is not None and due_at < at:
        return Standing.LATE
    return Standing.ON_TRACK if begun else Standing.NOT_STARTED


def attendance_at(day: Day, on: date, at: datetime) -> Attended | None:
    """What beginning at this moment says of a day held on ``on``: present, late, or nothing outside that working day.

    A night shift belongs to the day it began on (``lms.kernel.clock.DAY_CUT``).
    """
    if not day.attendance or shift_date(at) != on:
        return None
    if day.start_time is None or at <= from_local(datetime.combine(on, day.start_time)) + GRACE:
        return Attended.PRESENT
    return Attended.LATE


def has_missed_start(found: DayProgress, at: datetime) -> bool:
    """Whether the open day should have been begun by now and was not."""
    start = found.day.start_time
    if not found.is_open or found.begun_at is not None or start is None:
        return False
    return at > from_local(datetime.combine(found.date, start)) + GRACE


# --- how it is worked out --------------------------------------------------------------------------------------------


def _counted(rows: Sequence[Fact], since: datetime | None) -> Sequence[Fact]:
    return rows if since is None else [fact for fact in rows if fact.at > since]


def _day(
    number: int,
    day: Day,
    course: Course,
    facts: Ledger,
    at: datetime,
    gone: frozenset[int],
    opened_at: datetime | None,
) -> DayProgress:
    planned = course.start_date + timedelta(days=day.offset)
    on = planned if opened_at is None else max(planned, shift_date(opened_at))
    is_open = opened_at is not None
    steps = tuple(_step(step, facts, is_open=is_open, gone=gone) for step in day.steps)
    gate = _gate(day.gate, facts, opened_at=opened_at, gone=gone) if day.gate else None
    passed_at = _passed_at(number, course, steps, gate, opened_at)
    begun_at = _begun_at(day, facts, opened_at) if opened_at is not None else None
    if passed_at is not None:
        state = DayState.PASSED
    elif not is_open:
        state = DayState.LOCKED
    else:
        standing = standing_of(
            state=EnrolmentState.ACTIVE,
            due_at=shift_day_end(on),
            tries=gate.tries if gate else 0,
            begun=begun_at is not None,
            at=at,
        )
        state = {Standing.STUCK: DayState.STUCK, Standing.LATE: DayState.LATE}.get(standing, DayState.OPEN)
    return DayProgress(number, day, state, on, steps, gate, opened_at, begun_at, passed_at)


def _begun_at(day: Day, facts: Ledger, opened_at: datetime) -> datetime | None:
    """The first thing done of the day since it opened; what was done long before is no sign of presence."""
    moments = (fact.at for ident in day.activity_ids() for fact in facts.get(ident, ()) if fact.at >= opened_at)
    return min(moments, default=None)


def _passed_at(
    number: int,
    course: Course,
    steps: Sequence[StepProgress],
    gate: GateProgress | None,
    opened_at: datetime | None,
) -> datetime | None:
    if number in course.passed:
        return course.passed[number]
    if opened_at is None or not all(step.settled for step in steps):
        return None
    if gate is not None and gate.passed_at is None:
        return None
    moments = [opened_at, *(step.done_at for step in steps if step.step.required and step.done_at is not None)]
    return max([*moments, gate.passed_at] if gate and gate.passed_at else moments)


def _step(step: Step, facts: Ledger, *, is_open: bool, gone: frozenset[int]) -> StepProgress:
    rows = facts.get(step.activity_id, ())
    done = next((fact for fact in rows if fact.done), None)
    score = max((fact.score for fact in rows if fact.score is not None), default=None)
    begun_at = rows[0].at if rows else None
    if done is not None:
        return StepProgress(step, StepState.DONE, done.at, begun_at, score)
    if step.skip is not None:
        spared = next(
            (
                fact
                for fact in facts.get(step.skip.activity_id, ())
                if fact.score is not None and _reaches(fact.score, step.skip.score)
            ),
            None,
        )
        if spared is not None:
            return StepProgress(step, StepState.SKIPPED, spared.at, begun_at, score)
    if step.activity_id in gone:
        return StepProgress(step, StepState.GONE, None, begun_at, score)
    missing = tuple(
        ident for ident in step.requires if ident not in gone and not any(f.done for f in facts.get(ident, ()))
    )
    state = StepState.OPEN if is_open and not missing else StepState.LOCKED
    return StepProgress(step, state, None, begun_at, score, missing)


def _gate(gate: Gate, facts: Ledger, *, opened_at: datetime | None, gone: frozenset[int]) -> GateProgress:
    """A pass of earlier days counts; failures only since the day opened."""
    rows = facts.get(gate.activity_id, ())
    best = max((fact.score for fact in rows if fact.score is not None), default=None)
    passing = next((fact for fact in rows if fact.done and _enough(fact, gate)), None)
    if passing is not None:
        return GateProgress(
            gate,
            StepState.DONE,
            best,
            tries=sum(_failed(fact, gate) for fact in rows if fact.at < passing.at),
            last_at=passing.at,
            passed_at=passing.at,
            record_id=passing.record_id,
        )
    failures = [fact for fact in rows if _failed(fact, gate) and opened_at is not None and fact.at >= opened_at]
    due = _remedial_due(gate, facts, failures[-1]) if failures else None
    state = StepState.OPEN if opened_at is not None and due is None else StepState.LOCKED
    last_at = failures[-1].at if failures else None
    return GateProgress(gate, state, best, len(failures), last_at, remedial_due=due, gone=gate.activity_id in gone)


def _remedial_due(gate: Gate, facts: Ledger, failure: Fact) -> int | None:
    """The remedial that has to come before the next try: the last one was below its bar, and it was not done since."""
    remedial = gate.remedial
    if remedial is None or failure.score is None or _reaches(failure.score, remedial.below):
        return None
    since = any(fact.done and fact.at >= failure.at for fact in facts.get(remedial.activity_id, ()))
    return None if since else remedial.activity_id


def _enough(fact: Fact, gate: Gate) -> bool:
    return gate.cut is None or (fact.score is not None and _reaches(fact.score, gate.cut))


def _failed(fact: Fact, gate: Gate) -> bool:
    """A result that does not pass the gate: the activity's own failure, or a pass below the programme's cut."""
    return bool(fact.completion) and not (fact.done and _enough(fact, gate))


def _reaches(score: float, bar: float) -> bool:
    """Compared at four decimals, as quizzes do, so that 80 of 100 is 0.8 however it was added up."""
    return round(score, 4) >= round(bar, 4)


def _standing(days: Sequence[DayProgress], state: EnrolmentState, *, begun: bool, at: datetime) -> Standing:
    current = next((day for day in days if day.passed_at is None), None)
    tries = current.gate.tries if current and current.gate else 0
    return standing_of(state=state, due_at=current.due_at if current else None, tries=tries, begun=begun, at=at)
