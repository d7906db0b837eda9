"""What of a video was really watched. Pure: claims of a player in, seconds that count out.

While a video plays, its player claims stretches: "from second 30 to second 45 of the video, in 7.5 seconds of my
clock, which ended 2 seconds ago". The server knows when it handed the player out and when the claim arrived, and from
those four figures places the stretch on its own clock (:func:`admit`). A :class:`Beat` so admitted holds two spans:
of the video, and of the time in which it was played. What is kept of a person and a video are the unions of both
(:class:`Watched`), and what counts is

    credited = min(seconds of the video seen, FASTEST × seconds of time spent + slack)

So these hold, whatever is sent:

- Nothing lies outside the video: spans are cut to [0, duration], credited never exceeds the duration.
- Nothing is faster than time: a span of time lies between the handing out of the player and the arrival of the claim,
  so credited ≤ FASTEST × (now − first handed out) + slack. Players in two tabs share the time: a second counts once.
- A stretch longer than FASTEST × its own time is cut, so that time spent elsewhere in the video can't pay for a jump.
- Order and repetition don't matter: unions are commutative and idempotent. Late is as good as punctual.
- NaN, infinity, what is negative, reversed or empty is no claim.

And an honest viewer is never locked out: pauses, seeking, going back, a hidden tab, a network that comes back later
cost nothing, since no time budget ever runs out; whatever is missing can be watched again, and adds up.

What it can't know is whether somebody looked. Whoever forges claims has to wait as long as watching takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

Span = tuple[float, float]

FASTEST = 2.0
"""The highest speed at which watching counts; the player offers no higher one."""
JITTER = 0.25
"""Seconds by which the two clocks of one stretch (the video's and the computer's) may differ."""
SHORTEST = 0.05
"""Stretches of less than this are no claim; nobody sees anything in them."""
LONGEST_VIDEO = 12 * 3600.0


@dataclass(frozen=True)
class Claim:
    """A stretch as a player tells it, in seconds: of the video, how long it took, and how long ago it ended."""

    start: float
    end: float
    wall: float
    ago: float = 0.0


@dataclass(frozen=True)
class Beat:
    """A stretch as admitted: [start, end] of the video, played in [began, ended] of the server's clock (seconds)."""

    start: float
    end: float
    began: float
    ended: float


@dataclass(frozen=True)
class Watched:
    """Everything that one person watched of one video: of the video, and when. Spans ascend and never touch."""

    seen: tuple[Span, ...] = ()
    spent: tuple[Span, ...] = ()

    def plus(self, beats: Iterable[Beat]) -> Watched:
        """With these beats added; in any order, any number of times, the result is the same."""
        told = list(beats)
        return Watched(
            union([*self.seen, *((beat.start, beat.end) for beat in told)]),
            union([*self.spent, *((beat.began, beat.ended) for beat in told)]),
        )


def admit(claim: Claim, *, handed_out: float, at: float, duration: float) -> Beat | None:
    """The claim on the server's clock, cut to what is possible; None where nothing is left.

    handed_out: when this player was sent to the person; at: when the claim arrived; both in seconds of one clock.
    """
    figures = (claim.start, claim.end, claim.wall, claim.ago)
    if not all(isfinite(figure) for figure in figures) or min(figures) < 0 or at <= handed_out:
        return None
    # A clock that jumped puts the stretch before the player was there: then it is moved, not lost.
    began = max(handed_out, at - claim.ago - claim.wall)
    ended = min(at, began + claim.wall)
    start = min(claim.start, duration)
    end = min(claim.end, duration, start + FASTEST * (ended - began) + JITTER)
    if end - start < SHORTEST or ended <= began:
        return None
    return Beat(start, end, began, ended)


def credited(watched: Watched, duration: float) -> float:
    """How many seconds of the video count."""
    return min(duration, measure(watched.seen), FASTEST * measure(watched.spent) + slack(duration))


def coverage(watched: Watched, duration: float) -> float:
    """What share of the video counts, from 0 to 1."""
    return credited(watched, duration) / duration if duration > 0 else 0.0


def slack(duration: float) -> float:
    """Seconds that the clocks of a player and of the server may drift apart over a whole video."""
    return min(1.0, 0.05 * duration) + 0.02 * duration


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same points as ascending spans that neither overlap nor touch."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def measure(spans: Iterable[Span]) -> float:
    """The length of disjoint spans together."""
    return sum(end - start for start, end in spans)
