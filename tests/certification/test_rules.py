"""Numbers, terms, reminders and evidence, by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.certification.enums import CertificateState, EventKind
from lms.certification.rules import (
    Held,
    Need,
    Pass,
    asked,
    certificate_number,
    check_digit,
    due_reminder,
    evidence,
    is_number,
    state_at,
    term,
)
from lms.kernel.clock import from_local

AT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai


def shanghai(*parts: int) -> datetime:
    return from_local(datetime(*parts))  # type: ignore[arg-type]


def test_a_number_has_its_check_digit() -> None:
    assert check_digit("0794") == 5  # the standard's own example
    number = certificate_number("SG", 2026, 123)
    assert number == f"SG-2026-000123-{check_digit('2026000123')}"
    assert is_number(number.lower())
    assert not is_number("SG-2026-123") and not is_number("") and not is_number("SG-20X6-000123-1")


@given(st.integers(2020, 2099), st.integers(1, 999_999), st.integers(0, 9), st.integers(0, 9))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_wrong_digit_is_noticed(year: int, serial: int, place: int, digit: int) -> None:
    digits = f"{year}{serial:06d}"
    wrong = digits[:place] + str(digit) + digits[place + 1 :]
    assert (check_digit(wrong) == check_digit(digits)) == (wrong == digits)


def test_the_state_follows_from_the_dates() -> None:
    end = AT + timedelta(days=1)
    assert state_at(expires_at=end, revoked_at=None, at=AT) is CertificateState.VALID
    assert state_at(expires_at=end, revoked_at=None, at=end) is CertificateState.EXPIRED
    assert state_at(expires_at=end, revoked_at=AT, at=AT) is CertificateState.REVOKED
    assert state_at(expires_at=AT, revoked_at=AT, at=end) is CertificateState.REVOKED
    assert state_at(expires_at=None, revoked_at=None, at=end) is CertificateState.VALID


def test_a_term_ends_with_its_last_day_and_a_renewal_goes_on_from_there() -> None:
    first = term(at=AT, validity_days=365, previous_end=None)
    assert (first.valid_from, first.expires_at) == (AT, shanghai(2027, 3, 3))  # 2 March 2027 is the last day
    early = term(at=shanghai(2027, 2, 20, 9), validity_days=365, previous_end=first.expires_at)
    assert (early.valid_from, early.expires_at) == (
        shanghai(2027, 3, 3),
        shanghai(2028, 3, 2),
    )  # 29 Feb
    late = term(at=shanghai(2027, 4, 1, 9), validity_days=365, previous_end=first.expires_at)
    assert (late.valid_from, late.expires_at) == (shanghai(2027, 4, 1, 9), shanghai(2028, 4, 1))
    assert term(at=AT, validity_days=None, previous_end=None).expires_at is None


def run_year(step: timedelta, phase: timedelta = timedelta()) -> list[tuple[EventKind, datetime]]:
    end, sent, told = shanghai(2027, 3, 3), set[EventKind](), []
    at = shanghai(2026, 3, 2) + phase
    while at < shanghai(2027, 6, 1):
        kind = due_reminder(expires_at=end, at=at, sent=sent)
        if kind:
            sent.add(kind)
            told.append((kind, at))
        at += step
    return told


def test_hourly_there_are_exactly_three_reminders_in_the_morning() -> None:
    assert run_year(timedelta(hours=1)) == [
        (EventKind.REMINDED_30, shanghai(2027, 1, 31, 9)),
        (EventKind.REMINDED_7, shanghai(2027, 2, 23, 9)),
        (EventKind.REMINDED_1, shanghai(2027, 3, 1, 9)),
    ]


@pytest.mark.parametrize("hours", range(0, 72, 5))
def test_every_three_days_there_are_exactly_three_too(hours: int) -> None:
    told = run_year(timedelta(days=3), timedelta(hours=hours))
    assert [kind for kind, _ in told] == [EventKind.REMINDED_30, EventKind.REMINDED_7, EventKind.REMINDED_1]


def test_a_server_that_was_off_sends_the_nearest_only() -> None:
    end = shanghai(2027, 3, 3)
    at = shanghai(2027, 2, 25, 12)
    assert due_reminder(expires_at=end, at=at, sent=set()) is EventKind.REMINDED_7
    assert due_reminder(expires_at=end, at=at, sent={EventKind.REMINDED_7}) is None
    assert due_reminder(expires_at=end, at=shanghai(2027, 1, 31, 8, 59), sent=set()) is None


def row(n: int, activity: int, *, at: datetime = AT, score: float | None = None, success: bool | None = True) -> Pass:
    return Pass(n, activity, at, score, success, True)


@pytest.mark.parametrize(
    ("rows", "proof"),
    [
        ([], None),
        ([row(1, 7)], None),  # 8 is missing
        ([row(1, 7), row(2, 8, score=0.9, success=False)], None),  # failed
        ([row(1, 7), row(2, 8, score=0.79)], None),  # below the least score
        ([row(1, 7), row(2, 8)], None),  # no score at all
        ([row(1, 7), row(2, 8, score=0.8)], [1, 2]),
        ([row(1, 7), row(2, 8, score=0.8), row(3, 8, score=0.9)], [1, 3]),  # the best counts
        ([row(1, 7), row(4, 7), row(2, 8, score=0.8)], [1, 2]),  # the first of equals
        ([row(1, 7, success=None), row(2, 8, score=0.8)], [1, 2]),  # read to the end
    ],
)
def test_evidence(rows: list[Pass], proof: list[int] | None) -> None:
    found = evidence([Need(7), Need(8, 0.8)], rows)
    assert (None if found is None else [proven.record_id for _, proven in found]) == proof


def test_no_needs_prove_nothing_and_old_rows_do_not_count() -> None:
    assert evidence([], [row(1, 7)]) is None
    assert evidence([Need(7)], [row(1, 7)], since=AT + timedelta(seconds=1)) is None


def test_what_is_asked_for_next() -> None:
    needs, end = [Need(7), Need(8)], AT + timedelta(days=100)
    first = asked(needs=needs, renewal_activity_id=9, held=None)
    assert first is not None and (first.needs, first.since) == (tuple(needs), None)
    renewal = asked(needs=needs, renewal_activity_id=9, held=Held(end, None))
    assert renewal is not None and (renewal.needs, renewal.since) == ((Need(9),), end - timedelta(days=30))
    again = asked(needs=needs, renewal_activity_id=None, held=Held(end, None))
    assert again is not None and again.needs == tuple(needs)
    revoked = asked(needs=needs, renewal_activity_id=9, held=Held(end, AT))
    assert revoked is not None and (revoked.needs, revoked.since) == (tuple(needs), AT)
    assert asked(needs=needs, renewal_activity_id=9, held=Held(None, None)) is None
