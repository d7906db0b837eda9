"""Mining into the database: identity over runs, what people set, shops kept apart."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.kernel.db import db
from lms.kernel.hookspecs import hookimpl
from lms.kernel.jobs import enqueue, run_pending_inline
from lms.kernel.plugins import manager
from lms.knowledge.models import Product
from lms.people.models import Shop
from quizzes.mining.cli import questions
from quizzes.mining.enums import GroupState, Stage
from quizzes.mining.identity import match_groups
from quizzes.mining.models import GroupAnswer, MiningRun, Question, QuestionGroup
from quizzes.mining.queries import answers_of, groups_visible_to, variants_of
from quizzes.mining.rules import can_see_group
from quizzes.mining.services import BadLabel, edit_group, hide_group, mine_questions, refuse_answer
from tests.conftest import Cast
from tests.factories import save
from tests.quizzes.mining.making import AT, make_chat, make_group

ANSWER = "四点前付款的订单当天发出，四点后的次日发出"


def fill(shop: Shop | None) -> None:
    make_chat(shop, ("客", "什么时候发货"), ("服", ANSWER))
    make_chat(shop, ("客", "啥时候能发货呀"), ("服", ANSWER + "哦"))
    make_chat(shop, ("客", "可以开专票吗"), ("服", "可以开具增值税专用发票，下单时在发票一栏上传资质"))


def mine(shop: Shop | None) -> MiningRun:
    return mine_questions(shop_id=shop.id if shop else None, actor=None, at=AT)


def groups(shop: Shop | None) -> dict[str, QuestionGroup]:
    query = select(QuestionGroup).where(QuestionGroup.shop_id == shop.id if shop else QuestionGroup.shop_id.is_(None))
    return {group.question: group for group in db.session.scalars(query)}


def test_mining_stores_groups_questions_and_answers(cast: Cast) -> None:
    fill(cast.shop)
    run = mine(cast.shop)
    assert (run.conversations, run.messages, run.questions, run.groups) == (3, 6, 3, 2)
    assert run.finished_at == AT and run.seconds > 0
    hot = max(groups(cast.shop).values(), key=lambda group: group.count)
    assert (hot.count, hot.share, hot.stage, hot.variant_count) == (2, round(2 / 3, 6), Stage.INSALE, 2)
    assert hot.answer == ANSWER
    assert set(variants_of([hot.id])[hot.id]) == {"什么时候发货", "啥时候能发货呀"}
    [answer] = answers_of([hot.id])[hot.id]
    assert (answer.count, answer.rank, answer.general) == (2, 1, True)


def test_mining_again_keeps_identity_and_retires_what_is_gone(cast: Cast, session: scoped_session) -> None:
    fill(cast.shop)
    mine(cast.shop)
    before = {group.id for group in groups(cast.shop).values()}
    make_chat(cast.shop, ("客", "什么时候才能发货"), ("服", "您好"))
    gone, _ = make_group(cast.shop, "怎么办？")
    mine(cast.shop)
    after = {group.id: group for group in groups(cast.shop).values()}
    assert before | {gone.id} == set(after)
    assert after[gone.id].state is GroupState.RETIRED
    assert max(group.count for group in after.values() if group.state is GroupState.ACTIVE) == 3
    # A question stands in one group once, however often one mines.
    assert session.query(Question).filter(Question.group_id != gone.id).count() == 4


def test_what_a_person_set_stays(cast: Cast) -> None:
    fill(cast.shop)
    mine(cast.shop)
    hot = max(groups(cast.shop).values(), key=lambda group: group.count)
    other = min(groups(cast.shop).values(), key=lambda group: group.count)
    values = {"question": "下单后多久发货？", "answer": "现货当天发出", "stage": "presale", "dimension": "skill"}
    edit_group(actor=cast.trainer, group=hot, values=values, at=AT)
    hide_group(actor=cast.trainer, group=other, hidden=True, at=AT)
    mine(cast.shop)
    assert (hot.question, hot.answer, hot.stage, str(hot.dimension)) == tuple(values.values())
    assert [row.text for row in answers_of([hot.id], each=9)[hot.id]] == ["现货当天发出", ANSWER]
    assert other.state is GroupState.HIDDEN
    assert hot.edited_by_id == cast.trainer.id


def test_a_refused_answer_gives_way_and_stays_refused(cast: Cast) -> None:
    group, answers = make_group(cast.shop, "可以改地址吗？", "出库前都可以自助修改", "不可以修改")
    refuse_answer(actor=cast.trainer, group=group, answer=answers[0], at=AT)
    assert (group.answer, answers[0].general) == ("不可以修改", False)
    refuse_answer(actor=cast.trainer, group=group, answer=answers[0], at=AT)
    assert (group.answer, answers[0].general) == ("出库前都可以自助修改", True)


@pytest.mark.parametrize(
    "values",
    [{"question": "？"}, {"question": "长" * 301}, {"answer": "长" * 1001}, {"stage": "now"}, {"dimension": ""}],
)
def test_bad_labels_are_refused(cast: Cast, values: dict[str, str]) -> None:
    group, _ = make_group(cast.shop, "可以改地址吗？")
    with pytest.raises(BadLabel):
        edit_group(actor=cast.trainer, group=group, values=values, at=AT)


def test_shops_are_mined_apart(cast: Cast) -> None:
    for shop in (cast.shop, cast.other_shop, None):
        fill(shop)
        mine(shop)
    assert {len(groups(shop)) for shop in (cast.shop, cast.other_shop, None)} == {2}


def test_rule_and_list_agree(cast: Cast) -> None:
    for shop in (cast.shop, cast.other_shop, None):
        make_group(shop, "可以改地址吗？")
    everything = list(db.session.scalars(select(QuestionGroup)))
    for viewer in cast.people().values():
        listed = set(db.session.scalars(groups_visible_to(viewer)))
        assert listed == {group for group in everything if can_see_group(viewer, group)}


def test_products_are_known_by_number(cast: Cast) -> None:
    product = save(Product(shop_id=cast.shop.id, sku="SKU9", name="养生壶 1.5L"))
    for _ in range(2):
        make_chat(cast.shop, ("客", "可以煮粥吗"), ("服", "这款壶支持煮粥，选煮粥档即可"), product="SKU9")
    mine(cast.shop)
    [group] = groups(cast.shop).values()
    assert (group.product_id, group.product_label) == (product.id, "养生壶 1.5L")


def test_match_groups_by_hand() -> None:
    mined = [frozenset("abc"), frozenset("de"), frozenset("xyz")]
    stored = {7: frozenset("ab"), 8: frozenset("cde"), 9: frozenset("q")}
    assert match_groups(mined, stored, frozenset({7, 8, 9})) == {0: 7, 1: 8}
    # A retired group gives way to one in use that holds the same questions.
    assert match_groups([frozenset("ab")], {1: frozenset("ab"), 2: frozenset("ab")}, frozenset({2})) == {0: 2}


def test_questions_mined_is_told(cast: Cast) -> None:
    runs: list[MiningRun] = []

    class Listener:
        @hookimpl
        def questions_mined(self, run: MiningRun) -> None:
            runs.append(run)

    listener = Listener()
    manager().register(listener)
    try:
        run = mine(cast.shop)
    finally:
        manager().unregister(listener)
    assert runs == [run]


def test_the_job_mines_each_shop(cast: Cast, session: scoped_session) -> None:
    fill(cast.shop)
    fill(cast.other_shop)
    job = enqueue("quizzes.mine", actor_id=cast.trainer.id, shop_ids=[cast.shop.id, cast.other_shop.id])
    session.commit()
    run_pending_inline()
    session.refresh(job)
    assert (job.state, job.error) == ("done", "")
    assert {key: job.result[key] for key in ("messages", "questions", "groups")} == {
        "messages": 12,
        "questions": 6,
        "groups": 4,
    }


def test_commands(app: Flask, cast: Cast, session: scoped_session) -> None:
    fill(cast.shop)
    session.commit()
    runner = app.test_cli_runner()
    result = runner.invoke(questions, ["mine", "--json"])
    said = json.loads(result.stdout.strip().splitlines()[-1])
    assert list(said) == ["messages", "questions", "groups", "seconds"]
    assert (said["messages"], said["questions"], said["groups"]) == (6, 3, 2)
    rows = json.loads(runner.invoke(questions, ["top", "-n", "1", "--json"]).stdout)
    assert list(rows[0]) == ["group", "question", "count", "share", "variants", "answer", "stage", "product"]
    assert (rows[0]["count"], rows[0]["answer"], rows[0]["stage"]) == (2, ANSWER, "insale")
    assert runner.invoke(questions, ["top", "--shop", "没有的店"]).exit_code != 0
    assert session.query(GroupAnswer).count() > 0
