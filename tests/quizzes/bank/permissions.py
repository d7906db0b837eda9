"""Who may do what with drafts, reviews and items."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from quizzes.bank.enums import ItemState
from tests.conftest import Cast
from tests.factories import make_competency
from tests.quizzes.bank.making import make_batch, make_group, make_item

_TRAINERS = {
    "anonymous": 302,
    "agent": 403,
    "lead": 403,
    "supervisor": 403,
    "evaluator": 403,
    "trainer": 200,
    "admin": 200,
}
_DONE = _TRAINERS | {"trainer": 302, "admin": 302}

EXPECTED = {
    "bank.index": _TRAINERS,
    "bank.show": _TRAINERS,
    "bank.new": _TRAINERS | {"other": 200},
    "bank.new [POST]": _DONE,
    "bank.edit": _TRAINERS,
    "bank.edit [POST]": _DONE,
    "bank.retire": _DONE,
    "bank.restore": _DONE,
    "bank.confirm": _DONE,
    "bank.reject_many": _DONE,
    "bank.export": _TRAINERS,
    "bank.import_items": _TRAINERS,
    "review.index": _DONE,
    "review.show": _TRAINERS,
    "review.accept": _DONE,
    "review.reject": _DONE,
    "review.edit": _TRAINERS,
    "review.save": _DONE,
    "review.take_back": _DONE,
    "drafting.index": _TRAINERS,
    "drafting.create": _DONE,
    "drafting.show": _TRAINERS,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    item = make_item(cast.trainer, shop=cast.shop, type="truefalse", stem="签收后 7 天内可以退货。")
    gone = make_item(cast.trainer, shop=cast.shop, type="truefalse", stem="可以货到付款。")
    gone.state = ItemState.REJECTED
    stale = make_item(cast.trainer, shop=cast.shop, type="truefalse", stem="大促期间 48 小时内发货。")
    stale.stale = True
    batch = make_batch(cast.shop, make_item(cast.trainer, shop=cast.shop))
    group = make_group(cast.shop, "可以退货吗？", "签收后 7 天内可以申请退货")
    competency = make_competency("熟悉退换货规则")
    args, form = (
        {"item_id": item.id},
        {"stem": "签收后 7 天内可以退货吗？", "key": "true", "version": str(item.current_version_id)},
    )
    return {
        "bank.show": {"args": args},
        "bank.new": {"args": {"type_name": "truefalse"}, "data": {}},
        "bank.new [POST]": {"args": {"type_name": "truefalse"}, "data": form | {"shop": str(cast.shop.id)}},
        "bank.edit": {"args": args},
        "bank.edit [POST]": {"args": args, "data": form},
        "bank.retire": {"args": args},
        "bank.restore": {"args": {"item_id": gone.id}},
        "bank.confirm": {"args": {"item_id": stale.id}},
        "bank.reject_many": {"data": {"item_ids": [item.id], "reason": "unclear"}},
        "review.show": {"args": args},
        "review.accept": {"args": args, "data": {"competency": competency.id, "version": item.current_version_id}},
        "review.reject": {"args": args, "data": {"reason": "unclear", "version": item.current_version_id}},
        "review.edit": {"args": args},
        "review.save": {"args": args, "data": form},
        "drafting.create": {"data": {"group_ids": [group.id], "types": ["truefalse"]}},
        "drafting.show": {"args": {"batch_id": batch.id}},
    }
