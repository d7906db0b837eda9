"""The trainer's pages: from an empty form to a quiz that can be assigned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.people.models import Person
from quizzes.bank.enums import ItemState
from quizzes.papers.enums import Keep, QuizState, ShowAnswers
from quizzes.papers.models import Quiz
from quizzes.papers.queries import candidates_of
from tests.conftest import Cast
from tests.quizzes.papers.factories import make_item, make_items, make_quiz

SignIn = Callable[[Person], FlaskClient]


def filled(cast: Cast, **changes: object) -> dict[str, object]:
    return {
        "title": "发货时效小测",
        "shop_id": cast.shop.id,
        "dimension": "skill",
        "description": "先看 SOP 再做",
        "draw_count": "3",
        "least_skill": "1",
        "cut_percent": "75",
        "time_limit_minutes": "15",
        "attempts_allowed": "2",
        "cooldown_minutes": "30",
        "keep": "last",
        "show_answers": "after_pass",
        "shuffle_items": "y",
        "open_practice": "y",
        "opens_at": "2026-11-02T09:30",
        "closes_at": "2026-11-09T18:00",
        "mark_short": "5",
        "mark_single": "1",
        **changes,
    }


def test_from_an_empty_form_to_the_team(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    for kind in ("single", "truefalse", "fill"):
        make_items(3, kind=kind, shop=cast.shop, dimension="skill")
    make_item(shop=cast.shop, state=ItemState.DRAFT, stem="没审过的题")
    session.commit()
    client = sign_in(cast.trainer)
    page = client.post("/quizzes/new", data=filled(cast))
    quiz = session.scalars(select(Quiz)).one()
    assert page.location == f"/quizzes/{quiz.id}/pick"
    assert "没审过的题" not in client.get(page.location).get_data(as_text=True)
    page = client.post(f"/quizzes/{quiz.id}/auto", data={"count": 6})
    assert page.location == f"/quizzes/{quiz.id}"
    session.expire_all()
    assert {one.type for one in candidates_of(quiz)} == {"single", "truefalse", "fill"}
    assert len(candidates_of(quiz)) == 6
    page = client.post(f"/quizzes/{quiz.id}/publish", data={"then": "assign"})
    session.expire_all()
    assert page.location == f"/learning/assign?activity_id={quiz.activity_id}"
    assert client.get(page.location).status_code == 200
    policy = quiz.policy
    assert (quiz.state, quiz.title, quiz.draw_count, quiz.blueprint) == (
        QuizState.OPEN,
        "发货时效小测",
        3,
        {"skill": 1},
    )
    assert (policy.cut_score, policy.time_limit_seconds, policy.attempts_allowed) == (0.75, 900, 2)
    assert (policy.cooldown_seconds, policy.keep, policy.show_answers) == (1800, Keep.LAST, ShowAnswers.AFTER_PASS)
    assert (policy.shuffle_items, policy.shuffle_options, policy.partial_credit) == (True, False, False)
    assert (policy.type_marks, quiz.open_practice) == ({"short": 5.0}, True)
    assert quiz.opens_at == datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    assert quiz.closes_at == datetime(2026, 11, 9, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "请填写测验名称"),
        ({"draw_count": "很多"}, "每份试卷题数"),
        ({"cut_percent": "101"}, "合格线"),
        ({"least_skill": "9"}, "各维度的题数加起来不能超过每份试卷的题数"),
        ({"closes_at": "2026-11-01T00:00"}, "关闭时间要晚于开放时间"),
        ({"shop_id": "99999"}, "所属店铺"),
    ],
)
def test_a_form_that_is_not_right_comes_back_with_what_was_typed(
    cast: Cast, session: scoped_session, sign_in: SignIn, changes: dict[str, object], message: str
) -> None:
    quiz = make_quiz(cast.trainer, make_items(3, shop=cast.shop), shop=cast.shop)
    session.commit()
    client = sign_in(cast.trainer)
    for url in ("/quizzes/new", f"/quizzes/{quiz.id}/edit"):
        page = client.post(url, data=filled(cast, **changes))
        text = page.get_data(as_text=True)
        assert page.status_code == 200
        assert "还不能保存" in text and message in text and "先看 SOP 再做" in text
    session.expire_all()
    assert [one.title for one in session.scalars(select(Quiz))] == ["退换货小测"]


def test_an_edit_that_empties_an_open_quiz_is_refused(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(3, shop=cast.shop), shop=cast.shop)
    session.commit()
    page = sign_in(cast.trainer).post(f"/quizzes/{quiz.id}/edit", data=filled(cast, draw_count="4", least_skill=""))
    assert page.status_code == 200 and "只够抽 3 题" in page.get_data(as_text=True)
    session.expire_all()
    assert (quiz.draw_count, quiz.title) == (3, "退换货小测")


def test_the_form_shows_what_is_stored(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    at = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
    items = make_items(3, shop=cast.shop)
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, cut_score=0.58, time_limit_seconds=1500, opens_at=at)
    session.commit()
    text = sign_in(cast.trainer).get(f"/quizzes/{quiz.id}/edit").get_data(as_text=True)
    for value in ('value="58"', 'value="25"', 'value="2026-11-02T09:30"'):
        assert value in text


def test_items_are_picked_and_taken_out(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    items = make_items(4, shop=cast.shop)
    foreign = make_item(shop=cast.other_shop)
    quiz = make_quiz(cast.trainer, [], shop=cast.shop, draw_count=2, publish=False)
    session.commit()
    client = sign_in(cast.trainer)
    ids = [item.id for item in items]
    assert client.post(f"/quizzes/{quiz.id}/items", data={"item": [*ids, "x"]}).status_code == 302
    assert client.post(f"/quizzes/{quiz.id}/items", data={"item": [foreign.id]}).status_code == 400
    client.post(f"/quizzes/{quiz.id}/items/remove", data={"item": ids[:1]})
    session.expire_all()
    assert [one.item_id for one in candidates_of(quiz)] == ids[1:]


def test_the_preview_is_a_paper_without_keys(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(9, shop=cast.shop), shop=cast.shop, draw_count=4, publish=False)
    session.commit()
    client = sign_in(cast.trainer)
    first = client.get(f"/quizzes/{quiz.id}/preview?seed=5").get_data(as_text=True)
    assert first.count("preview-stem") == 4 and "机密解析" not in first and "正确答案" not in first
    stems = [line for line in first.splitlines() if "preview-stem" in line]
    again = client.get(f"/quizzes/{quiz.id}/preview?seed=5").get_data(as_text=True)
    assert [line for line in again.splitlines() if "preview-stem" in line] == stems


def test_arrangements_need_a_person_one_works_with(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    quiz = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop)
    session.commit()
    client = sign_in(cast.trainer)
    url = f"/quizzes/{quiz.id}/allowances"
    assert client.post(url, data={"account": "other_agent", "extra_percent": 50}).status_code == 404
    client.post(url, data={"account": "nobody", "extra_percent": 50})
    client.post(url, data={"account": " AGENT ", "extra_percent": 50, "extra_attempts": 1, "reason": "手受伤"})
    text = client.get(f"/quizzes/{quiz.id}").get_data(as_text=True)
    assert "安小客" in text and "时间 +50%" in text and "次数 +1" in text and "手受伤" in text
