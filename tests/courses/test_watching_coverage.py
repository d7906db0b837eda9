"""What counts as watched: worked examples, and what holds whatever a player sends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.watching.coverage import FASTEST, Beat, Claim, Watched, admit, coverage, credited, measure, slack, union

OPENED = 1_000.0
DURATION = 100.0


def watched_of(*beats: Beat | None) -> Watched:
    return Watched().plus(beat for beat in beats if beat is not None)


def claimed(start: float, end: float, wall: float, ago: float = 0.0, *, after: float) -> Beat | None:
    """A claim that arrives ``after`` seconds after the player was handed out."""
    return admit(Claim(start, end, wall, ago), handed_out=OPENED, at=OPENED + after, duration=DURATION)


def test_spans_join_where_they_overlap_or_touch() -> None:
    assert union([(5, 7), (0, 2), (2, 3), (6, 9)]) == ((0, 3), (5, 9))
    assert measure(((0, 3), (5, 9))) == 7


def test_a_stretch_is_placed_on_the_servers_clock() -> None:
    assert claimed(30, 45, 7.5, 2, after=60) == Beat(30, 45, OPENED + 50.5, OPENED + 58)


def test_watching_straight_through_counts_whole() -> None:
    beats = [claimed(start, start + 20, 20, after=start + 21) for start in range(0, 100, 20)]
    assert coverage(watched_of(*beats), DURATION) == 1.0


def test_dragging_to_the_end_counts_what_was_played() -> None:
    """Ten seconds at the start, then the last five: 15 of 100."""
    watched = watched_of(claimed(0, 10, 10, after=11), claimed(95, 100, 5, after=17))
    assert coverage(watched, DURATION) == 0.15


def test_the_whole_video_in_one_second_is_cut_to_twice_the_time() -> None:
    assert claimed(0, 100, 1, after=1) == Beat(0, 2.25, OPENED, OPENED + 1)


def test_a_claim_of_more_time_than_passed_gets_the_time_that_passed() -> None:
    beat = claimed(0, 100, 50, after=3)
    assert beat == Beat(0, 6.25, OPENED, OPENED + 3)


def test_sixteen_times_the_speed_counts_as_twice() -> None:
    beats = [claimed(start, start + 16, 1, after=start / 16 + 1) for start in range(0, 96, 16)]
    assert credited(watched_of(*beats), DURATION) <= 2 * 6 + slack(DURATION)


def test_two_tabs_share_the_time() -> None:
    """Both halves at twice the speed at once: 25 seconds pay for 50, not for 100."""
    watched = watched_of(claimed(0, 50, 25, after=25), claimed(50, 100, 25, after=25))
    assert measure(watched.seen) == 100
    assert credited(watched, DURATION) == 50 + slack(DURATION)


def test_seeing_the_start_again_does_not_pay_for_a_jump() -> None:
    again = [claimed(0, 10, 10, after=10 * n) for n in range(1, 10)]
    assert coverage(watched_of(*again, claimed(0, 100, 0.1, after=100)), DURATION) < 0.11


def test_a_clock_that_jumped_costs_nothing() -> None:
    """The player's clock says an hour ago; the stretch is moved to when the player was there."""
    assert claimed(0, 30, 30, 3600, after=60) == Beat(0, 30, OPENED, OPENED + 30)


@pytest.mark.parametrize(
    "claim",
    [
        Claim(math.nan, 10, 10),
        Claim(0, math.inf, 10),
        Claim(0, 10, math.nan),
        Claim(0, 10, 10, math.inf),
        Claim(-5, 10, 15),
        Claim(10, 5, 5),
        Claim(5, 5, 5),
        Claim(0, 10, -1),
        Claim(0, 10, 0),
        Claim(0, 10, 10, -1),
        Claim(100, 120, 20),
    ],
)
def test_nonsense_is_no_claim(claim: Claim) -> None:
    assert admit(claim, handed_out=OPENED, at=OPENED + 60, duration=DURATION) is None


def test_nothing_counts_before_the_player_was_there() -> None:
    assert admit(Claim(0, 10, 10), handed_out=OPENED, at=OPENED, duration=DURATION) is None
    assert admit(Claim(0, 10, 10), handed_out=OPENED, at=OPENED - 5, duration=DURATION) is None


def test_a_video_without_length_counts_nothing() -> None:
    assert coverage(Watched(((0.0, 5.0),), ((0.0, 5.0),)), 0.0) == 0.0


# --- whatever is sent ---------------------------------------------------------------------------------------------

wild = st.floats(allow_nan=True, allow_infinity=True, min_value=None, max_value=None) | st.floats(-50, 400)
claims = st.builds(Claim, wild, wild, wild, wild)
arrivals = st.lists(st.tuples(claims, st.floats(0, 300)), max_size=25)
durations = st.floats(0.5, 300)


def beats_of(sent: list[tuple[Claim, float]], duration: float) -> list[Beat]:
    told = [admit(claim, handed_out=OPENED, at=OPENED + after, duration=duration) for claim, after in sent]
    return [beat for beat in told if beat is not None]


@settings(max_examples=100, deadline=None)
@given(arrivals, durations)
def test_whatever_is_sent_stays_inside_the_video_and_the_time(sent: list[tuple[Claim, float]], duration: float) -> None:
    watched = watched_of(*beats_of(sent, duration))
    assert all(0 <= start < end <= duration for start, end in watched.seen)
    elapsed = max((after for _claim, after in sent), default=0)
    assert 0 <= credited(watched, duration) <= FASTEST * elapsed + slack(duration) + 1e-6
    assert 0 <= coverage(watched, duration) <= 1


@settings(max_examples=60, deadline=None)
@given(arrivals, durations, st.randoms(use_true_random=False))
def test_order_batches_and_repetition_do_not_matter(sent: list[tuple[Claim, float]], duration: float, lots) -> None:
    beats = beats_of(sent, duration)
    once = watched_of(*beats)
    shuffled = beats + beats[: len(beats) // 2]
    lots.shuffle(shuffled)
    cut = lots.randint(0, len(shuffled))
    assert Watched().plus(shuffled[:cut]).plus(shuffled[cut:]) == once
    assert once.plus(beats) == once


# --- an honest viewer ---------------------------------------------------------------------------------------------


@dataclass
class Viewer:
    """Plays as people do; the player claims a stretch every 15 seconds at most, the network delivers when it can."""

    duration: float
    clock: float = 0.5
    position: float = 0.0

    def play(self, seconds: float, rate: float) -> list[tuple[Claim, float]]:
        """(claim with ago 0, when it ended) of so much video."""
        made = []
        until = min(self.duration, self.position + seconds)
        while until - self.position > SHORT:
            end = min(until, self.position + 15 * rate)
            wall = (end - self.position) / rate
            self.clock += wall
            made.append((Claim(self.position, end, wall), self.clock))
            self.position = end
        return made


SHORT = 0.2
habits = st.lists(
    st.tuples(st.sampled_from(["play", "pause", "back"]), st.floats(1, 60), st.sampled_from([0.5, 1, 1.25, 1.5, 2])),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(st.floats(8, 240), habits, st.randoms(use_true_random=False))
def test_an_honest_viewer_gets_it_all(duration: float, habit: list[tuple[str, float, float]], lots) -> None:
    viewer = Viewer(duration)
    made: list[tuple[Claim, float]] = []
    for deed, seconds, rate in [*habit, ("play", duration, 2.0), ("back", duration, 1), ("play", duration, 2.0)]:
        if deed == "play":
            made += viewer.play(seconds, rate)
        elif deed == "back":
            viewer.position = max(0.0, viewer.position - seconds)
        elif deed == "pause":
            viewer.clock += seconds
    delivered = [(claim, ended, ended + lots.choice([0, 0.2, 40, 4000])) for claim, ended in made]
    lots.shuffle(delivered)
    beats = [
        admit(
            Claim(claim.start, claim.end, claim.wall, arrived - ended + lots.uniform(0, 0.1)),
            handed_out=OPENED,
            at=OPENED + arrived,
            duration=duration,
        )
        for claim, ended, arrived in delivered
    ]
    assert coverage(watched_of(*beats), duration) >= 0.97


@settings(max_examples=60, deadline=None)
@given(st.floats(10, 300), st.floats(0.05, 0.6), st.floats(0.7, 0.98))
def test_a_jump_to_the_end_leaves_it_open(duration: float, first: float, landing: float) -> None:
    viewer = Viewer(duration)
    made = viewer.play(first * duration, 1.0)
    viewer.position = max(viewer.position, landing * duration)
    made += viewer.play(duration, 1.0)
    beats = [admit(c, handed_out=OPENED, at=OPENED + ended, duration=duration) for c, ended in made]
    assert coverage(watched_of(*beats), duration) < 0.9 + 1e-9
