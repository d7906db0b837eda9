"""前测 and 后测: two papers of one blueprint without a common question."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.learning.enums import Dimension
from quizzes.attempts.models import Attempt, Slot
from quizzes.attempts.services import StartRefused, start_attempt, submit_attempt
from quizzes.bank.models import Item, ItemVersion
from quizzes.mining.models import QuestionGroup
from quizzes.papers.drawing import Candidate
from quizzes.papers.models import Quiz
from quizzes.papers.pairs import pair_of
from quizzes.papers.parallel import Missing, halves, missing_for_two, without_seen
from quizzes.papers.services import QuizInvalid, QuizNotReady, create_post_test, delete_draft, publish_quiz
from tests.conftest import Cast
from tests.factories import save
from tests.quizzes.papers.factories import make_item, make_items, make_quiz


def one(number: int, dimension: str = "knowledge", group: int | None = None, kind: str = "single") -> Candidate:
    return Candidate(number, number, kind, dimension, group)


def test_halves_deal_each_dimension_out_evenly_and_keep_near_duplicates_together() -> None:
    pool = [one(1), one(2, group=7), one(3, group=7), one(4, "skill"), one(5, "skill"), one(6)]
    pre, post = halves(pool, pool)
    assert [c.item_id for c in pre] == [1, 4, 6]
    assert [c.item_id for c in post] == [2, 3, 5]


def test_items_added_later_leave_the_halves_as_they_are() -> None:
    pool = [one(n) for n in range(1, 6)]
    before, after = halves(pool, pool), halves([*pool, one(6)], [*pool, one(6)])
    assert {c.item_id for c in before[0]} <= {c.item_id for c in after[0]}
    assert {c.item_id for c in before[1]} <= {c.item_id for c in after[1]}


def test_what_only_one_pool_holds_stays_there() -> None:
    pre, post = halves([one(1), one(2)], [one(3)])
    assert ([c.item_id for c in pre], [c.item_id for c in post]) == ([1, 2], [3])


def test_missing_names_twice_the_line_of_the_blueprint() -> None:
    pool = [one(n) for n in range(1, 8)] + [one(n, "skill") for n in range(8, 11)]
    assert missing_for_two(pool, pool, count=5, blueprint={"skill": 2}) == [Missing("skill", 4, 3)]
    assert missing_for_two(pool, pool, count=5, blueprint={"skill": 1}) == []
    assert missing_for_two(pool, pool, count=6, blueprint={}) == [Missing("", 12, 10)]


def test_near_duplicates_of_what_was_seen_are_left_out() -> None:
    pool = [one(1, group=7), one(2, group=7), one(3), one(4)]
    assert [c.item_id for c in without_seen(pool, items={1, 3}, groups={7})] == [4]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["attitude", "knowledge", "skill"]), st.none() | st.integers(1, 8)), max_size=30)
)
def test_halves_share_no_question_and_lose_none(rows: list[tuple[str, int | None]]) -> None:
    pool = [one(number, dimension, group) for number, (dimension, group) in enumerate(rows, 1)]
    pre, post = halves(pool, pool)
    assert not {c.cluster for c in pre} & {c.cluster for c in post}
    assert sorted(c.item_id for c in [*pre, *post]) == [c.item_id for c in pool]
    assert abs(len({c.cluster for c in pre}) - len({c.cluster for c in post})) <= 3  # at most one a dimension


def drawn(attempt: Attempt, session: scoped_session) -> set[int]:
    query = select(ItemVersion.item_id).join(Slot, Slot.item_version_id == ItemVersion.id)
    return set(session.scalars(query.where(Slot.attempt_id == attempt.id)))


def groups(session: scoped_session, items: set[int]) -> set[int]:
    query = select(Item.group_id).where(Item.id.in_(items), Item.group_id.is_not(None))
    return {number for number in session.scalars(query) if number is not None}


@pytest.fixture
def pre(cast: Cast) -> Quiz:
    """A published 前测 of four questions, two of skill at least, with a pool just large enough for two papers."""
    items = [*make_items(4, shop=cast.shop), *make_items(4, shop=cast.shop, dimension=Dimension.SKILL)]
    group = save(QuestionGroup(shop_id=cast.shop.id, question="怎么退货", count=3))
    items[0].group_id = items[1].group_id = group.id
    items += make_items(1, shop=cast.shop)
    return make_quiz(
        cast.trainer,
        items,
        shop=cast.shop,
        title="入职前测",
        draw_count=4,
        blueprint={"skill": 2},
        open_practice=True,
        cut_score=0.7,
        type_marks={"single": 2.0},
    )


def test_post_test_in_one_click_has_the_blueprint_of_the_pre_test(cast: Cast, pre: Quiz) -> None:
    post = create_post_test(actor=cast.trainer, pre=pre, at=now())
    assert (post.title, post.parallel_of_id) == ("入职后测", pre.id)
    assert (post.draw_count, post.blueprint, post.cut_score) == (4, {"skill": 2}, 0.7)
    assert post.policy.type_marks == {"single": 2.0}
    pair = pair_of(pre)
    assert pair is not None and pair.other(pre) is post and pair.other(post) is pre
    with pytest.raises(QuizInvalid, match="已有配对的后测"):
        create_post_test(actor=cast.trainer, pre=post, at=now())
    with pytest.raises(QuizInvalid, match="先删除后测"):
        delete_draft(actor=cast.trainer, quiz=make_pre_draft(pre))


def make_pre_draft(pre: Quiz) -> Quiz:
    pre.state, pre.activity_id = "draft", None
    return pre


@pytest.mark.parametrize("seed", range(6))
def test_nobody_meets_a_question_twice_in_either_direction(
    cast: Cast, session: scoped_session, pre: Quiz, seed: int
) -> None:
    post = create_post_test(actor=cast.trainer, pre=pre, at=now())
    post.open_practice = True
    publish_quiz(actor=cast.trainer, quiz=post, at=now())
    had: dict[int, set[int]] = {pre.id: set(), post.id: set()}
    for number, quiz in enumerate((pre, pre, post, pre, post)):
        attempt = start_attempt(actor=cast.agent, quiz=quiz, at=now(), seed=seed * 10 + number)
        had[quiz.id] |= drawn(attempt, session)
        submit_attempt(actor=cast.agent, attempt=attempt, at=now())
    assert not had[pre.id] & had[post.id]
    assert not groups(session, had[pre.id]) & groups(session, had[post.id])


def test_paper_taken_before_the_pair_was_made_is_heeded(cast: Cast, session: scoped_session, pre: Quiz) -> None:
    first = start_attempt(actor=cast.agent, quiz=pre, at=now(), seed=3)
    submit_attempt(actor=cast.agent, attempt=first, at=now())
    post = create_post_test(actor=cast.trainer, pre=pre, at=now())
    post.open_practice = True
    publish_quiz(actor=cast.trainer, quiz=post, at=now())
    second = start_attempt(actor=cast.agent, quiz=post, at=now(), seed=3)
    assert not drawn(first, session) & drawn(second, session)


def test_check_says_how_many_questions_are_missing(cast: Cast, pre: Quiz) -> None:
    pre.draw_count = 5
    post = create_post_test(actor=cast.trainer, pre=pre, at=now())
    with pytest.raises(QuizNotReady, match="共要 10 个不同的问题，备选题只够 8 个，还差 2 个"):
        publish_quiz(actor=cast.trainer, quiz=post, at=now())
    make_item(shop=cast.shop)
    pre.draw_count, pre.blueprint = 4, {"skill": 3}
    with pytest.raises(QuizNotReady, match="技能维度两份试卷共要 6 个不同的问题，备选题只有 4 个，还差 2 个"):
        publish_quiz(actor=cast.trainer, quiz=post, at=now())


def test_draw_that_has_no_unseen_paper_left_is_refused_without_losing_an_attempt(
    cast: Cast, session: scoped_session, pre: Quiz
) -> None:
    submit_attempt(actor=cast.agent, attempt=start_attempt(actor=cast.agent, quiz=pre, at=now(), seed=1), at=now())
    post = create_post_test(actor=cast.trainer, pre=pre, at=now())
    post.open_practice = True
    publish_quiz(actor=cast.trainer, quiz=post, at=now())
    for item in session.scalars(select(Item)):
        item.stale = item.dimension is Dimension.SKILL
    with pytest.raises(StartRefused, match="抽不出完整的试卷"):
        start_attempt(actor=cast.agent, quiz=post, at=now())
    assert session.query(Attempt).filter_by(quiz_id=post.id).count() == 0
