"""A quiz is published only when a paper can be drawn from its pool."""

from quizzes.papers.checking import Fault, Problem, check_pool
from quizzes.papers.drawing import Candidate


def pool(*groups: int | None, dimension: str = "knowledge") -> list[Candidate]:
    return [Candidate(number, number, "single", dimension, group) for number, group in enumerate(groups, start=1)]


def test_a_pool_with_spare_items_is_fine() -> None:
    assert check_pool(pool(1, 2, 3, 4), pool_size=4, draw_count=3, blueprint={}) == []


def test_an_empty_pool_stops() -> None:
    problems = check_pool([], pool_size=3, draw_count=20, blueprint={})
    assert problems == [Problem(Fault.EMPTY, 20, 0)] and problems[0].stops


def test_near_duplicates_do_not_fill_a_paper() -> None:
    assert check_pool(pool(1, 1, 2), pool_size=3, draw_count=3, blueprint={}) == [Problem(Fault.TOO_FEW, 3, 2)]


def test_each_short_dimension_is_named() -> None:
    problems = check_pool(pool(1, 2, 3), pool_size=3, draw_count=3, blueprint={"skill": 2, "knowledge": 1})
    assert problems == [Problem(Fault.TOO_FEW_OF_DIMENSION, 2, 0, "skill")]


def test_a_blueprint_larger_than_the_paper_stops() -> None:
    problems = check_pool(pool(1, 2, 3), pool_size=3, draw_count=2, blueprint={"knowledge": 3})
    assert problems == [Problem(Fault.BLUEPRINT_TOO_LARGE, 2, 3)]


def test_items_that_left_the_draws_and_a_pool_without_spare_only_warn() -> None:
    problems = check_pool(pool(1, 2), pool_size=3, draw_count=2, blueprint={})
    assert problems == [Problem(Fault.UNDRAWABLE, 3, 2), Problem(Fault.NO_SPARE, 2, 2)]
    assert not any(problem.stops for problem in problems)
