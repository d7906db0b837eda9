"""Who may do what with products."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from lms.knowledge.models import Product
from tests.conftest import Cast

_ALL = {"anonymous": 302, "agent": 200, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}
_EDIT = {"anonymous": 302, "agent": 403, "lead": 403, "supervisor": 403, "evaluator": 403, "trainer": 200, "admin": 200}
_SAVED = _EDIT | {"trainer": 302, "admin": 302}

EXPECTED = {
    "knowledge.index": _ALL,
    "knowledge.show": _ALL,
    "knowledge.export": _ALL,
    "knowledge.new": _EDIT,
    "knowledge.new [POST]": _SAVED,
    "knowledge.edit": _EDIT,
    "knowledge.edit [POST]": _SAVED,
    "knowledge.import_sheet": _EDIT,
    "knowledge.import_sheet [POST]": _EDIT,
    "knowledge.template": _EDIT,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    number = session.query(Product).count() + 1
    product = Product(shop_id=cast.shop.id, sku=f"P{number}", name="速干笔", category="笔", facts={"规格": "12 支"})
    session.add(product)
    session.flush()
    args = {"product_id": product.id}
    data = {"sku": product.sku, "name": "速干笔", "category": "笔", "facts": "规格：12 支", "active": "y"}
    return {
        "knowledge.show": {"args": args},
        "knowledge.edit": {"args": args},
        "knowledge.edit [POST]": {"args": args, "data": data},
        "knowledge.new [POST]": {"data": data | {"sku": f"N{number}", "shop_id": cast.shop.id}},
    }
