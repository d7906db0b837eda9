"""Quizzes: settings, pool, publishing, closing; nothing unreviewed and nothing of another shop gets in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lms.kernel.errors import Conflict, Forbidden, NotFound
from lms.learning.enums import Dimension
from quizzes.bank.enums import ItemState
from quizzes.bank.models import ItemCompetency
from quizzes.papers.enums import Keep, QuizState, ShowAnswers
from quizzes.papers.policies import Policy
from quizzes.papers.queries import ItemFilter, candidates_of, quiz_list, quizzes_visible_to
from quizzes.papers.rules import can_see_quiz, item_fits
from quizzes.papers.services import (
    QuizData,
    QuizInvalid,
    QuizNotReady,
    add_items,
    choose_items,
    close_quiz,
    copy_quiz,
    create_quiz,
    delete_draft,
    grant_allowance,
    publish_quiz,
    remove_items,
    update_quiz,
)
from tests.conftest import Cast
from tests.factories import make_competency, save
from tests.quizzes.papers.factories import make_item, make_items, make_quiz

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)


def data(cast: Cast, **changes: object) -> QuizData:
    return QuizData(**{"title": "小测", "dimension": Dimension.SKILL, "shop_id": cast.shop.id, **changes})  # type: ignore[arg-type]


def test_a_quiz_keeps_what_the_trainer_set(cast: Cast) -> None:
    policy = Policy(
        cut_score=0.6,
        time_limit_seconds=600,
        attempts_allowed=2,
        cooldown_seconds=3600,
        keep=Keep.LAST,
        show_answers=ShowAnswers.AFTER_PASS,
        shuffle_items=False,
        shuffle_options=False,
        partial_credit=False,
        type_marks={"short": 5.0},
    )
    quiz = create_quiz(actor=cast.trainer, data=data(cast, policy=policy, draw_count=7, blueprint={"skill": 3}), at=AT)
    assert (quiz.state, quiz.activity_id, quiz.draw_count, quiz.blueprint) == (QuizState.DRAFT, None, 7, {"skill": 3})
    assert quiz.policy == policy


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"draw_count": 0},
        {"draw_count": 101},
        {"draw_count": 3, "blueprint": {"skill": 2, "attitude": 2}},
        {"blueprint": {"skill": -1}},
        {"policy": Policy(cut_score=1.01)},
        {"policy": Policy(time_limit_seconds=30)},
        {"policy": Policy(attempts_allowed=0)},
        {"policy": Policy(cooldown_seconds=-1)},
        {"policy": Policy(type_marks={"single": 0})},
        {"opens_at": AT, "closes_at": AT},
    ],
)
def test_settings_that_contradict_each_other_are_refused(cast: Cast, changes: dict[str, object]) -> None:
    with pytest.raises(QuizInvalid):
        create_quiz(actor=cast.trainer, data=data(cast, **changes), at=AT)


def test_publishing_makes_an_activity_that_carries_the_competencies_of_the_pool(cast: Cast) -> None:
    items = make_items(3, shop=cast.shop)
    competency = make_competency("退换货", shop=cast.shop)
    save(ItemCompetency(item_id=items[0].id, competency_id=competency.id))
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, at=AT)
    assert quiz.state is QuizState.OPEN and quiz.activity is not None
    assert (quiz.activity.kind, quiz.activity.title, quiz.activity.shop_id) == ("quiz", "退换货小测", cast.shop.id)
    assert quiz.activity.competencies == [competency]
    again = publish_quiz(actor=cast.trainer, quiz=close_quiz(actor=cast.trainer, quiz=quiz, at=AT), at=AT)
    assert again.activity_id == quiz.activity_id and again.activity.archived_at is None


def test_closing_takes_it_from_what_can_be_assigned(cast: Cast) -> None:
    quiz = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop)
    close_quiz(actor=cast.trainer, quiz=quiz, at=AT)
    assert quiz.state is QuizState.CLOSED and quiz.activity is not None and quiz.activity.archived_at == AT


def test_a_quiz_without_enough_items_is_not_published(cast: Cast) -> None:
    quiz = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop, draw_count=3, publish=False)
    with pytest.raises(QuizNotReady, match="只够抽 2 题"):
        publish_quiz(actor=cast.trainer, quiz=quiz, at=AT)
    assert quiz.state is QuizState.DRAFT and quiz.activity_id is None


@pytest.mark.parametrize("state", [ItemState.DRAFT, ItemState.REJECTED, ItemState.RETIRED])
def test_nothing_unreviewed_gets_into_a_pool(cast: Cast, state: ItemState) -> None:
    quiz = make_quiz(cast.trainer, [], shop=cast.shop, draw_count=1, publish=False)
    item = make_item(shop=cast.shop, state=state)
    with pytest.raises(QuizInvalid, match="有 1 道题不能加入"):
        add_items(actor=cast.trainer, quiz=quiz, item_ids=[item.id, make_item(shop=cast.shop).id], at=AT)
    assert candidates_of(quiz) == []


def test_what_loses_its_review_or_its_ground_leaves_the_draws(cast: Cast) -> None:
    items = make_items(4, shop=cast.shop)
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, draw_count=1)
    items[0].state, items[1].stale, items[2].type = ItemState.DRAFT, True, "of_a_lost_plugin"
    assert [one.item_id for one in candidates_of(quiz)] == [items[3].id]


def test_items_of_another_shop_never_fit(cast: Cast) -> None:
    quiz = make_quiz(cast.trainer, [], shop=cast.shop, draw_count=1, publish=False)
    for_all = make_quiz(cast.admin, [], shop=None, draw_count=1, publish=False)
    for shop in (cast.shop, cast.other_shop, None):
        item = make_item(shop=shop)
        for one in (quiz, for_all):
            fits = item_fits(item.shop_id, one.shop_id)
            assert fits is (shop is None or (shop is cast.shop and one is quiz))
            if fits:
                assert add_items(actor=cast.admin, quiz=one, item_ids=[item.id], at=AT) == 1
            else:
                with pytest.raises(QuizInvalid):
                    add_items(actor=cast.admin, quiz=one, item_ids=[item.id], at=AT)


def test_automatic_choice_takes_from_the_filter_only(cast: Cast) -> None:
    make_items(3, shop=cast.shop)
    wanted = make_items(3, shop=cast.shop, kind="truefalse")
    make_item("truefalse", shop=cast.other_shop)
    quiz = make_quiz(cast.trainer, [], shop=cast.shop, draw_count=2, publish=False)
    assert choose_items(actor=cast.trainer, quiz=quiz, count=10, wanted=ItemFilter(type="truefalse"), at=AT) == 3
    assert {one.item_id for one in candidates_of(quiz)} == {item.id for item in wanted}
    assert choose_items(actor=cast.trainer, quiz=quiz, count=2, wanted=ItemFilter(), at=AT) == 2


def test_an_open_quiz_keeps_enough_items(cast: Cast) -> None:
    items = make_items(3, shop=cast.shop)
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, draw_count=2)
    assert remove_items(actor=cast.trainer, quiz=quiz, item_ids=[items[0].id], at=AT) == 1
    with pytest.raises(QuizNotReady):
        remove_items(actor=cast.trainer, quiz=quiz, item_ids=[items[1].id], at=AT)


def test_the_shop_is_fixed_once_published(cast: Cast) -> None:
    quiz = make_quiz(cast.trainer, make_items(2), shop=cast.shop)
    with pytest.raises(QuizInvalid, match="不能更换所属店铺"):
        update_quiz(actor=cast.admin, quiz=quiz, data=data(cast, shop_id=None, draw_count=2), at=AT)


def test_editing_keeps_the_activity_in_step(cast: Cast) -> None:
    quiz = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop)
    update_quiz(actor=cast.trainer, quiz=quiz, data=data(cast, title="新名字", draw_count=2), at=AT)
    assert quiz.activity is not None
    assert (quiz.activity.title, quiz.activity.dimension) == ("新名字", Dimension.SKILL)


def test_a_copy_is_a_draft_with_the_same_pool(cast: Cast) -> None:
    quiz = make_quiz(cast.trainer, make_items(3, shop=cast.shop), shop=cast.shop, cut_score=0.7)
    copy = copy_quiz(actor=cast.trainer, quiz=quiz, at=AT)
    assert (copy.state, copy.activity_id, copy.cut_score) == (QuizState.DRAFT, None, 0.7)
    assert {one.item_id for one in candidates_of(copy)} == {one.item_id for one in candidates_of(quiz)}


def test_only_a_draft_is_deleted(cast: Cast) -> None:
    draft = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop, publish=False)
    delete_draft(actor=cast.trainer, quiz=draft)
    with pytest.raises(QuizInvalid):
        delete_draft(actor=cast.trainer, quiz=make_quiz(cast.trainer, make_items(2), shop=cast.shop))


def test_who_may_edit(cast: Cast) -> None:
    quiz = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop)
    with pytest.raises(NotFound):
        close_quiz(actor=cast.other_trainer, quiz=quiz, at=AT)
    for person in (cast.agent, cast.lead, cast.supervisor, cast.evaluator):
        with pytest.raises(Forbidden):
            close_quiz(actor=person, quiz=quiz, at=AT)
    with pytest.raises(NotFound):
        create_quiz(actor=cast.other_trainer, data=data(cast), at=AT)
    assert issubclass(QuizNotReady, Conflict)


def test_the_rule_and_the_list_agree_on_who_sees_a_quiz(cast: Cast, session) -> None:  # type: ignore[no-untyped-def]
    quizzes = [
        make_quiz(cast.admin, [], shop=shop, draw_count=1, publish=False) for shop in (cast.shop, cast.other_shop, None)
    ]
    for person in cast.people().values():
        listed = set(session.scalars(quizzes_visible_to(person)))
        assert listed == {quiz for quiz in quizzes if can_see_quiz(person, quiz)}
    assert {quiz.shop_id for quiz in session.scalars(quizzes_visible_to(cast.other_trainer))} == {
        cast.other_shop.id,
        None,
    }


def test_arrangements_are_for_ones_own_people(cast: Cast) -> None:
    quiz = make_quiz(cast.trainer, make_items(2, shop=cast.shop), shop=cast.shop)
    granted = grant_allowance(
        actor=cast.trainer, quiz=quiz, person=cast.agent, extra_percent=50, extra_attempts=1, reason="手受伤", at=AT
    )
    assert (granted.extra_percent, granted.extra_attempts, granted.granted_by_id) == (50, 1, cast.trainer.id)
    with pytest.raises(NotFound):
        grant_allowance(
            actor=cast.trainer, quiz=quiz, person=cast.other_agent, extra_percent=50, extra_attempts=0, reason="", at=AT
        )


def test_the_list_counts_pool_and_people(cast: Cast, session) -> None:  # type: ignore[no-untyped-def]
    from tests.quizzes.papers.factories import give

    quiz = make_quiz(cast.trainer, make_items(3, shop=cast.shop), shop=cast.shop)
    give(cast.trainer, quiz, cast.agent, cast.agent2)
    make_quiz(cast.trainer, [], shop=cast.shop, title="另一个", draw_count=1, publish=False, at=AT - timedelta(days=1))
    rows = session.execute(quiz_list(cast.trainer)).all()
    assert [(row[0].title, row[1], row[2]) for row in rows] == [("退换货小测", 3, 2), ("另一个", 0, 0)]
    assert [row[0].title for row in session.execute(quiz_list(cast.trainer, state=QuizState.DRAFT))] == ["另一个"]
    assert [row[0].title for row in session.execute(quiz_list(cast.trainer, text="退换"))] == ["退换货小测"]
