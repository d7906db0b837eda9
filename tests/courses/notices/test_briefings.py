"""Weekly briefings: drafted from what changed, edited and published by a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.briefings.models import Briefing
from courses.briefings.queries import briefings_for, readable
from courses.briefings.rules import can_read_briefing
from courses.briefings.services import (
    BriefingError,
    BriefingThere,
    draft_briefing,
    edit_briefing,
    publish_briefing,
    week_of,
)
from courses.notices.services import NoticeText, create_notice, publish_notice
from lms.inbox.models import Notification
from lms.web.markdown import as_markdown, render_markdown
from quizzes.mining.models import Question, QuestionGroup
from tests.conftest import Cast
from tests.courses.conftest import write_lesson
from tests.quizzes.bank.making import make_chat

MONDAY = date(2026, 11, 2)
AT = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
END = AT + timedelta(days=2)


def test_the_draft_lists_notices_lessons_and_rare_questions_of_the_week_only(
    cast: Cast, session: scoped_session
) -> None:
    notice = create_notice(actor=cast.trainer, text=NoticeText("揽收*新规*", "正文"), shop_id=cast.shop.id, at=AT)
    publish_notice(actor=cast.trainer, notice=notice, teams=[cast.team], at=AT)
    write_lesson(cast.trainer, cast.shop, title="这周的新课", at=AT)
    write_lesson(cast.trainer, cast.shop, title="上周的课", at=AT - timedelta(days=7))
    write_lesson(cast.other_trainer, cast.other_shop, title="乙店的课", at=AT)
    _ask("能开三联单吗", cast, session, at=AT)
    _ask("上周问过的", cast, session, at=AT - timedelta(days=8))
    session.flush()
    body = draft_briefing(actor=cast.trainer, shop=cast.shop, monday=MONDAY, at=END).body
    assert body == (
        "## 规则变更\n\n- **揽收\\*新规\\***\n\n## 新课时\n\n- 《这周的新课》：甲店的做法\n\n"
        "## 少见的客户问题\n\n- 能开三联单吗\n"
    )


def _ask(text: str, cast: Cast, session: scoped_session, *, at: datetime) -> None:
    asked = make_chat(cast.shop, ("customer", text))[0]
    asked.conversation.started_at = at
    group = QuestionGroup(shop_id=cast.shop.id, question=text, count=1)
    session.add(group)
    session.flush()
    session.add(Question(group_id=group.id, conversation_id=asked.conversation_id, message_id=asked.id, text=text))


def test_one_a_week_edited_and_told_once(cast: Cast, session: scoped_session) -> None:
    briefing = draft_briefing(actor=cast.trainer, shop=cast.shop, monday=date(2026, 11, 5), at=END)
    assert briefing.monday == MONDAY and "没有需要告诉大家" in briefing.body
    with pytest.raises(BriefingThere):
        draft_briefing(actor=cast.supervisor, shop=cast.shop, monday=MONDAY, at=END)
    with pytest.raises(BriefingError, match="本周"):
        draft_briefing(actor=cast.trainer, shop=cast.shop, monday=MONDAY + timedelta(days=14), at=END)
    edit_briefing(actor=cast.trainer, briefing=briefing, title="简报", body="都好", base=END, at=END + timedelta(1))
    with pytest.raises(BriefingError, match="别人刚改过"):
        edit_briefing(actor=cast.trainer, briefing=briefing, title="简报", body="旧的", base=END, at=END)
    told = publish_briefing(actor=cast.trainer, briefing=briefing, at=END)
    assert told == len(session.scalars(select(Notification)).all()) > 0
    assert publish_briefing(actor=cast.trainer, briefing=briefing, at=END) == 0
    assert cast.other_agent.id not in set(session.scalars(select(Notification.person_id)))


def test_who_may_read_agrees_with_the_list(cast: Cast, session: scoped_session) -> None:
    draft = draft_briefing(actor=cast.trainer, shop=cast.shop, monday=MONDAY - timedelta(7), at=END)
    shown = draft_briefing(actor=cast.trainer, shop=cast.shop, monday=MONDAY, at=END)
    publish_briefing(actor=cast.trainer, briefing=shown, at=END)
    for person in cast.people().values():
        for row in (draft, shown):
            listed = session.scalar(select(Briefing.id).where(Briefing.id == row.id, readable(person)))
            assert (listed is not None) == can_read_briefing(person, row), person.name
    assert session.scalars(briefings_for(cast.agent)).all() == [shown]


def test_a_week_begins_on_monday() -> None:
    assert [week_of(date(2026, 11, day)) for day in (2, 4, 8, 9)] == [MONDAY, MONDAY, MONDAY, date(2026, 11, 9)]


def test_somebody_s_text_means_nothing_but_itself_in_markdown() -> None:
    nasty = "**粗** <b>x</b> [a](javascript:1) `c`\n# 题"
    html = render_markdown(as_markdown(nasty))
    assert html.striptags() == "**粗** <b>x</b> [a](javascript:1) `c` # 题"
    assert "<strong" not in html and "href" not in html
    assert "<ul" not in render_markdown(as_markdown("- 一 &lt;")) and "<ol" not in render_markdown(as_markdown("1. 一"))
