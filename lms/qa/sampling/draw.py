"""Drawing the chats of an agent for a week. Pure and seeded: the same chats, settings and seed give the same draw.

Each chat has a lot of its own, drawn from seed, week and chat. So it doesn't matter in which order chats came, and a
later draw with more chats finds those drawn before already taken and only adds.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

from lms.qa.enums import EntrySource


@dataclass(frozen=True)
class DrawSettings:
    """What a plan says of one agent. ``random_share`` (0–1) of ``per_agent`` is drawn at random, the rest by risk;
    ``extra`` more, at random, for a new hire."""

    per_agent: int
    random_share: float
    extra: int = 0
    seed: int = 0

    @property
    def quota(self) -> int:
        return self.per_agent + self.extra


@dataclass(frozen=True)
class Candidate:
    """A chat that nobody has queued yet."""

    chat_id: int
    risk: float = 0.0
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drawn:
    """A chat that was drawn, and why."""

    chat_id: int
    source: EntrySource
    risk: float
    signals: tuple[str, ...]


def parts(settings: DrawSettings, share: float = 1.0) -> dict[EntrySource, int]:
    """How many chats of each source: of the whole quota, or of the part of it that ``share`` (0–1) of the week allows.

    A part keeps the proportions as near as whole chats can.
    """
    at_random = floor(settings.per_agent * settings.random_share + 0.5)
    whole = {
        EntrySource.RANDOM: at_random,
        EntrySource.RISK: settings.per_agent - at_random,
        EntrySource.NEW_HIRE: settings.extra,
    }
    allowed = ceil(settings.quota * min(max(share, 0.0), 1.0) - 1e-9)
    if allowed >= settings.quota:
        return whole
    exact = {source: n * allowed / settings.quota for source, n in whole.items()}
    given = {source: floor(value) for source, value in exact.items()}
    by_rest = sorted(whole, key=lambda source: (given[source] - exact[source], list(whole).index(source)))
    for source in by_rest[: allowed - sum(given.values())]:
        given[source] += 1
    return given


def lot(seed: int, week: date, chat_id: int) -> float:
    """The lot of a chat in a week, 0–1: the smallest are drawn."""
    return random.Random(f"{seed}/{week.isoformat()}/{chat_id}").random()  # noqa: S311  (no secret hangs on it)


def draw(
    candidates: Collection[Candidate],
    settings: DrawSettings,
    *,
    week: date,
    had: Mapping[EntrySource, int] | None = None,
    share: float = 1.0,
) -> list[Drawn]:
    """The chats of one agent to add to those ``had`` already (by source); fewer only when there are no more chats.

    The random part comes first, so that it is an even sample of all. What risk does not fill (no chat shows any) is
    drawn at random.
    """
    had = had or {}
    wanted = parts(settings, share)
    total = max(0, sum(wanted.values()) - sum(had.values()))
    open_parts = {source: max(0, n - had.get(source, 0)) for source, n in wanted.items()}
    by_lot = sorted(candidates, key=lambda one: (lot(settings.seed, week, one.chat_id), one.chat_id))
    drawn: list[Drawn] = []

    def take(pool: Sequence[Candidate], source: EntrySource, most: int) -> None:
        for one in pool[: max(0, min(most, total - len(drawn)))]:
            drawn.append(Drawn(one.chat_id, source, one.risk, one.signals))
            by_lot.remove(one)

    take(tuple(by_lot), EntrySource.RANDOM, open_parts[EntrySource.RANDOM])
    risky = sorted((one for one in by_lot if one.risk > 0), key=lambda one: -one.risk)
    take(risky, EntrySource.RISK, open_parts[EntrySource.RISK])
    take(tuple(by_lot), EntrySource.NEW_HIRE, open_parts[EntrySource.NEW_HIRE])
    take(tuple(by_lot), EntrySource.RANDOM, total - len(drawn))
    return drawn


def pick(chat_ids: Collection[int], count: int, *, key: str) -> list[int]:
    """``count`` chats at random, reproducible by ``key``."""

    def drawn_lot(chat_id: int) -> tuple[float, int]:
        return random.Random(f"{key}/{chat_id}").random(), chat_id  # noqa: S311

    return sorted(chat_ids, key=drawn_lot)[: max(0, count)]


def place(chat_id: int, scorecard_id: int) -> int:
    """Where a chat stands among those due at the same time: a number that tells nothing of source or time."""
    return random.Random(f"place/{chat_id}/{scorecard_id}").getrandbits(31)  # noqa: S311
