"""A paper is drawn from the pool by blueprint, the same for the same seed, near-duplicates never together."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.papers.balancing import choose_balanced
from quizzes.papers.drawing import Candidate, NotEnoughItems, clusters_by_dimension, draw, largest_paper


def item(
    item_id: int,
    dimension: str = "knowledge",
    group: int | None = None,
    *,
    kind: str = "single",
    product: str = "",
    heat: int = 0,
) -> Candidate:
    return Candidate(item_id, item_id * 10, kind, dimension, group, product, heat)


def test_the_same_seed_gives_the_same_paper_whatever_the_order_of_the_pool() -> None:
    pool = [item(number) for number in range(40)]
    first = draw(pool, count=20, seed=7)
    assert draw(list(reversed(pool)), count=20, seed=7) == first
    assert draw(pool, count=20, seed=8) != first
    assert len({one.item_id for one in first}) == 20


def test_a_group_stands_once_in_a_paper() -> None:
    pool = [item(number, group=number // 4) for number in range(40)]
    for seed in range(30):
        assert len({one.group_id for one in draw(pool, count=10, seed=seed)}) == 10


def test_items_without_a_group_do_not_exclude_each_other() -> None:
    assert {one.item_id for one in draw([item(1), item(2), item(3)], count=3, seed=1)} == {1, 2, 3}


def test_the_blueprint_gives_the_least_number_of_each_dimension() -> None:
    pool = [item(n, "attitude") for n in range(5)] + [item(n, "knowledge") for n in range(10, 40)] + [item(50, "skill")]
    for seed in range(20):
        paper = draw(pool, count=20, blueprint={"attitude": 4, "skill": 1, "knowledge": 10}, seed=seed)
        counts = Counter(one.dimension for one in paper)
        assert counts["attitude"] >= 4 and counts["skill"] == 1 and counts["knowledge"] >= 10 and len(paper) == 20


def test_a_dead_end_is_avoided_when_a_paper_exists() -> None:
    # Group 1 has both dimensions, group 2 only knowledge: attitude must come from group 1, so knowledge from group 2.
    pool = [item(1, "attitude", 1), item(2, "knowledge", 1), item(3, "knowledge", 2)]
    for seed in range(50):
        paper = draw(pool, count=2, blueprint={"attitude": 1, "knowledge": 1}, seed=seed)
        assert {one.item_id for one in paper} == {1, 3}


def test_too_few_items_says_how_many_there_are_and_where() -> None:
    pool = [item(1, "attitude", 1), item(2, "attitude", 1), item(3), item(4)]
    with pytest.raises(NotEnoughItems) as caught:
        draw(pool, count=3, blueprint={"attitude": 2}, seed=1)
    assert (caught.value.wanted, caught.value.found, caught.value.dimension) == (3, 2, "attitude")
    with pytest.raises(NotEnoughItems) as caught:
        draw(pool, count=4, seed=1)
    assert (caught.value.wanted, caught.value.found, caught.value.dimension) == (4, 3, None)
    with pytest.raises(ValueError, match="2 items, the paper has 1"):
        draw(pool, count=1, blueprint={"attitude": 2}, seed=1)


def test_items_seen_before_come_last() -> None:
    pool = [item(number) for number in range(30)]
    paper = draw(pool, count=20, seed=3, seen=range(10))
    assert {one.item_id for one in paper} == set(range(10, 30))
    assert len(draw(pool, count=25, seed=3, seen=range(10))) == 25


def test_every_item_can_be_drawn() -> None:
    pool = [item(number) for number in range(12)]
    counts = Counter(one.item_id for seed in range(600) for one in draw(pool, count=4, seed=seed))
    assert len(counts) == 12
    assert min(counts.values()) > 140 and max(counts.values()) < 260  # 200 expected, binomial σ = 11.5


POOLS = st.lists(
    st.tuples(st.sampled_from(["attitude", "knowledge", "skill"]), st.none() | st.integers(1, 6)), max_size=18
).map(lambda rows: [item(number, dimension, group) for number, (dimension, group) in enumerate(rows)])


@given(
    POOLS,
    st.integers(0, 10),
    st.dictionaries(st.sampled_from(["attitude", "knowledge", "skill"]), st.integers(0, 3)),
    st.integers(),
)
def test_a_draw_succeeds_exactly_when_the_largest_paper_is_as_large(
    pool: list[Candidate], count: int, blueprint: dict[str, int], seed: int
) -> None:
    count = max(count, sum(blueprint.values()))
    if largest_paper(pool, count=count, blueprint=blueprint) < count:
        with pytest.raises(NotEnoughItems):
            draw(pool, count=count, blueprint=blueprint, seed=seed)
        return
    paper = draw(pool, count=count, blueprint=blueprint, seed=seed)
    assert len(paper) == count == len({one.cluster for one in paper})
    counts = Counter(one.dimension for one in paper)
    assert all(counts[dimension] >= number for dimension, number in blueprint.items())


def test_clusters_count_near_duplicates_once() -> None:
    pool = [item(1, "skill", 1), item(2, "skill", 1), item(3, "skill"), item(4)]
    assert clusters_by_dimension(pool) == {"knowledge": 1, "skill": 2}


def test_automatic_choice_balances_types_before_heat() -> None:
    pool = [item(n, group=n, kind="single", heat=100 - n) for n in range(10)]
    pool += [item(n, group=n, kind="truefalse", heat=10) for n in range(20, 23)]
    chosen = choose_balanced(pool, count=6)
    assert Counter(one.type for one in chosen) == {"single": 3, "truefalse": 3}
    assert [one.heat for one in chosen if one.type == "single"] == [100, 99, 98]


def test_automatic_choice_takes_one_item_of_a_group_and_respects_what_is_there() -> None:
    pool = [item(1, group=1, heat=9), item(2, group=1, heat=9), item(3, group=2, heat=1), item(4, heat=5)]
    assert [one.item_id for one in choose_balanced(pool, count=10)] == [1, 4, 3]
    assert [one.item_id for one in choose_balanced(pool, count=10, taken=[pool[0]])] == [4, 3]


def test_automatic_choice_spreads_over_products() -> None:
    pool = [item(n, group=n, product="茶杯", heat=50) for n in range(5)] + [item(9, group=9, product="茶壶", heat=1)]
    assert [one.product for one in choose_balanced(pool, count=2)] == ["茶杯", "茶壶"]
