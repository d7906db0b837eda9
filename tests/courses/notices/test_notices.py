"""Rule-change notices: the check, acknowledging, who has not, corrections, scope."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.notices.enums import NoticeState
from courses.notices.models import Notice
from courses.notices.queries import followed, notices_for, readable
from courses.notices.questions import code_of, judge, read_questions, show_questions, write_questions
from courses.notices.rules import can_read_notice
from courses.notices.services import (
    NoticeError,
    NoticeText,
    acknowledge,
    close_notice,
    create_notice,
    edit_notice,
    publish_notice,
    remind,
)
from lms.inbox.models import Notification
from lms.kernel.errors import Forbidden, NotFound
from lms.learning.models import Assignment, Record
from tests.conftest import Cast
from tests.courses.notices.permissions import CHECK

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
RIGHT = {i: code_of(q.stem, q.right) for i, q in enumerate(read_questions(CHECK).questions)}
WRONG = {0: RIGHT[0], 1: code_of("甲店旧单怎么办？", "一律按新规")}


def published(cast: Cast, *, check: str = CHECK) -> Notice:
    text = NoticeText("揽收新规", "从下周起当天揽收。", check)
    notice = create_notice(actor=cast.trainer, text=text, shop_id=cast.shop.id, at=AT)
    publish_notice(actor=cast.trainer, notice=notice, teams=[cast.team_a], at=AT)
    return notice


def test_questions_read_write_and_judge() -> None:
    questions = read_questions(CHECK).questions
    assert [(q.stem, q.right, q.wrong) for q in questions] == [
        ("甲店新规从哪天起？", "12 月 1 日", ("12 月 12 日",)),
        ("甲店旧单怎么办？", "按下单时的规则", ("一律按新规",)),
    ]
    assert read_questions(write_questions(questions)).questions == questions
    assert judge(questions, RIGHT) == (True, True)
    assert judge(questions, WRONG) == (True, False)
    assert judge(questions, {}) == (False, False)
    shown = show_questions(questions, seed=7)
    assert shown == show_questions(questions, seed=7)
    assert {text for _code, text in shown[0].options} == {"12 月 1 日", "12 月 12 日"}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("问：哪天？\n+ 一号", 1, "错误选项"),
        ("问：哪天？\n- 一号\n- 二号", 1, "正确选项"),
        ("问：哪天？\n+ 一号\n+ 二号\n- 三号", 1, "正确选项"),
        ("一号", 1, "看不懂"),
        ("问：哪天？\n+ 一号\n- 一号", 1, "一模一样"),
        ("问：哪天？\n+ 一号\n- 二号\n\n" * 6, 21, "最多"),
    ],
)
def test_a_broken_check_is_refused_with_its_line(text: str, line: int, told: str) -> None:
    problems = read_questions(text).problems
    assert problems[0][0] == line
    assert any(told in message for _line, message in problems)


def test_read_answer_acknowledge(cast: Cast, session: scoped_session) -> None:
    notice = published(cast)
    task = session.scalars(select(Assignment).where(Assignment.person_id == cast.agent.id)).one()
    assert task.due_at == AT + timedelta(hours=24)
    first = acknowledge(actor=cast.agent, notice=notice, answers=WRONG, at=AT + timedelta(minutes=5))
    assert (first.record, first.right) == (None, (True, False))
    done = acknowledge(actor=cast.agent, notice=notice, answers=RIGHT, at=AT + timedelta(minutes=6))
    assert done.record is not None and done.record.score == 0.5  # of the first try
    assert task.completed_at == AT + timedelta(minutes=6)
    again = acknowledge(actor=cast.agent, notice=notice, answers={}, at=AT + timedelta(hours=1))
    assert again.record is not None and again.record.id == done.record.id


def test_after_a_day_the_list_names_who_has_not_and_one_click_reminds_them(cast: Cast, session: scoped_session) -> None:
    notice = published(cast)
    acknowledge(actor=cast.lead, notice=notice, answers=RIGHT, at=AT + timedelta(hours=1))
    rows = followed(cast.supervisor, notice)
    assert [(row.name, row.acknowledged_at is None) for row in rows] == [("安小客", True), ("李组长", False)]
    later = AT + timedelta(hours=25)
    assert remind(actor=cast.supervisor, notice=notice, at=later) == 1
    assert remind(actor=cast.supervisor, notice=notice, at=later + timedelta(hours=2)) == 0
    assert remind(actor=cast.supervisor, notice=notice, at=later + timedelta(days=1)) == 1
    kind = Notification.kind == "notice_reminder"
    told = session.scalars(select(Notification).where(kind)).all()
    assert {row.person_id for row in told} == {cast.agent.id}


def test_a_correction_asks_everybody_anew_and_keeps_what_was_acknowledged(cast: Cast, session: scoped_session) -> None:
    notice = published(cast)
    acknowledge(actor=cast.agent, notice=notice, answers=RIGHT, at=AT)
    text = NoticeText("揽收新规（更正）", "从下周三起当天揽收。", "")
    edit_notice(actor=cast.trainer, notice=notice, text=text, base=1, at=AT + timedelta(days=1))
    assert notice.number == 1 and notice.has_unpublished_changes
    with pytest.raises(NoticeError, match="别人刚改过"):
        edit_notice(actor=cast.trainer, notice=notice, text=text, base=1, at=AT)
    assert publish_notice(actor=cast.trainer, notice=notice, teams=[cast.team_a], at=AT + timedelta(days=1)) == 1
    done = acknowledge(actor=cast.agent, notice=notice, answers={}, at=AT + timedelta(days=1, hours=1))
    assert done.record is not None and done.record.context["version"] == 2
    records = select(Record.context).where(Record.actor_id == cast.agent.id, Record.completion.is_(True))
    assert [context["version"] for context in session.scalars(records)] == [1, 2]


def test_a_closed_notice_asks_nobody(cast: Cast, session: scoped_session) -> None:
    notice = published(cast)
    close_notice(actor=cast.trainer, notice=notice, at=AT)
    with pytest.raises(NoticeError, match="结束"):
        acknowledge(actor=cast.agent, notice=notice, answers=RIGHT, at=AT)
    assert notice.activity.archived_at is not None


def test_who_may_read_agrees_with_the_list(cast: Cast, session: scoped_session) -> None:
    notice = published(cast)
    draft = create_notice(actor=cast.trainer, text=NoticeText("草稿", "正文"), shop_id=cast.shop.id, at=AT)
    everybody = create_notice(actor=cast.admin, text=NoticeText("全部", "正文"), shop_id=None, at=AT)
    publish_notice(actor=cast.admin, notice=everybody, teams=[cast.team], at=AT)
    for person in cast.people().values():
        for row in (notice, draft, everybody):
            listed = session.scalar(select(Notice.id).where(Notice.id == row.id, readable(person)))
            assert (listed is not None) == can_read_notice(person, row), (person.name, row.activity.title)
    assert len(session.execute(notices_for(cast.other_agent)).all()) == 1


def test_others_can_t_write_it(cast: Cast, session: scoped_session) -> None:
    notice = published(cast)
    with pytest.raises(Forbidden):
        create_notice(actor=cast.lead, text=NoticeText("题", "文"), shop_id=cast.shop.id, at=AT)
    with pytest.raises(NotFound):
        create_notice(actor=cast.trainer, text=NoticeText("题", "文"), shop_id=cast.other_shop.id, at=AT)
    with pytest.raises(NotFound):
        close_notice(actor=cast.other_trainer, notice=notice, at=AT)
    with pytest.raises(NoticeError, match="团队"):
        publish_notice(actor=cast.trainer, notice=notice, teams=[cast.other_team], at=AT)
    assert notice.state is NoticeState.PUBLISHED
