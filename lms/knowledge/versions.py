"""商品版本: what was said of a product after each edit, and what an edit changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms.kernel.db import db
from lms.knowledge.diffs import FieldChange, mapping_diff
from lms.knowledge.models import Product, ProductVersion
from lms.people.models import Person

KEPT = ("sku", "name", "category", "active", "facts", "contacts", "pictures")


def snapshot(product: Product) -> dict[str, Any]:
    """All that is said of a product, as JSON."""
    found = {name: getattr(product, name) for name in KEPT}
    return found | {
        "active": True if product.active is None else product.active,
        "facts": dict(product.facts or {}),
        "contacts": dict(product.contacts or {}),
        "pictures": list(product.pictures or []),
    }


def newest_numbers(products: Iterable[Product]) -> dict[int, int]:
    """The number of each product's newest version; those without any are left out. One statement."""
    ids = [product.id for product in products]
    query = select(ProductVersion.product_id, func.max(ProductVersion.number)).group_by(ProductVersion.product_id)
    if len(ids) <= 500:
        query = query.where(ProductVersion.product_id.in_(ids))
    return {product_id: number for product_id, number in db.session.execute(query)}


def keep_version(
    product: Product,
    *,
    before: dict[str, Any] | None,
    before_at: datetime | None,
    newest: int,
    actor: Person,
    at: datetime,
) -> None:
    """Append what the product says now, when it differs from ``before`` (None for a new product).

    A product that had no versions yet, from before they were kept, first gets its state before the edit as one.
    """
    after = snapshot(product)
    if before == after:
        return
    if before is not None and newest == 0:
        newest = 1
        db.session.add(ProductVersion(product_id=product.id, number=1, snapshot=before, created_at=before_at or at))
    db.session.add(
        ProductVersion(product_id=product.id, number=newest + 1, snapshot=after, created_by_id=actor.id, created_at=at)
    )


def changes_of(product: Product, *, most: int = 30) -> list[tuple[ProductVersion, list[FieldChange]]]:
    """The versions of a product, newest first, each with what it changed. One statement."""
    query = (
        select(ProductVersion)
        .where(ProductVersion.product_id == product.id)
        .options(joinedload(ProductVersion.created_by).lazyload(Person.grants))
        .order_by(ProductVersion.number.desc())
        .limit(most + 1)
    )
    versions = list(db.session.scalars(query))
    changes = []
    for index, version in enumerate(versions[:most]):
        before = versions[index + 1].snapshot if index + 1 < len(versions) else {}
        changes.append((version, mapping_diff(_flat(before), _flat(version.snapshot)) if before else []))
    return changes


def _flat(found: dict[str, Any]) -> dict[str, str]:
    """A snapshot as labels and texts."""
    if not found:
        return {}
    words = {"sku": "SKU", "name": _("商品名称"), "category": _("类目")}
    flat = {label: str(found.get(name) or "") for name, label in words.items()}
    flat[_("状态")] = _("在售") if found.get("active", True) else _("下架")
    flat |= {str(label): str(value) for label, value in (found.get("facts") or {}).items()}
    flat |= {_("联系人 · %(name)s", name=name): str(about) for name, about in (found.get("contacts") or {}).items()}
    if found.get("pictures"):
        flat[_("图片")] = _("%(n)s 张", n=len(found["pictures"]))
    return flat
