"""The line of time: who sees what on it, where a lesson stands between scores; it costs the same at any length."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.coaching.loop.models import RemedialCase
from lms.coaching.timeline.gathering import by_day, gather
from lms.coaching.timeline.plotting import draw, path_of
from lms.coaching.timeline.rules import can_see_timeline
from lms.kernel.clock import now
from lms.kernel.hookspecs import TimelineEvent
from lms.people.models import Person
from tests.coaching.making import check, finding_of, learn, make_taught
from tests.conftest import Cast
from tests.factories import make_activity
from tests.qa.making import MONDAY, make_evaluation

DAY = timedelta(days=1)


def test_points_and_markers_stand_where_they_were_worked_out_by_hand() -> None:
    since = datetime(2026, 3, 1, 16, tzinfo=UTC)  # midnight of 2 March in Shanghai
    events = [
        TimelineEvent(since + 15 * DAY, "qa", "一", figure=80.0),
        TimelineEvent(since + 15.5 * DAY, "qa", "二", figure=90.0),
        TimelineEvent(since + 20 * DAY, "qa", "三", figure=100.0),
        TimelineEvent(since + 17 * DAY, "learning", "学完", tone="good"),
        TimelineEvent(since + 17 * DAY, "learning", "未通过", tone="bad"),
        TimelineEvent(since + 18 * DAY, "learning", "测验", figure=60.0),
        TimelineEvent(since + 19 * DAY, "coaching", "面谈"),
    ]
    chart = draw(events, since, since + 30 * DAY)
    assert chart.step == 1
    # the middle of the 16th of 30 days: 1000 · 15.5 ÷ 30
    assert [(point.x, point.y, point.mean, point.count) for point in chart.scores] == [
        (516.7, 15.0, 85.0, 2),
        (683.3, 0.0, 100.0, 1),
    ]
    assert chart.scores[0].day == date(2026, 3, 17)
    assert [(marker.x, marker.titles) for marker in chart.lessons] == [(583.3, ("学完",))]
    assert [point.y for point in chart.quizzes] == [40.0]
    assert [marker.titles for marker in chart.talks] == [("面谈",)]
    assert path_of(chart.scores) == "M516.7 15 L683.3 0"
    assert (chart.ticks[0], chart.ticks[-1]) == (date(2026, 3, 2), date(2026, 3, 31))
    weekly = draw(events, since, since + 365 * DAY)
    assert (weekly.step, [(point.count, point.mean) for point in weekly.scores]) == (7, [(3, 90.0)])
    assert draw([], since, since + DAY).empty


def titles(app: Flask, person: Person, viewer: Person) -> list[str]:
    with app.test_request_context():
        return [event.title for event in gather(person, viewer, MONDAY - DAY, MONDAY + 40 * DAY)]


def test_lessons_scores_and_cases_stand_on_one_line_and_each_viewer_sees_their_own_part(
    app: Flask, session: scoped_session, cast: Cast
) -> None:
    version, lesson, quiz = make_taught(cast.shop)
    check(cast, version, 0)
    check(cast, version, 1)
    learn(cast.agent, lesson, at=MONDAY + 2 * DAY)
    learn(cast.agent, quiz, at=MONDAY + 2.5 * DAY)
    check(cast, version, 3, ok=True)
    other = make_activity("乙店的课", shop=cast.other_shop)
    learn(cast.agent, other, at=MONDAY + 4 * DAY)
    expected = ["质检 100 分", "学完：准确测验", "学完：准确这一课", "布置补训：准确", "质检 40 分", "质检 40 分"]
    assert titles(app, cast.agent, cast.lead) == expected
    assert titles(app, cast.agent, cast.agent) == ["学完：乙店的课", *expected]
    assert titles(app, cast.agent, cast.agent2) == []
    assert titles(app, cast.agent, cast.other_lead) == []
    with app.test_request_context():
        events = gather(cast.agent, cast.lead, MONDAY - DAY, MONDAY + 40 * DAY)
        assert [day.day for day in by_day(events)] == sorted({day.day for day in by_day(events)}, reverse=True)
        chart = draw(events, MONDAY - DAY, MONDAY + 40 * DAY)
    # the lesson stands between the two bad days and the good one
    assert chart.scores[1].x < chart.quizzes[0].x < chart.scores[2].x
    assert events[-1].detail == "问题：准确"


def test_who_may_open_it(session: scoped_session, cast: Cast) -> None:
    allowed = {name for name, person in cast.people().items() if can_see_timeline(person, cast.agent)}
    assert allowed == {"agent", "lead", "supervisor", "admin"}


def test_a_case_that_waits_for_the_lot_is_not_told_to_its_agent(
    app: Flask, session: scoped_session, cast: Cast
) -> None:
    version, *_ = make_taught(cast.shop)
    finding = finding_of(check(cast, version, 0))
    session.add(
        RemedialCase(
            shop_id=cast.shop.id,
            agent_id=cast.agent.id,
            criterion_id=finding.criterion_id,
            state="delayed",
            arm="later",
            opened_at=MONDAY,
            wake_at=MONDAY + DAY,
        )
    )
    session.flush()
    assert titles(app, cast.agent, cast.agent) == ["质检 40 分"]


def test_the_page_takes_as_many_statements_for_one_result_as_for_many(
    app: Flask,
    session: scoped_session,
    cast: Cast,
    sign_in: Callable[[Person], FlaskClient],
    count_queries: Callable[[], Any],
) -> None:
    version, lesson, _quiz = make_taught(cast.shop)
    client, at = sign_in(cast.lead), now() - DAY
    counted = []
    for n in range(3):
        for k in range(1 + 2 * n):
            when = at - timedelta(hours=3 * k + n)
            failed = ("right",) if k % 2 else ()
            make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=failed, served_at=when, at=when)
            learn(cast.agent, lesson, at=when)
        session.commit()
        session.expire_all()
        with count_queries() as queries:
            answer = client.get(f"/coaching/timeline/{cast.agent.id}?days=365")
        assert answer.status_code == 200
        counted.append(queries.count)
    assert counted[0] <= 10  # works out the viewer's access as well, which the later ones have
    assert counted[1] == counted[2] == counted[0] - 1
    page = answer.get_data(as_text=True)
    assert "line-score-dot" in page and "准确这一课" in page
    assert session.scalar(select(RemedialCase.id)) is None or "布置补训" in page
