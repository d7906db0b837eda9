"""Draws a paper from a pool: pure, seeded, exact.

Two items of one question group ask the same thing, so a paper holds at most one item of a group. With a blueprint (so
many items of each dimension) that makes the draw a matching of places to groups: taking items one after the other could
run into a dead end although a paper exists. Augmenting paths (Kuhn 1955) find it whenever there is one.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item that may be drawn, with what the draw needs to know of it."""

    item_id: int
    version_id: int
    type: str
    dimension: str
    group_id: int | None = None
    product: str = ""
    heat: int = 0

    @property
    def cluster(self) -> tuple[str, int]:
        """Items with the same cluster never stand in one paper; an item without a group is a cluster of its own."""
        return ("item", self.item_id) if self.group_id is None else ("group", self.group_id)


_Clusters = dict[tuple[str, int], list[Candidate]]


class NotEnoughItems(Exception):
    """No paper of the wanted size exists; `found` places of `wanted` could be filled."""

    def __init__(self, *, wanted: int, found: int, dimension: str | None) -> None:
        super().__init__(f"{found} of {wanted} places can be filled")
        self.wanted = wanted
        self.found = found
        self.dimension = dimension


def draw(
    candidates: Sequence[Candidate],
    *,
    count: int,
    blueprint: Mapping[str, int] | None = None,
    seed: int,
    seen: Collection[int] = (),
) -> tuple[Candidate, ...]:
    """Return `count` candidates in the order of the paper.

    `blueprint` gives the least number of items a dimension; what it leaves over is filled from any. `seen` names items
    that this person had in earlier attempts: others are preferred, none is excluded. The same arguments give the same
    paper, whatever the order of `candidates`. Raises NotEnoughItems, and ValueError when the blueprint asks for more
    than `count`.
    """
    places = _places(count, blueprint or {})
    rng = random.Random(seed)  # noqa: S311  (a reproducible draw, no secret)
    clusters = _shuffled_clusters(candidates, rng, frozenset(seen))
    holder = _match(places, clusters)
    if len(holder) < len(places):
        raise NotEnoughItems(wanted=count, found=len(holder), dimension=_first_short(places, clusters))
    chosen = [
        _pick(clusters[cluster], places[place], rng, frozenset(seen))
        for cluster, place in sorted(holder.items(), key=lambda pair: pair[1])
    ]
    rng.shuffle(chosen)
    return tuple(chosen)


def largest_paper(candidates: Sequence[Candidate], *, count: int, blueprint: Mapping[str, int] | None = None) -> int:
    """How many of `count` places can be filled; equals `count` when a draw will succeed."""
    clusters = _shuffled_clusters(candidates, random.Random(0), frozenset())  # noqa: S311
    return len(_match(_places(count, blueprint or {}), clusters))


def clusters_by_dimension(candidates: Sequence[Candidate]) -> dict[str, int]:
    """How many different questions each dimension has, near-duplicates counted once."""
    found: dict[str, set[tuple[str, int]]] = {}
    for candidate in candidates:
        found.setdefault(candidate.dimension, set()).add(candidate.cluster)
    return {dimension: len(clusters) for dimension, clusters in sorted(found.items())}


def _places(count: int, blueprint: Mapping[str, int]) -> list[str | None]:
    wanted: list[str | None] = [name for name, number in sorted(blueprint.items()) for _ in range(number)]
    if len(wanted) > count:
        raise ValueError(f"the blueprint asks for {len(wanted)} items, the paper has {count}")
    return wanted + [None] * (count - len(wanted))


def _shuffled_clusters(candidates: Sequence[Candidate], rng: random.Random, seen: frozenset[int]) -> _Clusters:
    """Clusters in random order, those with an unseen item first."""
    grouped: _Clusters = {}
    for candidate in sorted(candidates, key=lambda one: one.item_id):
        grouped.setdefault(candidate.cluster, []).append(candidate)
    keys = list(grouped)
    rng.shuffle(keys)
    keys.sort(key=lambda key: all(one.item_id in seen for one in grouped[key]))
    return {key: grouped[key] for key in keys}


def _match(places: Sequence[str | None], clusters: _Clusters) -> dict[tuple[str, int], int]:
    """Give each place a cluster of its own where possible: cluster → place."""
    dimensions = {key: {one.dimension for one in members} for key, members in clusters.items()}
    holder: dict[tuple[str, int], int] = {}

    def fits(place: int, key: tuple[str, int]) -> bool:
        wanted = places[place]
        return wanted is None or wanted in dimensions[key]

    def place_one(place: int, tried: set[tuple[str, int]]) -> bool:
        free = next((key for key in clusters if key not in holder and key not in tried and fits(place, key)), None)
        if free is not None:
            holder[free] = place
            return True
        for key in clusters:
            if key in tried or not fits(place, key):
                continue
            tried.add(key)
            if place_one(holder[key], tried):
                holder[key] = place
                return True
        return False

    for place in range(len(places)):
        place_one(place, set())
    return holder


def _pick(members: Sequence[Candidate], dimension: str | None, rng: random.Random, seen: frozenset[int]) -> Candidate:
    fitting = [one for one in members if dimension is None or one.dimension == dimension]
    fresh = [one for one in fitting if one.item_id not in seen]
    return rng.choice(fresh or fitting)


def _first_short(places: Sequence[str | None], clusters: _Clusters) -> str | None:
    """The first dimension with fewer clusters than places, for the message; None when only the total is short."""
    available = clusters_by_dimension([one for members in clusters.values() for one in members])
    for dimension in sorted({place for place in places if place is not None}):
        if available.get(dimension, 0) < places.count(dimension):
            return dimension
    return None
