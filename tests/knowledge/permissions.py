"""Who may do what with products, SOP entries and scripts."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now, to_local
from lms.knowledge.models import Product
from lms.knowledge.services import add_picture
from lms.knowledge.sop.services import SopData, VersionData, create_entry, flag_wrong
from tests.conftest import Cast

_ALL = {"anonymous": 302, "agent": 200, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}
_EDIT = {"anonymous": 302, "agent": 403, "lead": 403, "supervisor": 403, "evaluator": 403, "trainer": 200, "admin": 200}
_SAVED = _EDIT | {"trainer": 302, "admin": 302}

EXPECTED = {
    "knowledge.index": _ALL,
    "knowledge.show": _ALL,
    "knowledge.history": _ALL,
    "knowledge.picture": _ALL,
    "knowledge.upload_pictures": _SAVED,
    "knowledge.drop_picture": _SAVED,
    "knowledge.export": _ALL,
    "knowledge.new": _EDIT,
    "knowledge.new [POST]": _SAVED,
    "knowledge.edit": _EDIT,
    "knowledge.edit [POST]": _SAVED,
    "knowledge.import_sheet": _EDIT,
    "knowledge.import_sheet [POST]": _EDIT,
    "knowledge.template": _EDIT,
    "sop.index": _ALL,
    "sop.show": _ALL,
    "sop.history": _ALL,
    "sop.export": _EDIT,
    "sop.new": _EDIT,
    "sop.new [POST]": _SAVED,
    "sop.edit": _EDIT,
    "sop.edit [POST]": _SAVED,
    "sop.variant": _EDIT,
    "sop.variant [POST]": _SAVED,
    "sop.slots": _EDIT,
    "sop.slots [POST]": _SAVED,
    "sop.review": _ALL | {"agent": 404, "lead": 302, "supervisor": 404, "evaluator": 404, "trainer": 302, "admin": 302},
    "sop.flag": {role: 302 for role in _ALL},
    "sop.resolve": _SAVED,
    "sop.archive": _SAVED,
    "sop.restore": _SAVED,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    number = session.query(Product).count() + 1
    product = Product(shop_id=cast.shop.id, sku=f"P{number}", name="速干笔", category="笔", facts={"规格": "12 支"})
    session.add(product)
    session.flush()
    args = {"product_id": product.id}
    data = {"sku": product.sku, "name": "速干笔", "category": "笔", "facts": "规格：12 支", "active": "y"}
    today = to_local(now()).date()
    entry = create_entry(
        actor=cast.trainer,
        shop=cast.shop,
        data=SopData("甲店多久发货", product=product, owner=cast.lead),
        version=VersionData("甲店 48 小时内发出。", today),
        at=now(),
    )
    flag_wrong(actor=cast.agent2, entry=entry, note="甲店现在是 72 小时", at=now())
    of_entry = {"entry_id": entry.id}
    form = {
        "title": "甲店多久发货",
        "kind": "sop",
        "sku": product.sku,
        "slot": "0",
        "owner": "lead",
        "body": "甲店 24 小时内发出。",
        "valid_from": today.isoformat(),
    }
    peak = {"season": "大促版", "body": "甲店 5 天内发出。", "valid_from": "2099-11-01", "valid_until": "2099-11-12"}
    sop = {
        "sop.show": {"args": of_entry},
        "sop.history": {"args": of_entry},
        "sop.new [POST]": {"data": form | {"shop_id": cast.shop.id}},
        "sop.edit": {"args": of_entry},
        "sop.edit [POST]": {"args": of_entry, "data": form},
        "sop.variant": {"args": of_entry},
        "sop.variant [POST]": {"args": of_entry, "data": peak},
        "sop.slots": {"args": {"shop_id": cast.shop.id}},
        "sop.slots [POST]": {"args": {"shop_id": cast.shop.id}, "data": {"slot_1": "甲店尺寸"}},
        "sop.review": {"args": of_entry},
        "sop.flag": {"args": of_entry, "data": {"note": "不对"}},
        "sop.resolve": {"args": of_entry, "data": {"resolution": "kept"}},
        "sop.archive": {"args": of_entry},
        "sop.restore": {"args": of_entry},
    }
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (number % 255, 9, 9)).save(picture, "PNG")
    add_picture(actor=cast.trainer, product=product, stream=io.BytesIO(picture.getvalue()), filename="a.png", at=now())
    of_picture = args | {"ref": product.pictures[0]}
    return sop | {
        "knowledge.history": {"args": args},
        "knowledge.picture": {"args": of_picture},
        "knowledge.upload_pictures": {"args": args},
        "knowledge.drop_picture": {"args": of_picture},
        "knowledge.show": {"args": args},
        "knowledge.edit": {"args": args},
        "knowledge.edit [POST]": {"args": args, "data": data},
        "knowledge.new [POST]": {"data": data | {"sku": f"N{number}", "shop_id": cast.shop.id}},
    }
