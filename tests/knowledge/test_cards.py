"""The product card: versions of what was said, differences to siblings, pictures, who knows, the six-question meter."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.knowledge.models import Product, ProductVersion
from lms.knowledge.services import import_products, save_product
from lms.knowledge.sheets import read_products
from lms.knowledge.siblings import Difference, differences, siblings_of
from lms.knowledge.versions import changes_of
from lms.people.models import Person
from tests.conftest import Cast
from tests.factories import save

SignIn = Callable[[Person], FlaskClient]
T0 = datetime.fromisoformat("2026-03-02T02:00:00+00:00")


def change(cast: Cast, product: Product | None, **new: object) -> Product:
    values = {"sku": "P1", "name": "速干笔", "category": "笔/中性笔", "facts": {"规格": "12 支"}, "active": True}
    return save_product(actor=cast.trainer, product=product, shop=cast.shop, at=T0, **(values | new))  # type: ignore[arg-type]


def numbers(session: scoped_session) -> list[int]:
    return list(session.scalars(select(ProductVersion.number).order_by(ProductVersion.id)))


def test_edit_makes_a_version_with_its_changes_and_the_same_again_none(cast: Cast, session: scoped_session) -> None:
    product = change(cast, None)
    change(cast, product)
    assert numbers(session) == [1]
    change(cast, product, facts={"规格": "20 支", "材质": "铝"}, contacts={"李组长": "检测报告"})
    (newest, changed), (_first, nothing) = changes_of(product)
    assert (newest.number, newest.created_by) == (2, cast.trainer) and nothing == []
    assert [(one.label, one.before, one.after) for one in changed] == [
        ("规格", "12 支", "20 支"),
        ("材质", "", "铝"),
        ("联系人 · 李组长", "", "检测报告"),
    ]


def test_product_from_before_versions_keeps_what_it_said(cast: Cast, session: scoped_session) -> None:
    old: Product = save(
        Product(shop_id=cast.shop.id, sku="P1", name="旧名", category="笔/中性笔", facts={"规格": "12 支"})
    )
    change(cast, old, name="新名")
    first, second = session.scalars(select(ProductVersion).order_by(ProductVersion.number)).all()
    assert (first.snapshot["name"], first.created_by_id, second.snapshot["name"]) == ("旧名", None, "新名")


def test_import_makes_versions_only_of_what_it_changed(cast: Cast, session: scoped_session) -> None:
    change(cast, None)
    sheet = read_products([["SKU", "商品名称", "规格"], ["P1", "速干笔", "20 支"], ["P2", "铅笔", "1 支"]])
    for _time in range(2):
        import_products(actor=cast.trainer, shop=cast.shop, sheet=sheet, at=T0)
    assert numbers(session) == [1, 2, 1]


def test_differences_to_siblings(cast: Cast) -> None:
    assert differences(
        [{"规格": "12 支", "墨水": "速干"}, {"规格": "20 支", "墨水": "速干"}, {"长度": "129 毫米"}]
    ) == [
        Difference("规格", ("12 支", "20 支", "")),
        Difference("墨水", ("速干", "速干", "")),
    ]
    product = change(cast, None)
    near = save(Product(shop_id=cast.shop.id, sku="P2", name="按动笔", category="笔/中性笔", facts={}))
    wider = save(Product(shop_id=cast.shop.id, sku="P3", name="安全笔", category="笔/钢笔", facts={}))
    save(Product(shop_id=cast.shop.id, sku="P4", name="下架笔", category="笔/中性笔", facts={}, active=False))
    save(Product(shop_id=cast.shop.id, sku="P5", name="本子", category="本册", facts={}))
    save(Product(shop_id=cast.other_shop.id, sku="P6", name="别家笔", category="笔/中性笔", facts={}))
    assert siblings_of(product) == [near, wider]


@pytest.fixture
def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()


def test_card_page(cast: Cast, session: scoped_session, sign_in: SignIn, png: bytes) -> None:
    product = change(cast, None, contacts={"李组长": "检测报告"})
    session.commit()
    trainer, agent = sign_in(cast.trainer), sign_in(cast.agent)
    sent = trainer.post(f"/products/{product.id}/pictures", data={"pictures": (io.BytesIO(png), "图.png")})
    assert sent.status_code == 302
    (ref,) = session.get_one(Product, product.id, populate_existing=True).pictures
    page = agent.get(f"/products/{product.id}").get_data(as_text=True)
    assert "0/6" in page and "还缺：规格、材质、使用、售后、物流、优惠" in page and "李组长" in page and ref in page
    assert agent.get(f"/products/{product.id}/pictures/{ref}").mimetype == "image/png"
    assert agent.get(f"/products/{product.id}/pictures/{'0' * 16}").status_code == 404
    wrong = trainer.post(f"/products/{product.id}/pictures", data={"pictures": (io.BytesIO(b"MZ..."), "a.png")})
    assert wrong.status_code == 422
    trainer.post(f"/products/{product.id}/pictures/{ref}/remove")
    assert agent.get(f"/products/{product.id}/pictures/{ref}").status_code == 404
    history = agent.get(f"/products/{product.id}/history").get_data(as_text=True)
    assert "第 3 版" in history and "图片：1 张" in history
    assert now() > T0
