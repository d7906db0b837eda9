"""Lists in pages: exactly two statements each, whatever their length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func, select

from lms.kernel.db import db

T = TypeVar("T")
DEFAULT_SIZE = 25
LARGEST = 100


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: its rows, its number from 1, the size asked for, and how many rows there are in all."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def first(self) -> int:
        """The place of the first row in the whole list, from 1; 0 when the list is empty."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    def window(self, around: int = 1) -> list[int | None]:
        """The page numbers to show; None stands for a gap: 1 … 4 5 6 … 20."""
        shown = {1, self.pages, *range(self.number - around, self.number + around + 1)}
        numbers: list[int | None] = []
        for number in sorted(n for n in shown if 1 <= n <= self.pages):
            last = numbers[-1] if numbers else None
            if last is not None and number - last == 2:
                numbers.append(last + 1)
            elif last is not None and number - last > 2:
                numbers.append(None)
            numbers.append(number)
        return numbers


def paginate(query: Select[Any], number: int = 1, size: int = DEFAULT_SIZE) -> Page[Any]:
    """Two statements: the count, then one page of ``query``. A number past the end gives the last page.

    A query of one entity or column yields that; a query of several yields rows.
    """
    size = min(max(1, size), LARGEST)
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    result = db.session.execute(query.limit(size).offset((number - 1) * size))
    items = result.all() if len(query.column_descriptions) > 1 else result.scalars().unique().all()
    return Page(items, number, size, total)


def page_number() -> int:
    """The page asked for in the address (?page=3); nonsense reads as 1."""
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def page_url(endpoint: str, number: int, args: dict[str, Any]) -> str:
    """The address of a page of a list, its filters kept; empty filters are left out."""
    kept = {name: value for name, value in args.items() if value not in (None, "")}
    return url_for(endpoint, **kept, page=number)
