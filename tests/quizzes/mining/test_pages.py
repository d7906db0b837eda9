"""Pages of the question factory: what they show, to whom, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.kernel.db import db
from lms.people.models import Person
from quizzes.mining.enums import GroupState
from quizzes.mining.models import GroupAnswer, QuestionGroup
from tests.conftest import Cast, Counted
from tests.quizzes.mining.making import make_chat, make_group

SignIn = Callable[[Person], FlaskClient]
Count = Callable[[], AbstractContextManager[Counted]]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_however_long(
    cast: Cast, session: scoped_session, sign_in: SignIn, count_queries: Count, rows: int
) -> None:
    for number in range(rows):
        make_group(cast.shop, f"第 {number} 个问题怎么办理？", "按说明办理就可以")
    session.commit()
    client = sign_in(cast.trainer)
    client.get("/questions")
    with count_queries() as counted:
        page = client.get("/questions").get_data(as_text=True)
    assert page.count('class="mine-row"') == rows
    assert counted.count == 8


def test_full_page_stay_small(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    for number in range(31):
        make_group(
            cast.shop,
            f"第 {number} 个问题要怎么办理，需要准备哪些资料？",
            "请按页面上的说明逐步办理，资料齐全后提交即可。" * 2,
        )
    session.commit()
    page = sign_in(cast.trainer).get("/questions").get_data()
    assert page.count(b'class="mine-row"') == 25
    assert len(page) < 60_000


def test_list_is_by_heat_and_can_be_narrowed(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    make_group(cast.shop, "可以开专票吗？", heat=2, stage="aftersale")
    make_group(cast.shop, "什么时候发货？", "当天四点前付款当天发出", heat=9, stage="insale", product_label="养生壶")
    make_group(cast.other_shop, "别家的问题在这里吗？", heat=50)
    session.commit()
    client = sign_in(cast.trainer)
    page = client.get("/questions").get_data(as_text=True)
    assert page.index("什么时候发货？") < page.index("可以开专票吗？")
    assert "别家的问题" not in page
    for query, shown in (
        ("stage=aftersale", "可以开专票吗？"),
        ("product=养生壶", "什么时候发货？"),
        ("q=四点前", "什么时候发货？"),
        ("answered=no", "可以开专票吗？"),
        ("q=%25", ""),
        (f"shop={cast.other_shop.id}", ""),
        ("stage=nonsense&page=zz&shop=%FF&state=x", "什么时候发货？"),
    ):
        body = client.get(f"/questions?{query}").get_data(as_text=True)
        assert body.count('class="mine-row"') == (2 if "nonsense" in query else bool(shown)), query
        assert shown in body


def test_words_of_customers_are_text_not_markup(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    group, _ = make_group(cast.shop, "<script>alert(1)</script>能退吗？", "<b>能</b>退的，七天内都可以")
    session.commit()
    for path in ("/questions", f"/questions/{group.id}"):
        page = sign_in(cast.trainer).get(path).get_data(as_text=True)
        assert "<script>alert(1)" not in page and "<b>能</b>" not in page


def test_group_page(cast: Cast, session: scoped_session, sign_in: SignIn, count_queries: Count) -> None:
    group, answers = make_group(cast.shop, "什么时候发货？", "当天四点前付款当天发出", "次日发出")
    session.commit()
    client = sign_in(cast.trainer)
    client.get(f"/questions/{group.id}")
    with count_queries() as counted:
        page = client.get(f"/questions/{group.id}").get_data(as_text=True)
    assert counted.count == 7
    place = f"/chats/{answers[0].conversation_id}?m={answers[0].message_id}#m{answers[0].message_id}"
    assert place in page and "次日发出" in page


def test_editing_choosing_and_hiding(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    group, answers = make_group(cast.shop, "什么时候发货？", "当天四点前付款当天发出", "次日发出")
    session.commit()
    client = sign_in(cast.trainer)
    ident, answer_id = group.id, answers[1].id
    client.post(f"/questions/{ident}/answers/{answer_id}", data={"use": "1"})
    assert db.session.get(QuestionGroup, ident).answer == "次日发出"
    client.post(f"/questions/{ident}/answers/{answer_id}")
    db.session.expire_all()
    assert not db.session.get(GroupAnswer, answer_id).general
    form = {
        "question": "多久发货？",
        "answer": "现货当天发",
        "stage": "presale",
        "dimension": "skill",
        "product_label": "",
    }
    assert client.post(f"/questions/{ident}", data=form).status_code == 302
    db.session.expire_all()
    group = db.session.get(QuestionGroup, ident)
    assert (group.question, group.answer, group.stage, group.dimension) == (
        "多久发货？",
        "现货当天发",
        "presale",
        "skill",
    )
    assert client.post(f"/questions/{ident}", data=form | {"question": ""}).status_code == 400
    client.post(f"/questions/{ident}/state", data={"hidden": "1"})
    db.session.expire_all()
    assert db.session.get(QuestionGroup, ident).state is GroupState.HIDDEN
    assert 'class="mine-row"' not in client.get("/questions").get_data(as_text=True)
    assert "多久发货？" in client.get("/questions?state=hidden").get_data(as_text=True)


def test_another_shop_s_group_is_not_there(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    group, answers = make_group(cast.shop, "什么时候发货？", "次日发出")
    session.commit()
    client = sign_in(cast.other_trainer)
    assert client.get(f"/questions/{group.id}").status_code == 404
    for path in ("", f"/answers/{answers[0].id}", "/state"):
        assert client.post(f"/questions/{group.id}{path}", data={"hidden": "1", "use": "1"}).status_code == 404
    assert client.post("/questions/mine", data={"shop": cast.shop.id}).status_code == 404


def test_an_answer_of_another_group_is_not_there(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    group, _ = make_group(cast.shop, "什么时候发货？", "次日发出")
    _, others = make_group(cast.other_shop, "什么时候发货？", "别家的回答")
    session.commit()
    answer = sign_in(cast.trainer).post(f"/questions/{group.id}/answers/{others[0].id}", data={"use": "1"})
    assert answer.status_code == 404


def test_mining_from_the_page(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    make_chat(cast.shop, ("客", "什么时候发货"), ("服", "四点前付款的订单当天发出"))
    make_chat(cast.other_shop, ("客", "可以开专票吗"))
    session.commit()
    client = sign_in(cast.trainer)
    page = client.post("/questions/mine", follow_redirects=True).get_data(as_text=True)
    assert "什么时候发货？" in page and "1 个客户问题" in page
    assert {group.shop_id for group in session.query(QuestionGroup)} == {cast.shop.id}


def test_no_chats_yet(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.trainer)
    assert "还没有挖掘过" in client.get("/questions").get_data(as_text=True)
    assert "还没有会话可挖掘" in client.post("/questions/mine", follow_redirects=True).get_data(as_text=True)
