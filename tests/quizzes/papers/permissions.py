"""What each role gets from the pages of quizzes."""

from __future__ import annotations

from typing import Any

from tests.conftest import Cast
from tests.quizzes.papers.factories import make_item, make_items, make_quiz


def trainers(status: int) -> dict[str, int]:
    nobody = {"anonymous": 302, "agent": 403, "lead": 403, "supervisor": 403, "evaluator": 403}
    return {**nobody, "trainer": status, "admin": status}


EXPECTED = {
    "papers.index": trainers(200),
    "papers.new": trainers(200),
    "papers.new [POST]": trainers(302),
    "papers.show": trainers(200),
    "papers.activity": trainers(302),
    "papers.edit": trainers(200),
    "papers.edit [POST]": trainers(302),
    "papers.pick": trainers(200),
    "papers.add": trainers(302),
    "papers.auto": trainers(302),
    "papers.remove": trainers(302),
    "papers.publish": trainers(302),
    "papers.close": trainers(302),
    "papers.copy": trainers(302),
    "papers.post_test": trainers(302),
    "papers.delete": trainers(302),
    "papers.allow": trainers(302),
    "papers.preview": trainers(200),
}


def form(cast: Cast) -> dict[str, Any]:
    return {
        "title": "甲店发货承诺小测",
        "kind": "quiz",
        "shop_id": cast.shop.id,
        "dimension": "knowledge",
        "draw_count": 2,
        "cut_percent": 80,
        "keep": "best",
        "show_answers": "after_submit",
    }


def build(cast: Cast, session: Any) -> dict[str, dict[str, Any]]:
    items = make_items(3, shop=cast.shop)
    spare = make_item(shop=cast.shop)
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, title="甲店退换规则小测", draw_count=2)
    draft = make_quiz(cast.trainer, items, shop=cast.shop, title="甲店草稿小测", draw_count=2, publish=False)
    one, of_draft = {"quiz_id": quiz.id}, {"quiz_id": draft.id}
    return {
        "papers.new [POST]": {"data": form(cast)},
        "papers.show": {"args": one},
        "papers.activity": {"args": {"activity_id": quiz.activity_id}},
        "papers.edit": {"args": one},
        "papers.edit [POST]": {"args": one, "data": form(cast)},
        "papers.pick": {"args": one},
        "papers.add": {"args": one, "data": {"item": [spare.id]}},
        "papers.auto": {"args": one, "data": {"count": 5}},
        "papers.remove": {"args": one, "data": {"item": [items[0].id]}},
        "papers.publish": {"args": of_draft},
        "papers.close": {"args": one},
        "papers.copy": {"args": one},
        "papers.post_test": {"args": one},
        "papers.delete": {"args": of_draft},
        "papers.allow": {"args": one, "data": {"account": "agent", "extra_percent": 50, "reason": "手受伤"}},
        "papers.preview": {"args": one},
    }
