"""Transcript, due times in words, notifications of tasks."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from lms.inbox.models import Notification
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.learning.enums import AssignmentReason, Verb
from lms.learning.labels import due_words
from lms.learning.models import Assignment
from lms.learning.services import assign, write_record
from lms.learning.transcripts import completed_activities
from tests.factories import make_activity, make_assignment

SHANGHAI = ZoneInfo("Asia/Shanghai")


def clock(day, hour, minute=0, second=0):
    return datetime(2026, 12, day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (clock(1, 9), "12-03 16:00 前"),
        (clock(2, 0), "明天 16:00 前"),
        (clock(3, 0), "今天 16:00 前"),
        (clock(3, 16), "今天 16:00 前"),
        (clock(3, 16, 0, 1), "刚刚逾期"),
        (clock(3, 19, 30), "已逾期 3 小时"),
        (clock(5, 16, 0, 1), "已逾期 2 天"),
        (datetime(2025, 12, 31, 9, tzinfo=SHANGHAI), "2026-12-03 16:00 前"),
    ],
)
def test_four_in_the_afternoon_is_four_everywhere(app, at, words):
    due = clock(3, 16)
    with app.test_request_context():
        assert due_words(due, at) == words
    assert Assignment(due_at=due, state="open").due_at < at if "逾期" in words else due >= at


def test_the_deadline_shown_is_the_one_enforced(cast, sign_in):
    at = clock(3, 15)
    task = make_assignment(cast.agent, make_activity(shop=cast.shop), due_at=clock(3, 16), at=at)
    assert not task.is_overdue(clock(3, 16))
    assert task.is_overdue(clock(3, 16, 0, 1))


def test_a_new_task_is_told_with_its_due_time(cast):
    activity = make_activity("退换货规则", shop=cast.shop)
    people = [cast.agent, cast.agent2]
    due = clock(3, 16)
    at = clock(1, 9)
    made = assign(
        actor=cast.supervisor, activity=activity, people=people, due_at=due, reason=AssignmentReason.BY_HAND, at=at
    )
    told = db.session.scalars(select(Notification).order_by(Notification.person_id)).all()
    assert {each.key for each in told} == {f"assignment:{each.id}" for each in made}
    assert {each.title for each in told} == {"新的培训任务：退换货规则，12-03 16:00 前完成"}


def test_the_transcript_lists_the_best_score_and_hides_other_shops(cast, sign_in):
    mine, other = make_activity("甲店课程", shop=cast.shop), make_activity("乙店课程", shop=cast.other_shop)
    failed = make_activity("没过的考试", shop=cast.shop)
    at = now() - timedelta(days=1)
    for n, (activity, score, success) in enumerate(
        [(mine, 0.7, True), (mine, 0.9, True), (other, 1, None), (failed, 0.4, False)]
    ):
        write_record(
            actor=cast.agent, verb=Verb.COMPLETED, activity=activity, at=at + timedelta(hours=n), score=score,
            success=success, completion=True, idempotency_key=f"t{n}", context={"version": n + 1},
        )  # fmt: skip
    [row] = completed_activities(cast.agent, cast.supervisor)
    assert (row.activity.title, row.best, row.version, row.times, row.first_at) == ("甲店课程", 0.9, "2", 2, at)
    db.session.commit()
    assert "甲店课程" in sign_in(cast.agent).get("/learning/transcript").text
    theirs = f"/learning/people/{cast.agent.id}/transcript"
    shown = sign_in(cast.lead).get(theirs)
    assert "甲店课程" in shown.text
    assert "乙店课程" not in shown.text
    assert sign_in(cast.agent2).get(theirs).status_code == 403
    assert sign_in(cast.other_lead).get(theirs).status_code == 404
    assert sign_in(cast.lead).get(f"{theirs}.xlsx").status_code == 200
