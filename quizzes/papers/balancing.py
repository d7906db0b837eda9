"""Chooses the pool of a quiz (自动选题): balanced first, hot first within balance. Pure and deterministic."""

from collections import Counter
from collections.abc import Sequence

from quizzes.papers.drawing import Candidate


def choose_balanced(
    candidates: Sequence[Candidate], *, count: int, taken: Sequence[Candidate] = ()
) -> tuple[Candidate, ...]:
    """Return up to `count` candidates, spread over types, dimensions and products, the hottest questions first.

    Each step takes the item whose type, dimension and product are the least used so far (`taken` counts as used), and
    among equals the hottest: every kind gets its turn, and what customers ask most comes first within its kind. At
    most one item of a question group is chosen, and none of a group that `taken` has.
    """
    types = Counter(one.type for one in taken)
    dimensions = Counter(one.dimension for one in taken)
    products = Counter(one.product for one in taken)
    used = {one.cluster for one in taken}
    left = sorted((one for one in candidates if one.cluster not in used), key=lambda one: (-one.heat, one.item_id))
    chosen: list[Candidate] = []
    while left and len(chosen) < count:
        best = min(
            range(len(left)),
            key=lambda index: (
                types[left[index].type] + dimensions[left[index].dimension] + products[left[index].product],
                index,
            ),
        )
        one = left[best]
        chosen.append(one)
        types[one.type] += 1
        dimensions[one.dimension] += 1
        products[one.product] += 1
        left = [other for other in left if other.cluster != one.cluster]
    return tuple(chosen)
