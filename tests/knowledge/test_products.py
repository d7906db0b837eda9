"""Products: who sees which, saving, importing, and the pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import scoped_session

from lms.kernel.errors import Forbidden, NotFound
from lms.knowledge.models import Product
from lms.knowledge.queries import categories, products_by_sku, products_visible_to
from lms.knowledge.services import ProductError, SkuTaken, import_products, save_product
from lms.knowledge.sheets import read_products
from lms.people.models import Person, Shop
from lms.people.rules import can_see_shop
from tests.conftest import Cast

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def make(session: scoped_session, shop: Shop, sku: str, name: str = "", **more: object) -> Product:
    product = Product(shop_id=shop.id, sku=sku, name=name or f"商品{sku}", **more)
    session.add(product)
    session.flush()
    return product


@pytest.fixture
def goods(session: scoped_session, cast: Cast) -> list[Product]:
    made = [
        make(session, cast.shop, "A1", "速干笔", category="笔", facts={"规格": "12支"}),
        make(session, cast.shop, "A2", "活页本 100%棉", category="本册"),
        make(session, cast.shop, "A3", "旧款笔", category="笔", active=False),
        make(session, cast.other_shop, "A1", "乙店的货", category="乙类"),
    ]
    session.commit()
    return made


def save(actor: Person, shop: Shop, product: Product | None = None, **more: object) -> Product:
    fields = {"sku": "S1", "name": "钢笔", "category": "笔", "facts": {"笔尖": "F"}, "active": True} | more
    return save_product(actor=actor, product=product, shop=shop, at=AT, **fields)  # type: ignore[arg-type]


def test_the_list_and_the_rule_agree_for_everybody(cast: Cast, session: scoped_session, goods: list[Product]) -> None:
    for person in cast.people().values():
        listed = {product.id for product, _shop in session.execute(products_visible_to(person, active=None))}
        assert listed == {product.id for product in goods if can_see_shop(person, product.shop_id)}
    assert len(list(session.execute(products_visible_to(cast.agent, active=None)))) == 3


def test_products_by_sku_names_those_of_one_shop_only(cast: Cast, goods: list[Product]) -> None:
    assert {sku: p.name for sku, p in products_by_sku(cast.shop.id).items()} == {
        "A1": "速干笔",
        "A2": "活页本 100%棉",
        "A3": "旧款笔",
    }
    assert products_by_sku(None) == {}


def test_search_takes_signs_as_they_are(cast: Cast, session: scoped_session, goods: list[Product]) -> None:
    def found(**filters: object) -> list[str]:
        rows = session.execute(products_visible_to(cast.trainer, **filters))  # type: ignore[arg-type]
        return [product.sku for product, _shop in rows]

    assert found(text="%") == ["A2"]
    assert found(text="_") == []
    assert found(text="a1") == ["A1"]
    assert found(category="笔") == ["A1"]
    assert found(active=False) == ["A3"]
    assert found(shop_id=cast.other_shop.id) == []
    assert categories(cast.trainer) == ["本册", "笔"]


def test_saving_needs_the_permission_and_the_shop(cast: Cast, goods: list[Product]) -> None:
    with pytest.raises(Forbidden):
        save(cast.agent, cast.shop)
    with pytest.raises(NotFound):
        save(cast.other_trainer, cast.shop)
    with pytest.raises(NotFound):
        # naming a shop of one's own does not open another's product
        save(cast.other_trainer, cast.other_shop, goods[0])
    assert save(cast.trainer, cast.shop).updated_by_id == cast.trainer.id


def test_a_sku_is_unique_in_its_shop_and_free_in_another(cast: Cast, goods: list[Product]) -> None:
    with pytest.raises(SkuTaken):
        save(cast.trainer, cast.shop, sku=" A1 ")
    assert save(cast.trainer, cast.shop, goods[0], sku="A1", name="新名").name == "新名"
    with pytest.raises(SkuTaken):
        save(cast.trainer, cast.shop, goods[0], sku="A2")
    assert save(cast.other_trainer, cast.other_shop, sku="A2").shop_id == cast.other_shop.id


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"sku": "  "}, "sku"),
        ({"name": ""}, "name"),
        ({"name": "长" * 201}, "name"),
        ({"facts": {f"k{n}": "v" for n in range(61)}}, "facts"),
        ({"facts": {"规格": ""}}, "facts"),
    ],
)
def test_what_will_not_do_is_refused_at_its_field(app: Flask, cast: Cast, more: dict[str, object], where: str) -> None:
    with pytest.raises(ProductError) as refused:
        save(cast.trainer, cast.shop, **more)
    assert refused.value.where == where


SHEET = [
    ["SKU", "名称", "类目", "状态", "规格", "保质期"],
    ["A1", "", "", "下架", "", "2年"],
    ["A2", "活页本 100%棉", "本册", "", "", ""],
    ["B1", "新品", "笔", "", "10支", ""],
    ["B2", "", "", "", "", ""],
]


def test_import_makes_changes_and_leaves_alone(cast: Cast, session: scoped_session, goods: list[Product]) -> None:
    done = import_products(actor=cast.trainer, shop=cast.shop, sheet=read_products(SHEET), at=AT)
    assert (done.created, done.updated, done.unchanged) == (["B1"], ["A1"], 1)
    assert [(error.line, error.reason) for error in done.errors] == [(5, "新商品要填写名称。")]
    first = products_by_sku(cast.shop.id)["A1"]
    assert (first.name, first.active, first.facts) == ("速干笔", False, {"规格": "12支", "保质期": "2年"})
    again = import_products(actor=cast.trainer, shop=cast.shop, sheet=read_products(SHEET), at=AT)
    assert (again.created, again.updated, again.unchanged) == ([], [], 3)
    assert products_by_sku(cast.other_shop.id)["A1"].name == "乙店的货"


def test_a_dry_run_writes_nothing(cast: Cast, session: scoped_session, goods: list[Product]) -> None:
    done = import_products(actor=cast.trainer, shop=cast.shop, sheet=read_products(SHEET), at=AT, dry_run=True)
    assert (done.created, done.updated) == (["B1"], ["A1"])
    session.expire_all()
    assert set(products_by_sku(cast.shop.id)) == {"A1", "A2", "A3"}
    assert products_by_sku(cast.shop.id)["A1"].active is True


def test_nobody_imports_into_another_shop(cast: Cast) -> None:
    with pytest.raises(NotFound):
        import_products(actor=cast.other_trainer, shop=cast.shop, sheet=read_products(SHEET), at=AT)
    with pytest.raises(Forbidden):
        import_products(actor=cast.lead, shop=cast.shop, sheet=read_products(SHEET), at=AT)


@pytest.mark.parametrize("more", [0, 40])
def test_the_list_page_asks_the_same_number_of_statements_at_any_length(
    cast: Cast,
    session: scoped_session,
    goods: list[Product],
    sign_in: Callable[[Person], FlaskClient],
    count_queries: Callable,
    more: int,
) -> None:
    for n in range(more):
        make(session, cast.shop, f"M{n}", category=f"类{n % 5}", facts={"规格": "x"})
    session.commit()
    client = sign_in(cast.agent)
    with count_queries() as counted:
        page = client.get("/products").get_data(as_text=True)
    assert counted.count == QUERIES_LIST
    assert len(page.encode()) < 60_000
    assert "速干笔" in page and "旧款笔" not in page and "乙店的货" not in page
    assert "添加商品" not in page


QUERIES_LIST = 7


def test_a_trainer_makes_and_edits_a_product_on_the_page(
    cast: Cast, session: scoped_session, sign_in: Callable[[Person], FlaskClient]
) -> None:
    client = sign_in(cast.trainer)
    data = {"shop_id": cast.shop.id, "sku": "X1", "name": "<b>笔</b>", "facts": "材质：<i>木</i>", "active": "y"}
    made = client.post("/products/new", data=data, follow_redirects=True).get_data(as_text=True)
    assert "&lt;b&gt;笔&lt;/b&gt;" in made and "<i>木" not in made and "&lt;i&gt;木" in made
    taken = client.post("/products/new", data=data).get_data(as_text=True)
    assert "这个店铺已有 SKU 为“X1”的商品" in taken
    product = products_by_sku(cast.shop.id)["X1"]
    wrong = client.post(f"/products/{product.id}/edit", data=data | {"facts": "没有冒号"}).get_data(as_text=True)
    assert "第 1 行“没有冒号”不对" in wrong
    client.post(f"/products/{product.id}/edit", data={"sku": "X1", "name": "木笔", "facts": ""})
    session.expire_all()
    assert (product.name, product.facts, product.active) == ("木笔", {}, False)


def test_a_form_can_not_name_a_shop_out_of_reach(
    cast: Cast, session: scoped_session, sign_in: Callable[[Person], FlaskClient]
) -> None:
    client = sign_in(cast.trainer)
    data = {"shop_id": cast.other_shop.id, "sku": "X1", "name": "笔"}
    assert client.post("/products/new", data=data).status_code == 200
    upload = {"shop_id": cast.other_shop.id, "file": (io.BytesIO("SKU,名称\nX1,笔\n".encode()), "a.csv")}
    assert client.post("/products/import", data=upload).status_code == 200
    assert products_by_sku(cast.other_shop.id) == {}


def test_a_csv_in_gb18030_is_imported_and_the_export_reads_back_unchanged(
    cast: Cast, session: scoped_session, sign_in: Callable[[Person], FlaskClient]
) -> None:
    client = sign_in(cast.trainer)
    text = "商品编号,商品名称,类目,产地\nX1,松果笔,笔,=1+1\nX2,,笔,宁波\n"
    upload = {"shop_id": cast.shop.id, "file": (io.BytesIO(text.encode("gb18030")), "商品.csv")}
    page = client.post("/products/import", data=upload).get_data(as_text=True)
    assert "新商品要填写名称" in page
    assert products_by_sku(cast.shop.id)["X1"].facts == {"产地": "=1+1"}
    export = client.get("/products/export.xlsx").get_data()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(export)).get_sheet_by_index(0).to_python()
    assert rows == [["SKU", "商品名称", "类目", "状态", "产地"], ["X1", "松果笔", "笔", "在售", "=1+1"]]
    back = import_products(actor=cast.trainer, shop=cast.shop, sheet=read_products(rows), at=AT)
    assert (back.created, back.updated, back.unchanged, back.errors) == ([], [], 1, [])


def test_a_file_that_is_no_sheet_is_refused_at_its_field(cast: Cast, sign_in: Callable[[Person], FlaskClient]) -> None:
    upload = {"shop_id": cast.shop.id, "file": (io.BytesIO(b"\x00\x01\x02" * 50), "商品.xlsx")}
    page = sign_in(cast.trainer).post("/products/import", data=upload)
    assert page.status_code == 200
    assert "is-invalid" in page.get_data(as_text=True)
