"""Lists in pages: two statements, whatever the length; numbers out of range do no harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.people.models import Shop
from lms.web.paging import Page, page_number, paginate
from tests.factories import make_shop


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_a_page_takes_two_statements(session: scoped_session, count_queries: Callable[..., Any], rows: int) -> None:
    for _n in range(rows):
        make_shop()
    with count_queries() as q:
        page = paginate(select(Shop).order_by(Shop.id), 1, 25)
    assert q.count == 2
    assert (len(page.items), page.total) == (min(rows, 25), rows)


def test_numbers_out_of_range_give_the_nearest_page(session: scoped_session) -> None:
    for _n in range(30):
        make_shop()
    query = select(Shop.id).order_by(Shop.id)
    ids = list(session.scalars(query))
    assert paginate(query, 2, 25).items == ids[25:]
    assert paginate(query, 99, 25).number == 2
    assert paginate(query, -1, 25).items == ids[:25]
    assert paginate(query, 1, 10_000).size == 100
    assert paginate(query.where(Shop.id < 0)).items == []
    rows = paginate(select(Shop.id, Shop.name).order_by(Shop.id), 1, 2).items
    assert [row.id for row in rows] == ids[:2]


@pytest.mark.parametrize(
    "text, number", [("3", 3), ("0", 1), ("-2", 1), ("x", 1), ("²", 1), ("٣", 1), ("9" * 40, 1), ("", 1)]
)
def test_the_number_in_the_address(app: Flask, text: str, number: int) -> None:
    with app.test_request_context(query_string={"page": text}):
        assert page_number() == number


def test_the_window_of_numbers() -> None:
    def window(number: int, pages: int) -> list[int | None]:
        return Page([], number, 10, pages * 10).window()

    assert window(1, 1) == [1]
    assert window(1, 3) == [1, 2, 3]
    assert window(5, 20) == [1, None, 4, 5, 6, None, 20]
    assert window(3, 20) == [1, 2, 3, 4, None, 20]
    assert window(18, 20) == [1, None, 17, 18, 19, 20]


def test_links_keep_the_filters(app: Flask) -> None:
    source = (
        '{% from "lms/web/components.html" import pagination %}'
        '{{ pagination(page, "people.index", q="张 三", team="") }}'
    )
    with app.test_request_context():
        html = render_template_string(source, page=Page(range(25), 2, 25, 70))
    assert 'href="/people?q=%E5%BC%A0+%E4%B8%89&amp;page=1"' in html
    assert 'aria-current="page">2<' in html
    assert "共 70 条" in html
