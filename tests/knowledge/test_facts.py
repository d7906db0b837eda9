"""A product's facts as text."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.knowledge.facts import read_facts, show_facts

plain = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=30)
values = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(plain, values, max_size=12))
def test_what_is_shown_is_read_back(facts: dict[str, str]) -> None:
    assert read_facts(show_facts(facts)).facts == facts


def test_lines_without_a_colon_or_a_side_are_named() -> None:
    read = read_facts("规格：12支\n没有冒号\n\n：没有名称\n空的:\n产地: 宁波:仓")
    assert read.facts == {"规格": "12支", "产地": "宁波:仓"}
    assert read.problems == ((2, "没有冒号"), (4, "：没有名称"), (5, "空的:"))
