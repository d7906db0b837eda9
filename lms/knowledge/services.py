"""Writing products."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO, cast

from flask_babel import gettext as _
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.knowledge.facts import FACTS_MAX, LABEL_MAX, VALUE_MAX
from lms.knowledge.models import CATEGORY_MAX, NAME_MAX, SKU_MAX, Product
from lms.knowledge.permissions import P
from lms.knowledge.queries import products_by_sku
from lms.knowledge.sheets import ProductRow, ProductSheet, RowError
from lms.knowledge.versions import keep_version, newest_numbers, snapshot
from lms.media.enums import MediaKind
from lms.media.services import store_upload
from lms.people.models import Person, Shop
from lms.people.rules import can_see_shop, require, require_visible

PICTURES_MAX = 12


class ProductError(DomainError):
    """A product that can't be saved like this; ``where`` names the form field."""


class SkuTaken(Conflict):
    """The shop has a product of this SKU already."""


@dataclass
class ProductsImported:
    """What an import did, or would do: SKUs by what became of them, and the rows that were left out."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def save_product(
    *,
    actor: Person,
    product: Product | None,
    shop: Shop,
    sku: str,
    name: str,
    category: str,
    facts: dict[str, str],
    active: bool,
    at: datetime,
    contacts: dict[str, str] | None = None,
) -> Product:
    """Make a product, or change one; a change makes a version. Its shop stays the one it was made in.

    ``contacts`` None leaves them as they are.

    Raises ProductError for a field that won't do, SkuTaken when another product of the shop has the SKU.
    """
    require(P.PRODUCTS_EDIT, of=actor)
    require_visible(can_see_shop(actor, product.shop_id if product else shop.id))
    sku, name, category = sku.strip(), name.strip(), category.strip()
    _check("sku", sku, SKU_MAX, required=True)
    _check("name", name, NAME_MAX, required=True)
    _check("category", category, CATEGORY_MAX, required=False)
    _check_facts(facts)
    shop_id = product.shop_id if product else shop.id
    taken = db.session.scalar(select(Product.id).where(Product.shop_id == shop_id, Product.sku == sku))
    if taken is not None and (product is None or taken != product.id):
        raise SkuTaken(_("这个店铺已有 SKU 为“%(sku)s”的商品。", sku=sku), where="sku")
    before = _Before(product)
    if product is None:
        product = Product(shop_id=shop_id, created_at=at)
        db.session.add(product)
    product.sku, product.name, product.category = sku, name, category
    product.facts, product.active = dict(facts), active
    if contacts is not None:
        _check_facts(contacts, "contacts")
        product.contacts = dict(contacts)
    _saved(product, before, actor, at)
    return product


class _Before:
    """What a product said before an edit."""

    def __init__(self, product: Product | None) -> None:
        self.snapshot = snapshot(product) if product is not None else None
        self.at = product.updated_at if product is not None else None


def _saved(product: Product, before: _Before, actor: Person, at: datetime) -> None:
    product.updated_at, product.updated_by_id = at, actor.id
    db.session.flush()
    newest = newest_numbers([product]).get(product.id, 0) if before.snapshot is not None else 0
    keep_version(product, before=before.snapshot, before_at=before.at, newest=newest, actor=actor, at=at)
    db.session.flush()


def add_picture(*, actor: Person, product: Product, stream: IO[bytes], filename: str, at: datetime) -> Product:
    """Upload a picture of the product; the same one again changes nothing. Raises MediaRefused, ProductError."""
    require(P.PRODUCTS_EDIT, of=actor)
    require_visible(can_see_shop(actor, product.shop_id))
    pictures = list(product.pictures or [])
    if len(pictures) >= PICTURES_MAX:
        raise ProductError(_("一个商品最多 %(n)s 张图片。", n=PICTURES_MAX))
    only = frozenset({MediaKind.PICTURE})
    media = store_upload(
        actor=actor, shop_id=product.shop_id, stream=cast(BinaryIO, stream), filename=filename, at=at, allowed=only
    )
    if media.ref not in pictures:
        before = _Before(product)
        product.pictures = [*pictures, media.ref]
        _saved(product, before, actor, at)
    return product


def remove_picture(*, actor: Person, product: Product, ref: str, at: datetime) -> Product:
    """Take a picture off the product; the file stays, since earlier versions name it."""
    require(P.PRODUCTS_EDIT, of=actor)
    require_visible(can_see_shop(actor, product.shop_id))
    if ref in (product.pictures or []):
        before = _Before(product)
        product.pictures = [one for one in product.pictures if one != ref]
        _saved(product, before, actor, at)
    return product


def import_products(
    *, actor: Person, shop: Shop, sheet: ProductSheet, at: datetime, dry_run: bool = False
) -> ProductsImported:
    """Write every good row of a sheet: a new SKU makes a product, a known one is changed where the sheet says so.

    Empty cells and missing columns leave things as they are; facts are added or replaced by label, never removed.
    The same sheet again changes nothing. With ``dry_run`` nothing is written at all.
    """
    require(P.PRODUCTS_EDIT, of=actor)
    require_visible(can_see_shop(actor, shop.id))
    done = ProductsImported(errors=list(sheet.errors))
    known = products_by_sku(shop.id)
    numbers = newest_numbers(known.values())
    changed: list[tuple[Product, _Before]] = []
    for row in sheet.rows:
        product = known.get(row.sku)
        if product is None and row.name is None:
            done.errors.append(RowError(row.line, _("商品名称"), _("新商品要填写名称。")))
            continue
        wanted = _wanted(product, row)
        if len(wanted["facts"]) > FACTS_MAX:
            reason = _("一个商品最多 %(n)s 条商品信息。", n=FACTS_MAX)
            done.errors.append(RowError(row.line, "", reason))
            continue
        if product is not None and all(getattr(product, name) == value for name, value in wanted.items()):
            done.unchanged += 1
            continue
        (done.created if product is None else done.updated).append(row.sku)
        if dry_run:
            continue
        before = _Before(product)
        if product is None:
            product = Product(shop_id=shop.id, sku=row.sku, created_at=at)
            db.session.add(product)
        changed.append((product, before))
        for name, value in wanted.items():
            setattr(product, name, value)
        product.updated_at, product.updated_by_id = at, actor.id
    db.session.flush()
    for product, before in changed:
        newest = numbers.get(product.id, 0)
        keep_version(product, before=before.snapshot, before_at=before.at, newest=newest, actor=actor, at=at)
    db.session.flush()
    done.errors.sort(key=lambda error: error.line)
    return done


def _wanted(product: Product | None, row: ProductRow) -> dict[str, Any]:
    return {
        "name": row.name or (product.name if product else ""),
        "category": row.category if row.category is not None else (product.category if product else ""),
        "active": row.active if row.active is not None else (product.active if product else True),
        "facts": (product.facts if product else {}) | dict(row.facts),
    }


def _check(field_name: str, text: str, most: int, *, required: bool) -> None:
    if required and not text:
        raise ProductError(_("请填写这一项。"), where=field_name)
    if len(text) > most:
        raise ProductError(_("太长了，最多 %(n)s 个字。", n=most), where=field_name)


def _check_facts(facts: dict[str, str], where: str = "facts") -> None:
    if len(facts) > FACTS_MAX:
        raise ProductError(_("一个商品最多 %(n)s 条商品信息。", n=FACTS_MAX), where=where)
    for label, value in facts.items():
        if not label or not value or len(label) > LABEL_MAX or len(value) > VALUE_MAX:
            raise ProductError(
                _("“%(label)s”这一条不对：名称最多 40 字，内容最多 500 字，都不能空。", label=label[:40]), where=where
            )
