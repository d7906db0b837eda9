"""Reading products, within what a person may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from lms.kernel.db import db
from lms.knowledge.models import Product
from lms.knowledge.sop.models import SopEntry
from lms.people.models import Person, Shop
from lms.people.queries import shop_filter


def products_by_sku(shop_id: int | None) -> dict[str, Product]:
    """The products of a shop by what chats call them (``Conversation.product_ref``); one statement.

    Products that are no longer sold are named too: old chats ask about them. None (chats of no shop) gives {}.
    """
    if shop_id is None:
        return {}
    return {product.sku: product for product in db.session.scalars(select(Product).where(Product.shop_id == shop_id))}


def products_visible_to(
    viewer: Person, *, text: str = "", category: str = "", shop_id: int | None = None, active: bool | None = True
) -> Any:
    """A select of (product, name of its shop): products on sale first, by category and name.

    text is looked for in SKU and name, its % and _ taken as they are; active None shows both kinds.
    """
    query = select(Product, Shop.name).join(Shop, Product.shop_id == Shop.id).where(visible(viewer))
    if text:
        query = query.where(
            or_(Product.name.icontains(text, autoescape=True), Product.sku.icontains(text, autoescape=True))
        )
    if category:
        query = query.where(Product.category == category)
    if shop_id is not None:
        query = query.where(Product.shop_id == shop_id)
    if active is not None:
        query = query.where(Product.active == active)
    return query.order_by(Product.active.desc(), Product.category, Product.name, Product.id)


def visible(viewer: Person) -> ColumnElement[bool]:
    """Products of the shops that ``viewer`` sees; the list side of ``can_see_shop(viewer, product.shop_id)``."""
    return shop_filter(viewer, Product.shop_id)


def answered_slots(product_ids: Sequence[int]) -> dict[int, int]:
    """How many of the six common questions of each product have an answer in force; 0 is left out. One statement."""
    query = (
        select(SopEntry.product_id, func.count())
        .where(
            SopEntry.product_id.in_(product_ids),
            SopEntry.slot.is_not(None),
            SopEntry.archived_at.is_(None),
            SopEntry.in_force_number.is_not(None),
        )
        .group_by(SopEntry.product_id)
    )
    return {product_id: count for product_id, count in db.session.execute(query) if product_id is not None}


def categories(viewer: Person) -> list[str]:
    """The categories in use among the products that ``viewer`` sees."""
    query = (
        select(Product.category).where(visible(viewer), Product.category != "").distinct().order_by(Product.category)
    )
    return list(db.session.scalars(query))
