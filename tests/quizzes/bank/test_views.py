"""The pages of bank, drafting and review."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.people.models import Person
from quizzes.bank.enums import ItemState
from quizzes.bank.models import DraftBatch, Item, ReviewDecision
from quizzes.bank.queries import last_decision
from tests.conftest import Cast, Counted
from tests.factories import make_competency
from tests.quizzes.bank.making import DEFINITIONS, make_batch, make_chat, make_group, make_item

Queries = Callable[[], AbstractContextManager[Counted]]
SignIn = Callable[[Person], FlaskClient]
HX = {"HX-Request": "true"}
LIMIT = 60_000


@pytest.fixture
def trainer(cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.trainer)


def fill_bank(cast: Cast, number: int) -> DraftBatch:
    group = make_group(cast.shop, "退货要多久到账？", "退款审核通过后 48小时内原路退回")
    items = []
    for n in range(number):
        asked, answered = make_chat(cast.shop, ("customer", f"第 {n} 位顾客问退货"), ("agent", "审核后 48小时到账"))
        place = [(asked.conversation_id, asked.id, asked.text), (answered.conversation_id, answered.id, answered.text)]
        kind = list(DEFINITIONS)[n % 5]
        items.append(make_item(cast.trainer, shop=cast.shop, type=kind, group_id=group.id, sources=place))
    return make_batch(cast.shop, *items)


@pytest.mark.parametrize("number", [1, 30])
def test_no_page_asks_more_of_the_database_when_there_is_more(
    cast: Cast, session: scoped_session, trainer: FlaskClient, count_queries: Queries, number: int
) -> None:
    batch = fill_bank(cast, number)
    make_competency("熟悉退款规则")
    session.commit()
    item_id = session.scalar(select(Item.id).order_by(Item.id))
    pages = {
        "/bank/": LIST_QUERIES,
        f"/bank/items/{item_id}": ITEM_QUERIES,
        f"/review/{item_id}?batch={batch.id}": REVIEW_QUERIES,
        "/drafting/": DRAFTING_QUERIES,
        f"/drafting/{batch.id}": BATCH_QUERIES,
    }
    got = {}
    for url in pages:
        session.expire_all()
        with count_queries() as counted:
            answer = trainer.get(url)
        assert answer.status_code == 200 and len(answer.data) < LIMIT
        got[url] = counted.count
    assert got == pages


LIST_QUERIES = 8
ITEM_QUERIES = 6
REVIEW_QUERIES = 6
DRAFTING_QUERIES = 4
BATCH_QUERIES = 3


def test_a_batch_is_reviewed_to_its_end(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    batch = fill_bank(cast, 3)
    competency = make_competency("熟悉退款规则")
    session.commit()
    numbers = list(session.scalars(select(Item.id).order_by(Item.id)))
    start = trainer.get(f"/review/?batch={batch.id}")
    assert start.location == f"/review/{numbers[0]}?batch={batch.id}"
    page = trainer.get(start.location).get_data(as_text=True)
    assert "0/3" in page and "第 0 位顾客问退货" in page and "熟悉退款规则" in page
    data = {"batch": batch.id, "competency": competency.id}
    onward = trainer.post(f"/review/{numbers[0]}/accept", data=data, headers=HX)
    assert onward.headers["HX-Push-Url"] == f"/review/{numbers[1]}?batch={batch.id}"
    text = onward.get_data(as_text=True)
    assert "<html" not in text and "1/3" in text and "第 1 位顾客问退货" in text
    onward = trainer.post(f"/review/{numbers[1]}/reject", data=data | {"reason": "wrong_key"}, headers=HX)
    assert "2/3" in onward.get_data(as_text=True)
    back = trainer.post("/review/undo", data={"batch": batch.id}, headers=HX)
    assert back.headers["HX-Push-Url"] == f"/review/{numbers[1]}?batch={batch.id}"
    trainer.post(f"/review/{numbers[1]}/reject", data=data | {"reason": "unclear"}, headers=HX)
    end = trainer.post(f"/review/{numbers[2]}/accept", data=data, headers=HX)
    assert end.headers["HX-Redirect"] == f"/review/?batch={batch.id}"
    summary = trainer.get(end.headers["HX-Redirect"]).get_data(as_text=True)
    assert "都审完了" in summary and "通过的 2 道题已进题库" in summary and "去组卷" in summary
    session.expire_all()
    states = [session.get_one(Item, number).state for number in numbers]
    assert states == [ItemState.ACCEPTED, ItemState.REJECTED, ItemState.ACCEPTED]


def test_review_works_without_script(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    batch = fill_bank(cast, 2)
    session.commit()
    first, second = session.scalars(select(Item.id).order_by(Item.id))
    data = {"batch": batch.id, "new_competency": "熟悉退款规则", "dimension": "knowledge"}
    answer = trainer.post(f"/review/{first}/accept", data=data)
    assert answer.location == f"/review/{second}?batch={batch.id}"
    assert [one.name for one in session.get_one(Item, first).competencies] == ["熟悉退款规则"]


def test_accepting_without_competency_says_what_is_missing(
    cast: Cast, session: scoped_session, trainer: FlaskClient
) -> None:
    make_competency()
    item = make_item(shop=cast.shop)
    session.commit()
    answer = trainer.post(f"/review/{item.id}/accept", data={"competency": ""}, headers=HX).get_data(as_text=True)
    assert "通过之前请先选能力项" in answer
    session.expire_all()
    assert item.state is ItemState.DRAFT


def test_an_item_is_edited_in_place(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    item = make_item(shop=cast.shop, type="truefalse", stem="签收后 7 天内可以退货。")
    session.commit()
    form = trainer.get(f"/review/{item.id}/edit", headers=HX).get_data(as_text=True)
    assert "签收后 7 天内可以退货。" in form and "<html" not in form
    sent = {
        "stem": "签收后 15 天内可以退货。",
        "key": "false",
        "rationale": "是 7 天。",
        "version": item.current_version_id,
    }
    answer = trainer.post(f"/review/{item.id}/edit", data=sent, headers=HX).get_data(as_text=True)
    assert "签收后 15 天内可以退货。" in answer
    session.expire_all()
    assert item.current_version is not None
    assert (item.current_version.number, item.current_version.definition) == (2, {"key": False})
    stale = trainer.post(f"/review/{item.id}/edit", data=sent, headers=HX).get_data(as_text=True)
    assert "别人刚刚修改了这道题" in stale
    bad = trainer.post(f"/review/{item.id}/edit", data={"stem": ""}, headers=HX).get_data(as_text=True)
    assert "题干不能为空" in bad


@pytest.mark.parametrize("type", list(DEFINITIONS))
def test_every_type_can_be_written_by_hand_and_shows_on_every_page(
    cast: Cast, session: scoped_session, trainer: FlaskClient, type: str
) -> None:
    forms = {
        "single": [("option_text", "可以"), ("option_text", "不可以"), ("key", "0"), ("shuffle", "1")],
        "multiple": [("option_text", "甲"), ("option_text", "乙"), ("option_text", "丙"), ("key", "0"), ("key", "2")],
        "truefalse": [("key", "true")],
        "fill": [("text", "签收后____内可以退货"), ("accepted", "7天|一周")],
        "short": [
            ("model_answer", "可以退货"),
            ("point_text", "说明可以退"),
            ("point_mark", "2"),
            ("point_keywords", "可以"),
        ],
    }
    assert trainer.get(f"/bank/new/{type}").status_code == 200
    data = {"stem": "手写的题干", "dimension": "skill", "shop": cast.shop.id}
    fields: dict[str, list[str]] = {}
    for name, value in forms[type]:
        fields.setdefault(name, []).append(value)
    answer = trainer.post(f"/bank/new/{type}", data=data | fields)
    item = session.scalars(select(Item)).one()
    assert answer.location == f"/review/{item.id}"
    assert (item.type, item.shop_id, str(item.dimension)) == (type, cast.shop.id, "skill")
    for url in (f"/bank/items/{item.id}", f"/bank/items/{item.id}/edit", f"/review/{item.id}", "/bank/"):
        page = trainer.get(url)
        assert page.status_code == 200 and "手写的题干" in page.get_data(as_text=True)
    bad = trainer.post(f"/bank/new/{type}", data={"stem": ""})
    assert bad.status_code == 400 and "题干不能为空" in bad.get_data(as_text=True)
    assert trainer.get("/bank/new/nothing").status_code == 404


def test_the_list_is_narrowed(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    group = make_group(cast.shop, "怎么洗？", "可以机洗", product_label="纯棉四件套")
    make_item(shop=cast.shop, type="fill", stem="填空题", group_id=group.id)
    make_item(shop=cast.shop, type="single", stem="单选题_%")
    make_item(shop=cast.other_shop, stem="别家的题")
    session.commit()

    def found(query: str) -> list[str]:
        page = trainer.get(f"/bank/?{query}").get_data(as_text=True)
        return [stem for stem in ("填空题", "单选题_%", "别家的题") if f">{stem}</a>" in page]

    assert found("") == ["填空题", "单选题_%"]
    assert found("q=签收后") == ["填空题", "单选题_%"]
    assert found("q=_%25") == ["单选题_%"]
    assert found("type=fill") == ["填空题"]
    assert found("product=纯棉四件套") == ["填空题"]
    assert found("dimension=skill") == [] and found("state=accepted") == [] and found("state=nonsense") == []
    assert found(f"shop={cast.other_shop.id}") == []


def test_an_item_is_retired_and_restored(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    item = make_item(shop=cast.shop)
    session.commit()
    trainer.post(f"/review/{item.id}/accept", data={"new_competency": "退换货", "dimension": "knowledge"})
    trainer.post(f"/bank/items/{item.id}/retire", data={"reason": "规则改了"})
    page = trainer.get(f"/bank/items/{item.id}").get_data(as_text=True)
    assert "已停用" in page and "规则改了" in page
    trainer.post(f"/bank/items/{item.id}/restore")
    session.expire_all()
    assert item.state is ItemState.DRAFT and last_decision(cast.trainer, None) is None


def test_ticked_drafts_are_rejected_together(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    own, foreign = make_item(shop=cast.shop), make_item(shop=cast.other_shop)
    session.commit()
    trainer.post("/bank/reject", data={"item_ids": [own.id, foreign.id], "reason": "trivial"})
    session.expire_all()
    assert (own.state, foreign.state) == (ItemState.REJECTED, ItemState.DRAFT)


@pytest.mark.parametrize("url", ["/bank/items/{}", "/bank/items/{}/edit", "/review/{}", "/review/{}/edit"])
def test_another_shops_items_do_not_exist(cast: Cast, session: scoped_session, trainer: FlaskClient, url: str) -> None:
    foreign = make_item(shop=cast.other_shop, stem="别家的秘密")
    session.commit()
    assert trainer.get(url.format(foreign.id)).status_code == 404
    for action in ("accept", "reject", "edit"):
        assert trainer.post(f"/review/{foreign.id}/{action}", data={"stem": "改"}).status_code == 404
    session.expire_all()
    assert session.scalars(select(ReviewDecision)).all() == [] and foreign.state is ItemState.DRAFT


def test_hostile_text_stays_text(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    options = [{"id": "a", "text": evil}, {"id": "b", "text": "乙"}]
    chat = make_chat(cast.shop, ("customer", evil), ("agent", evil))
    place = [(line.conversation_id, line.id, line.text) for line in chat]
    item = make_item(
        shop=cast.shop, stem=evil, definition={"options": options, "key": "a"}, rationale=evil, sources=place
    )
    session.commit()
    for url in ("/bank/", f"/bank/items/{item.id}", f"/bank/items/{item.id}/edit", f"/review/{item.id}"):
        page = trainer.get(url).get_data(as_text=True)
        assert "<script>alert" not in page and "<img src=x" not in page


def test_drafting_runs_as_a_job_and_leads_to_review(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    groups = [
        make_group(cast.shop, "退款多久到账？", "亲，退款审核通过后48小时内原路退回哦"),
        make_group(cast.shop, "电子发票怎么下载？", "您好，电子发票在订单详情页点击查看发票就能下载呢"),
        make_group(cast.shop, "支持货到付款吗？", "抱歉哦亲，预售商品不支持货到付款的呢"),
        make_group(cast.shop, "退货运费谁承担？", "质量问题的退货运费由卖家承担"),
    ]
    foreign = make_group(cast.other_shop, "别家的问题？", "别家商品支持七天无理由退货")
    session.commit()
    data = {"group_ids": [group.id for group in [*groups, foreign]], "types": ["single", "truefalse", "fill"]}
    answer = trainer.post("/drafting/", data=data)
    batch = session.scalars(select(DraftBatch)).one()
    assert answer.location == f"/drafting/{batch.id}"
    assert batch.finished_at is not None and batch.shop_id == cast.shop.id and foreign.id not in batch.group_ids
    items = list(session.scalars(select(Item)))
    assert len(items) == batch.drafted >= 4
    assert all(item.state is ItemState.DRAFT and item.sources and item.shop_id == cast.shop.id for item in items)
    page = trainer.get(answer.location).get_data(as_text=True)
    assert f"开始审题（{batch.drafted}）" in page
    again = trainer.post("/drafting/", data=data)
    second = session.scalars(select(DraftBatch).order_by(DraftBatch.id.desc())).first()
    assert again.status_code == 302 and second is not None
    assert (second.drafted, second.rejected["near_duplicate_draft"] >= batch.drafted) == (0, True)


def test_drafting_nothing_is_refused(cast: Cast, session: scoped_session, trainer: FlaskClient) -> None:
    answer = trainer.post("/drafting/", data={"top": "20", "shop": cast.shop.id, "types": ["single"]})
    assert answer.status_code == 400 and "请先选要出题的客户问题" in answer.get_data(as_text=True)
    assert trainer.post("/drafting/", data={"top": "20", "shop": cast.other_shop.id}).status_code == 404
    assert session.scalars(select(DraftBatch)).all() == []
