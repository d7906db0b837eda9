"""The deadline is the server's: start + limit, never after the quiz closes, with a short grace for late packets."""

from datetime import UTC, datetime, timedelta

from quizzes.attempts.clocks import GRACE, deadline, is_overdue, remaining_seconds, takes_answers

START = datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_the_deadline_is_start_plus_limit() -> None:
    assert deadline(START, limit_seconds=1200) == START + timedelta(minutes=20)
    assert deadline(START, limit_seconds=None) is None


def test_the_quiz_closing_cuts_the_time() -> None:
    closes = START + timedelta(minutes=5)
    assert deadline(START, limit_seconds=1200, closes_at=closes) == closes
    assert deadline(START, limit_seconds=None, closes_at=closes) == closes
    assert deadline(START, limit_seconds=60, closes_at=closes) == START + timedelta(minutes=1)


def test_extra_time_lengthens_the_limit_but_not_the_window() -> None:
    assert deadline(START, limit_seconds=1200, extra_percent=50) == START + timedelta(minutes=30)
    closes = START + timedelta(minutes=25)
    assert deadline(START, limit_seconds=1200, closes_at=closes, extra_percent=50) == closes


def test_remaining_seconds_never_fall_below_zero_and_round_down() -> None:
    end = START + timedelta(seconds=10)
    assert remaining_seconds(end, START) == 10
    assert remaining_seconds(end, START + timedelta(milliseconds=100)) == 9
    assert remaining_seconds(end, end + timedelta(hours=1)) == 0
    assert remaining_seconds(None, START) is None


def test_answers_count_until_the_grace_period_is_over_and_then_the_clock_hands_in() -> None:
    end = START
    for at, counts in [(end, True), (end + GRACE, True), (end + GRACE + timedelta(microseconds=1), False)]:
        assert takes_answers(end, at) is counts
        assert is_overdue(end, at) is not counts
    assert takes_answers(None, START + timedelta(days=365))
