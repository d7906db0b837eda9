"""How a product differs from those beside it on the shelf. The comparison is pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from lms.kernel.db import db
from lms.knowledge.models import Product

MOST = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact in which the products differ: the label, and each product's value in their order ("" = says nothing)."""

    label: str
    values: tuple[str, ...]


def differences(facts: Sequence[Mapping[str, str]]) -> list[Difference]:
    """The facts in which the products differ, in the order of the first; what only one of them tells is left out."""
    labels = list(dict.fromkeys(label for one in facts for label in one))
    rows = [Difference(label, tuple(one.get(label, "") for one in facts)) for label in labels]
    return [row for row in rows if len(set(row.values)) > 1 and sum(map(bool, row.values)) > 1]


def siblings_of(product: Product) -> list[Product]:
    """Products of the same category in the same shop that are on sale, by name; a few. One statement."""
    if not product.category:
        return []
    above = product.category.rpartition("/")[0] or product.category
    query = (
        select(Product)
        .where(
            Product.shop_id == product.shop_id,
            Product.id != product.id,
            Product.active,
            Product.category.startswith(above, autoescape=True),
        )
        .order_by(Product.category != product.category, Product.name, Product.id)
        .limit(MOST)
    )
    return list(db.session.scalars(query))
