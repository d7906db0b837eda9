"""Each policy gives the documented score on a fixture; starts are refused for the documented reason."""

from datetime import UTC, datetime, timedelta

import pytest

from quizzes.papers.enums import Keep, ShowAnswers
from quizzes.papers.policies import Past, Policy, Refusal, Standing, Window, kept, standing

NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)


def past(number: int, score: float | None) -> Past:
    return Past(number, score, None if score is None else score >= 0.8, NOON + timedelta(hours=number))


@pytest.mark.parametrize(
    ("scores", "best", "last", "first"),
    [
        ([0.5, 0.9, 0.7], 2, 3, 1),
        ([0.9, 0.5], 1, 2, 1),
        ([0.7, 0.9, 0.9], 2, 3, 1),  # among equals the earlier one
        ([None, 0.9], 2, 2, None),  # the first waits for a marker
        ([0.9, None], 1, None, 1),  # the last waits for a marker
        ([None], None, None, None),
        ([], None, None, None),
        ([0.0], 1, 1, 1),
    ],
)
def test_which_attempt_counts(
    scores: list[float | None], best: int | None, last: int | None, first: int | None
) -> None:
    attempts = [past(number, score) for number, score in enumerate(scores, start=1)]
    found = [kept(list(reversed(attempts)), keep) for keep in (Keep.BEST, Keep.LAST, Keep.FIRST)]
    assert [one and one.number for one in found] == [best, last, first]


def test_an_attempt_in_progress_does_not_count() -> None:
    assert kept([past(1, 0.6), Past(2, None, None, None)], Keep.LAST) == past(1, 0.6)


OPEN = Window(is_open=True)


@pytest.mark.parametrize(
    ("policy", "window", "used", "last", "expected"),
    [
        (Policy(), OPEN, 0, None, Standing(None, None)),
        (Policy(), OPEN, 99, NOON, Standing(None, None)),
        (Policy(), Window(is_open=False), 0, None, Standing(Refusal.NOT_OPEN, None)),
        (Policy(attempts_allowed=2), OPEN, 1, NOON, Standing(None, 1)),
        (Policy(attempts_allowed=2), OPEN, 2, NOON, Standing(Refusal.NO_ATTEMPTS_LEFT, 0)),
        (Policy(attempts_allowed=1), OPEN, 3, NOON, Standing(Refusal.NO_ATTEMPTS_LEFT, 0)),
        (
            Policy(cooldown_seconds=3600),
            OPEN,
            1,
            NOON - timedelta(minutes=59),
            Standing(Refusal.COOLDOWN, None, NOON + timedelta(minutes=1)),
        ),
        (Policy(cooldown_seconds=3600), OPEN, 1, NOON - timedelta(hours=1), Standing(None, None)),
        (
            Policy(),
            Window(True, opens_at=NOON + timedelta(seconds=1)),
            0,
            None,
            Standing(Refusal.NOT_YET, None, NOON + timedelta(seconds=1)),
        ),
        (Policy(), Window(True, opens_at=NOON), 0, None, Standing(None, None)),
        (Policy(), Window(True, closes_at=NOON), 0, None, Standing(Refusal.ENDED, None)),
        (Policy(), Window(True, closes_at=NOON + timedelta(seconds=1)), 0, None, Standing(None, None)),
    ],
)
def test_who_may_start(policy: Policy, window: Window, used: int, last: datetime | None, expected: Standing) -> None:
    assert standing(policy, window, used=used, last_submitted_at=last, at=NOON) == expected


def test_extra_attempts_add_to_the_allowed_ones() -> None:
    found = standing(Policy(attempts_allowed=1), OPEN, used=1, last_submitted_at=NOON, at=NOON, extra_attempts=1)
    assert found == Standing(None, 1)


def test_a_policy_survives_storage() -> None:
    policy = Policy(
        cut_score=0.6,
        time_limit_seconds=900,
        keep=Keep.FIRST,
        show_answers=ShowAnswers.NEVER,
        type_marks={"short": 10.0},
        partial_credit=False,
    )
    assert Policy.from_json(policy.as_json()) == policy
    assert Policy.from_json({"cut_score": 0.5, "of_a_later_version": 1}) == Policy(cut_score=0.5)
    assert (policy.full_mark("short"), policy.full_mark("single")) == (10.0, 1.0)
