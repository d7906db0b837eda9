"""Review: decisions, what may be drawn, undoing, versions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import scoped_session

from lms.learning.enums import Dimension
from quizzes.bank.enums import Decision, ItemState, RejectReason
from quizzes.bank.models import Item
from quizzes.bank.queries import decisions_of, drawable_items, items_visible_to, last_decision, place_of, versions_of
from quizzes.bank.rules import can_see_item, is_drawable
from quizzes.bank.services import (
    InvalidItem,
    NotInReview,
    accept_item,
    add_competency,
    edit_item,
    reject_item,
    reject_items,
    restore_item,
    retire_item,
    undo,
)
from tests.conftest import Cast
from tests.factories import make_competency
from tests.quizzes.bank.making import AT, DEFINITIONS, FILL, SINGLE, make_batch, make_item


def accept(item: Item, cast: Cast) -> Item:
    competency = add_competency(name="熟悉退换货规则", dimension=Dimension.KNOWLEDGE, shop_id=None)
    return accept_item(actor=cast.trainer, item=item, dimension=Dimension.KNOWLEDGE, competencies=[competency], at=AT)


@pytest.mark.parametrize("type", list(DEFINITIONS))
def test_only_what_was_accepted_and_is_not_stale_can_be_drawn(cast: Cast, session: scoped_session, type: str) -> None:
    waiting, taken, refused, retired, stale, edited, elsewhere = (
        make_item(shop=shop, type=type) for shop in [cast.shop] * 6 + [cast.other_shop]
    )
    for item in (taken, retired, stale, edited, elsewhere):
        accept(item, cast)
    reject_item(actor=cast.trainer, item=refused, reason=RejectReason.UNCLEAR, at=AT)
    retire_item(actor=cast.trainer, item=retired, at=AT)
    stale.stale = True
    assert edited.current_version is not None
    edit_item(actor=cast.trainer, item=edited, stem="换了说法的题干", definition=DEFINITIONS[type], rationale="", at=AT)
    everybody = make_item(shop=None, type=type)
    accept(everybody, cast)
    session.commit()
    session.expire_all()
    assert list(session.scalars(drawable_items(cast.shop.id).with_only_columns(Item.id))) == [taken.id, everybody.id]
    assert {item.id for item in session.query(Item) if is_drawable(item)} == {
        taken.id,
        everybody.id,
        elsewhere.id,
    }
    assert waiting.state is ItemState.DRAFT


def test_the_database_knows_that_an_accepted_item_has_a_version(cast: Cast, session: scoped_session) -> None:
    item = accept(make_item(shop=cast.shop), cast)
    session.commit()
    with pytest.raises(DatabaseError):
        session.execute(text("UPDATE item SET current_version_id = NULL WHERE id = :id"), {"id": item.id})
    session.rollback()
    with pytest.raises(DatabaseError):
        session.execute(text("UPDATE item SET state = 'fine' WHERE id = :id"), {"id": item.id})
    session.rollback()


@pytest.mark.parametrize("table", ["item_version", "review_decision"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"])
def test_versions_and_decisions_are_never_changed(
    cast: Cast, session: scoped_session, table: str, statement: str
) -> None:
    accept(make_item(shop=cast.shop), cast)
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement.format(table)))
    session.rollback()


def test_a_competency_of_the_same_dimension_and_shop_is_needed(cast: Cast) -> None:
    item = make_item(shop=cast.shop)
    skill = make_competency(dimension=Dimension.SKILL)
    foreign = make_competency(shop=cast.other_shop)
    for chosen, message in [([], "先选能力项"), ([skill], "与维度不一致"), ([foreign], "另一家店铺")]:
        with pytest.raises(InvalidItem, match=message):
            accept_item(actor=cast.trainer, item=item, dimension=Dimension.KNOWLEDGE, competencies=chosen, at=AT)
    assert item.state is ItemState.DRAFT
    accept_item(actor=cast.trainer, item=item, dimension=Dimension.SKILL, competencies=[skill], at=AT)
    assert (item.state, item.dimension, item.competencies) == (ItemState.ACCEPTED, Dimension.SKILL, [skill])


def test_what_was_decided_or_edited_meanwhile_is_not_decided_blindly(cast: Cast) -> None:
    item = make_item(shop=cast.shop)
    seen = item.current_version_id
    edit_item(actor=cast.admin, item=item, stem="别人改过的题干", definition=SINGLE, rationale="", at=AT)
    with pytest.raises(NotInReview, match="刚刚被修改过"):
        reject_item(actor=cast.trainer, item=item, reason=RejectReason.OTHER, version_id=seen, at=AT)
    with pytest.raises(NotInReview, match="别人刚刚修改"):
        edit_item(actor=cast.trainer, item=item, stem="我的", definition=SINGLE, rationale="", version_id=seen, at=AT)
    accept(item, cast)
    with pytest.raises(NotInReview, match="已经有人审过"):
        reject_item(actor=cast.trainer, item=item, reason=RejectReason.OTHER, at=AT)


def test_an_edit_is_a_new_version_and_waits_for_review(cast: Cast) -> None:
    item = accept(make_item(cast.trainer, shop=cast.shop, stem="旧题干", type="fill"), cast)
    same = edit_item(actor=cast.trainer, item=item, stem="旧题干", definition=dict(FILL), rationale="", at=AT)
    assert (same.state, [version.number for version in versions_of(item)]) == (ItemState.ACCEPTED, [1])
    edit_item(
        actor=cast.admin, item=item, stem="新题干", definition=FILL, rationale="因为", at=AT + timedelta(minutes=1)
    )
    assert [(v.number, v.stem, v.created_by) for v in versions_of(item)] == [
        (2, "新题干", cast.admin),
        (1, "旧题干", cast.trainer),
    ]
    assert item.state is ItemState.DRAFT and item.current_version is not None and item.current_version.number == 2
    with pytest.raises(InvalidItem, match=r"题干不能为空.*第 1 个空没有答案"):
        edit_item(
            actor=cast.admin, item=item, stem=" ", definition=FILL | {"blanks": [{"accepted": []}]}, rationale="", at=AT
        )


def test_the_last_decision_can_be_taken_back_once(cast: Cast, session: scoped_session) -> None:
    first, second = make_item(shop=cast.shop), make_item(shop=cast.shop)
    batch = make_batch(cast.shop, first, second)
    accept(first, cast)
    reject_item(actor=cast.trainer, item=second, reason=RejectReason.WRONG_KEY, note="应为 15 天", at=AT)
    last = last_decision(cast.trainer, batch.id)
    assert last is not None and (last.item_id, last.reason) == (second.id, "wrong_key:应为 15 天")
    assert last_decision(cast.admin, batch.id) is None
    with pytest.raises(NotInReview):
        undo(actor=cast.admin, decision=last, at=AT)
    undo(actor=cast.trainer, decision=last, at=AT)
    assert second.state is ItemState.DRAFT
    before = last_decision(cast.trainer, batch.id)
    assert before is not None and before.item_id == first.id
    undo(actor=cast.trainer, decision=before, at=AT)
    assert last_decision(cast.trainer, batch.id) is None
    history = [line.decision for line in decisions_of(second)]
    assert history == [Decision.UNDONE, Decision.REJECTED]
    restore = reject_item(actor=cast.trainer, item=first, reason=RejectReason.OTHER, at=AT)
    restore_item(actor=cast.trainer, item=restore, at=AT)
    with pytest.raises(NotInReview):
        restore_item(actor=cast.trainer, item=first, at=AT)


def test_the_queue_tells_where_one_stands(cast: Cast) -> None:
    items = [make_item(shop=cast.shop) for _ in range(4)]
    batch = make_batch(cast.shop, *items)
    make_item(shop=cast.shop)
    accept(items[1], cast)
    place = place_of(cast.trainer, batch.id, items[2].id)
    assert (place.total, place.decided, place.number, place.waiting) == (4, 1, 3, 3)
    assert (place.before, place.after, place.first) == (items[0].id, items[3].id, items[0].id)
    assert place_of(cast.trainer, None, None).total == 4
    assert place_of(cast.other_trainer, batch.id, None).total == 0


def test_many_can_be_rejected_but_never_accepted_at_once(cast: Cast) -> None:
    items = [make_item(shop=cast.shop) for _ in range(3)]
    accept(items[0], cast)
    assert reject_items(actor=cast.trainer, items=items, reason=RejectReason.DUPLICATE, at=AT) == 2
    assert [item.state for item in items] == [ItemState.ACCEPTED, ItemState.REJECTED, ItemState.REJECTED]


def test_rule_and_list_of_visible_items_agree(cast: Cast, session: scoped_session) -> None:
    items = [make_item(shop=shop) for shop in (cast.shop, cast.other_shop, None)]
    for person in cast.people().values():
        listed = set(session.scalars(items_visible_to(person)))
        assert listed == {item for item in items if can_see_item(person, item)}
    assert set(session.scalars(items_visible_to(cast.other_trainer))) == {items[1], items[2]}
