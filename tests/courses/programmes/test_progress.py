"""The rules of progress, on worked examples. The onboarding starts on Monday 2 November 2026 in Shanghai."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.programmes.definition import (
    Day,
    Definition,
    DefinitionError,
    Flaw,
    Gate,
    Remedial,
    Skip,
    Step,
    add_day,
    add_step,
    flaws,
    from_json,
    move_day,
    move_step,
    remove_day,
    remove_step,
    tidied,
    to_json,
    with_day,
)
from courses.programmes.enums import Attended, EnrolmentState, Standing
from courses.programmes.progress import (
    Course,
    DayState,
    Fact,
    Progress,
    StepState,
    attendance_at,
    evaluate,
    first_day,
    has_missed_start,
    standing_of,
)
from lms.kernel.clock import from_local

LESSON, CHECKLIST, GATE1, LESSON2, GATE2, PRETEST, REMEDIAL = 1, 2, 3, 4, 5, 6, 7
MONDAY = date(2026, 11, 2)


def clock(day: int, hour: int, minute: int = 0) -> datetime:
    """That time in Shanghai in November 2026."""
    return from_local(datetime(2026, 11, day, hour, minute))


ENROLLED = clock(2, 9)
COURSE = Course(enrolled_at=ENROLLED, start_date=MONDAY)
WEEK = Definition(
    (
        Day("第一天", offset=0, start="09:30", steps=(Step(LESSON), Step(CHECKLIST)), gate=Gate(GATE1, 0.8)),
        Day("第二天", offset=1, steps=(Step(LESSON2),), gate=Gate(GATE2, 0.6)),
    )
)


def done(ident: int, at: datetime, score: float | None = None) -> Fact:
    return Fact(ident, at, score, True if score is not None else None, True)


def failed(ident: int, at: datetime, score: float) -> Fact:
    return Fact(ident, at, score, False, True)


def at(moment: datetime, definition: Definition = WEEK, course: Course = COURSE, **facts: list[Fact]) -> Progress:
    return evaluate(definition, course, {int(name[1:]): rows for name, rows in facts.items()}, moment)


def test_on_the_first_morning_day_one_is_open_and_day_two_is_not() -> None:
    progress = at(clock(2, 9, 10))
    assert [day.state for day in progress.days] == [DayState.OPEN, DayState.LOCKED]
    assert [step.state for step in progress.days[0].steps] == [StepState.OPEN, StepState.OPEN]
    assert progress.days[1].steps[0].state is StepState.LOCKED
    assert progress.standing is Standing.NOT_STARTED
    assert [day.date for day in progress.days] == [MONDAY, date(2026, 11, 3)]


def test_day_two_opens_when_steps_signature_and_gate_are_all_there() -> None:
    """Lesson 10:00, gate 15:00 with 85; the checklist is signed at 18:00, and that is when day 2 opens."""
    lesson, gate = [done(11, clock(2, 10))], [done(12, clock(2, 15), 0.85)]
    waiting = at(clock(2, 17), _1=lesson, _3=gate)
    assert waiting.current is not None
    assert (waiting.current.number, waiting.current.settled, waiting.current.total) == (1, 2, 3)
    progress = at(clock(2, 19), _1=lesson, _3=gate, _2=[done(13, clock(2, 18))])
    assert progress.days[0].passed_at == clock(2, 18)
    assert progress.days[1].opened_at == clock(2, 18)
    assert progress.days[1].date == date(2026, 11, 3)  # opened early, its date stays
    assert progress.days[1].due_at == clock(4, 4)
    assert progress.standing is Standing.ON_TRACK


def test_a_pass_below_the_programmes_cut_is_a_failure_at_the_gate() -> None:
    """The quiz lets 70 pass, the programme asks for 80: two such tries and the person is stuck."""
    tries = [done(11, clock(2, 11), 0.7), done(12, clock(2, 12), 0.7999)]
    progress = at(clock(2, 13), _3=tries)
    gate = progress.days[0].gate
    assert gate is not None
    assert (gate.tries, gate.passed_at, gate.best) == (2, None, 0.7999)
    assert progress.standing is Standing.STUCK
    passed = at(clock(2, 14), _3=[*tries, done(13, clock(2, 13), 0.8)]).days[0].gate
    assert passed is not None
    assert (passed.passed_at, passed.record_id) == (clock(2, 13), 13)


def test_a_result_that_waits_for_a_marker_is_neither_passed_nor_failed() -> None:
    gate = at(clock(2, 13), _3=[Fact(1, clock(2, 12), None, None, None)]).days[0].gate
    assert gate is not None
    assert (gate.tries, gate.passed_at) == (0, None)


def test_late_after_the_working_day_and_stuck_a_day_later() -> None:
    assert at(clock(3, 3, 59)).days[0].state is DayState.OPEN  # the night shift of Monday
    assert at(clock(3, 4, 1)).standing is Standing.LATE
    assert at(clock(4, 4, 1)).standing is Standing.STUCK


def test_a_day_that_opens_late_moves_on_and_is_not_late_at_once() -> None:
    """Gate 1 falls on Wednesday at 10:00: day 2, planned for Tuesday, is due at the end of Wednesday."""
    facts = {"_1": [done(1, clock(2, 10))], "_2": [done(2, clock(2, 11))], "_3": [done(3, clock(4, 10), 0.9)]}
    progress = at(clock(4, 11), **facts)
    assert progress.current is not None
    assert (progress.current.date, progress.current.due_at) == (date(2026, 11, 4), clock(5, 4))
    assert progress.standing is Standing.ON_TRACK


def test_two_gates_passed_before_count_and_the_programme_is_finished_at_once() -> None:
    """Somebody who did everything in October is through at the moment of enrolling."""
    before = datetime(2026, 10, 1, tzinfo=UTC)
    progress = at(
        ENROLLED,
        _1=[done(1, before)],
        _2=[done(2, before)],
        _3=[done(3, before, 1.0)],
        _4=[done(4, before)],
        _5=[done(5, before, 1.0)],
    )
    assert [day.passed_at for day in progress.days] == [ENROLLED, ENROLLED]
    assert progress.finished_at == ENROLLED
    assert progress.current is None


def test_a_second_run_counts_only_what_came_after_the_first() -> None:
    before = datetime(2026, 10, 1, tzinfo=UTC)
    again = replace(COURSE, counts_from=before)
    assert at(ENROLLED, course=again, _1=[done(1, before)]).days[0].steps[0].state is StepState.OPEN


def test_failures_before_the_day_opened_do_not_make_anybody_stuck() -> None:
    before = datetime(2026, 10, 1, tzinfo=UTC)
    gate = at(ENROLLED, _3=[failed(1, before, 0.2), failed(2, before, 0.3)]).days[0].gate
    assert gate is not None
    assert gate.tries == 0


def test_a_good_pretest_spares_a_step_and_is_never_a_completion() -> None:
    """免修: 85 in the pre-test, the bar is 80."""
    day = replace(WEEK.days[0], steps=(Step(LESSON, skip=Skip(PRETEST, 0.8)), Step(CHECKLIST)))
    definition = with_day(WEEK, 1, day)
    step = at(clock(2, 12), definition, _6=[Fact(1, clock(2, 10), 0.85, True, True)]).days[0].steps[0]
    assert (step.state, step.done_at, step.settled) == (StepState.SKIPPED, clock(2, 10), True)
    below = at(clock(2, 12), definition, _6=[Fact(1, clock(2, 10), 0.79, False, True)]).days[0].steps[0]
    assert below.state is StepState.OPEN


def test_a_step_waits_for_its_prerequisites() -> None:
    day = replace(WEEK.days[0], steps=(Step(LESSON), Step(CHECKLIST, requires=(LESSON,))))
    definition = with_day(WEEK, 1, day)
    step = at(clock(2, 10), definition).days[0].steps[1]
    assert (step.state, step.waits_for) == (StepState.LOCKED, (LESSON,))
    assert at(clock(2, 10), definition, _1=[done(1, clock(2, 9, 30))]).days[0].steps[1].state is StepState.OPEN


def test_far_below_the_cut_comes_a_remedial_before_the_next_try() -> None:
    """55 with a bar of 60: the gate is closed until the remedial is done after that try. 65 asks for none."""
    day = replace(WEEK.days[0], gate=Gate(GATE1, 0.8, Remedial(REMEDIAL, 0.6)))
    definition = with_day(WEEK, 1, day)
    low = [failed(1, clock(2, 11), 0.55)]
    long_ago = done(9, clock(2, 9, 30))

    def gate_of(**facts: list[Fact]) -> tuple[StepState, int | None]:
        gate = at(clock(2, 14), definition, **facts).days[0].gate
        assert gate is not None
        return gate.state, gate.remedial_due

    assert gate_of(_3=low) == (StepState.LOCKED, REMEDIAL)
    assert gate_of(_3=low, _7=[long_ago]) == (StepState.LOCKED, REMEDIAL)
    assert gate_of(_3=low, _7=[long_ago, done(2, clock(2, 12))]) == (StepState.OPEN, None)
    assert gate_of(_3=[failed(1, clock(2, 11), 0.65)]) == (StepState.OPEN, None)


def test_what_was_archived_meanwhile_keeps_nobody() -> None:
    facts = {LESSON: [done(1, clock(2, 10))], GATE1: [done(3, clock(2, 12), 0.9)]}
    progress = evaluate(WEEK, COURSE, facts, clock(2, 13), frozenset({CHECKLIST}))
    assert progress.days[0].steps[1].state is StepState.GONE
    assert progress.days[0].passed_at == clock(2, 12)


def test_an_optional_step_is_not_waited_for() -> None:
    definition = with_day(WEEK, 1, replace(WEEK.days[0], steps=(Step(LESSON), Step(CHECKLIST, required=False))))
    progress = at(clock(2, 13), definition, _1=[done(1, clock(2, 10))], _3=[done(3, clock(2, 12), 0.9)])
    assert progress.days[0].passed_at == clock(2, 12)


def test_a_passed_day_stays_passed_when_the_version_asks_for_more() -> None:
    more = with_day(WEEK, 1, add_step(WEEK.days[0], 99))
    progress = at(clock(3, 10), more, replace(COURSE, passed={1: clock(2, 18)}))
    assert [day.state for day in progress.days] == [DayState.PASSED, DayState.OPEN]


def test_attendance_of_early_late_and_night_shift() -> None:
    """The day starts at 09:30; fifteen minutes of grace; 02:00 of Tuesday is still Monday, late."""
    day = WEEK.days[0]
    assert attendance_at(day, MONDAY, clock(2, 9, 45)) is Attended.PRESENT
    assert attendance_at(day, MONDAY, clock(2, 9, 46)) is Attended.LATE
    assert attendance_at(day, MONDAY, clock(3, 2)) is Attended.LATE
    assert attendance_at(replace(day, start=""), MONDAY, clock(3, 2)) is Attended.PRESENT
    assert attendance_at(replace(day, start=""), MONDAY, clock(3, 4)) is None
    assert attendance_at(replace(day, attendance=False), MONDAY, clock(2, 9)) is None


def test_who_has_not_begun_by_the_start_is_listed() -> None:
    assert not has_missed_start(at(clock(2, 9, 40)).days[0], clock(2, 9, 40))
    assert has_missed_start(at(clock(2, 9, 50)).days[0], clock(2, 9, 50))
    begun = at(clock(2, 9, 50), _1=[Fact(1, clock(2, 9, 20))]).days[0]
    assert not has_missed_start(begun, clock(2, 9, 50))


def test_given_in_the_afternoon_it_starts_on_the_next_day() -> None:
    assert first_day(clock(2, 11, 59)) == MONDAY
    assert first_day(clock(2, 12, 1)) == date(2026, 11, 3)
    assert first_day(clock(2, 2)) == date(2026, 11, 2)  # at two at night: for the morning that comes


@pytest.mark.parametrize(
    ("state", "due_in", "tries", "begun", "expected"),
    [
        (EnrolmentState.FINISHED, -99, 5, True, Standing.FINISHED),
        (EnrolmentState.WITHDRAWN, -99, 5, True, Standing.WITHDRAWN),
        (EnrolmentState.ACTIVE, 1, 0, False, Standing.NOT_STARTED),
        (EnrolmentState.ACTIVE, 1, 1, True, Standing.ON_TRACK),
        (EnrolmentState.ACTIVE, -1, 1, True, Standing.LATE),
        (EnrolmentState.ACTIVE, 1, 2, True, Standing.STUCK),
        (EnrolmentState.ACTIVE, -25, 0, False, Standing.STUCK),
    ],
)
def test_one_word_for_where_somebody_stands(
    state: EnrolmentState, due_in: int, tries: int, begun: bool, expected: Standing
) -> None:
    due_at = ENROLLED + timedelta(hours=due_in)
    assert standing_of(state=state, due_at=due_at, tries=tries, begun=begun, at=ENROLLED) is expected


# --- the definition --------------------------------------------------------------------------------------------------

FULL = Definition(
    (
        Day(
            "第一天",
            "目标",
            0,
            (Step(1), Step(2, False, Skip(1, 0.8), (1,))),
            Gate(3, 0.8, Remedial(1, 0.5)),
            False,
            "09:30",
        ),
        Day("第二天", offset=2, steps=(Step(4),)),
    )
)


def test_kept_as_json_and_read_back_it_is_the_same() -> None:
    assert from_json(to_json(FULL)) == FULL
    assert FULL.activity_ids() == {1, 2, 3, 4}
    assert (FULL.day_of(3), FULL.day_of(4), FULL.day_of(9)) == (1, 2, None)


@pytest.mark.parametrize(
    "kept",
    [
        {"days": [{"goal": "无标题"}]},
        {"days": [{"title": "x", "steps": [{}]}]},
        {"days": [{"title": "x", "gate": {"activity": 1, "cut": 80}}]},
        {"days": [{"title": "x", "start": "25:00"}]},
    ],
)
def test_what_is_no_programme_is_refused(kept: dict) -> None:
    with pytest.raises(DefinitionError):
        from_json(kept)


def test_building_moves_content_and_keeps_dates() -> None:
    moved = move_day(FULL, 1, 1)
    assert [(day.title, day.offset) for day in moved.days] == [("第二天", 0), ("第一天", 2)]
    assert move_day(FULL, 1, -1) == FULL
    assert [day.offset for day in add_day(FULL, "第三天").days] == [0, 2, 3]
    assert [day.title for day in remove_day(FULL, 1).days] == ["第二天"]
    day = FULL.days[0]
    assert [step.activity_id for step in move_step(day, 0, 1).steps] == [2, 1]
    assert [step.activity_id for step in remove_step(day, 0).steps] == [2]
    assert add_step(day, 3) == day  # the gate is there already


def test_conditions_on_what_was_taken_out_go_with_it() -> None:
    left = tidied(with_day(FULL, 1, remove_step(FULL.days[0], 0)))
    assert left.days[0].steps == (Step(2, False),)
    assert left.days[0].gate == Gate(3, 0.8)


def test_everything_that_is_wrong_is_named() -> None:
    wrong = Definition(
        (
            Day("", offset=1, steps=(Step(1), Step(2, requires=(3,)))),
            Day("空", offset=0),
            Day("三", offset=2, steps=(Step(1), Step(3), Step(8)), gate=Gate(3)),
        )
    )
    found = flaws(wrong, usable=lambda ident: ident != 8, scored=lambda _ident: True)
    assert {(flaw.day, flaw.what) for flaw in found} == {
        (1, "no_title"), (1, "no_gate"), (1, "cycle"), (2, "empty_day"), (2, "no_gate"), (2, "offsets"),
        (3, "twice"), (3, "same_gate"), (3, "gone"), (3, "no_cut"),
    }  # fmt: skip
    assert [flaw.what for flaw in found if not flaw.blocks] == ["no_gate", "no_gate"]
    assert flaws(Definition(), usable=lambda _ident: True) == [Flaw(0, "no_days")]
    assert flaws(WEEK, usable=lambda _ident: True) == []


moments = st.integers(0, 200).map(lambda hours: ENROLLED + timedelta(hours=hours))
facts = st.builds(
    Fact,
    st.integers(1, 99),
    moments,
    st.none() | st.floats(0, 1),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(1, 7), st.lists(facts, max_size=4), max_size=7), moments)
def test_days_open_in_order_and_never_close_again(ledger: dict[int, list[Fact]], moment: datetime) -> None:
    ordered = {ident: sorted(rows, key=lambda fact: fact.at) for ident, rows in ledger.items()}
    whole = evaluate(WEEK, COURSE, ordered, moment)
    states = [day.state is DayState.LOCKED for day in whole.days]
    assert states == sorted(states)
    for number in (1, 2):  # any part of the ledger has passed no more days than the whole
        part = {ident: rows[: len(rows) // number] for ident, rows in ordered.items()}
        passed = {day.number for day in evaluate(WEEK, COURSE, part, moment).days if day.passed_at}
        assert passed <= {day.number for day in whole.days if day.passed_at}
