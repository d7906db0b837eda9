"""Products as rows of a sheet: the template, and what :mod:`lms.knowledge.sheets` reads back unchanged."""

from __future__ import annotations

from collections.abc import Iterable

from lms.knowledge.models import Product
from lms.knowledge.sheets import HEADERS

TEMPLATE_FACTS = ("规格", "保质期")


def template_headers() -> list[str]:
    """The header line of the empty template: the four columns, and two facts to show that more may follow."""
    return [*map(str, HEADERS), *TEMPLATE_FACTS]


def product_rows(products: Iterable[Product]) -> tuple[list[str], list[list[str]]]:
    """Headers and rows; every fact's label in use becomes a column."""
    products = list(products)
    labels = list(dict.fromkeys(label for product in products for label in product.facts))
    rows = [
        [p.sku, p.name, p.category, "在售" if p.active else "下架", *(p.facts.get(label, "") for label in labels)]
        for p in products
    ]
    return [*map(str, HEADERS), *labels], rows
