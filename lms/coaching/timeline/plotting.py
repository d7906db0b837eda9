"""From events to a chart: scores along a line of time, with what was learned and talked about marked on it. Pure.

Coordinates are in a box of 1000 × 100, drawn as wide as the page is; y is upside down, as in SVG.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lms.kernel.clock import to_local
from lms.kernel.hookspecs import TimelineEvent

WIDTH, HEIGHT = 1000, 100
STEPS = ((45, 1), (120, 3))
"""(up to so many days, days a point); longer ranges take a week a point, so that no chart has more than 53 points."""


@dataclass(frozen=True)
class Point:
    """The mean of the figures of a day (or of a step of days): where it stands, from which day, over how many."""

    x: float
    y: float
    day: date
    mean: float
    count: int


@dataclass(frozen=True)
class Marker:
    """Something that happened on a day (or in a step of days), without a figure."""

    x: float
    day: date
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Chart:
    """``step`` is days a point: 1, 3 or 7. ``ticks`` are days from the first to the last."""

    step: int
    scores: tuple[Point, ...]
    quizzes: tuple[Point, ...]
    lessons: tuple[Marker, ...]
    talks: tuple[Marker, ...]
    ticks: tuple[date, ...]

    @property
    def empty(self) -> bool:
        return not (self.scores or self.quizzes)


def draw(events: Sequence[TimelineEvent], since: datetime, until: datetime) -> Chart:
    """Scores of chats, scores of quizzes, finished lessons and coaching in [since, until).

    Worked by hand: 30 days, two chats of 80 and 90 on day 15 → one point at x = 1000 · 15.5 ÷ 30 = 516.7, y = 15.
    """
    first = to_local(since).date()
    days = max(1, (to_local(until - timedelta(microseconds=1)).date() - first).days + 1)
    step = next((each for most, each in STEPS if days <= most), 7)

    def slot(event: TimelineEvent) -> int:
        return (to_local(event.at).date() - first).days // step

    def x(n: int) -> float:
        return round(WIDTH * min(n * step + step / 2, days) / days, 1)

    def points(lane: str) -> tuple[Point, ...]:
        figures: dict[int, list[float]] = {}
        for event in events:
            if event.lane == lane and event.figure is not None:
                figures.setdefault(slot(event), []).append(event.figure)
        return tuple(
            Point(
                x(n),
                round(HEIGHT - _mean(some), 1),
                first + timedelta(days=n * step),
                round(_mean(some), 1),
                len(some),
            )
            for n, some in sorted(figures.items())
        )

    def markers(lane: str) -> tuple[Marker, ...]:
        titles: dict[int, list[str]] = {}
        for event in events:
            if event.lane == lane and event.figure is None and event.tone != "bad":
                titles.setdefault(slot(event), []).append(event.title)
        return tuple(Marker(x(n), first + timedelta(days=n * step), tuple(some)) for n, some in sorted(titles.items()))

    shown = min(5, days)
    ticks = tuple(first + timedelta(days=round(k * (days - 1) / max(1, shown - 1))) for k in range(shown))
    return Chart(step, points("qa"), points("learning"), markers("learning"), markers("coaching"), ticks)


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / len(figures)


def path_of(points: Sequence[Point]) -> str:
    """The line through the points, as SVG has it; "" for fewer than two."""
    if len(points) < 2:
        return ""
    return "M" + " L".join(f"{point.x:g} {point.y:g}" for point in points)
