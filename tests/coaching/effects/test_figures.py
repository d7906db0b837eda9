"""Which checks count for which figure, by hand; and who gets to see it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.coaching.effects.estimate import ArmFigures, Naive
from lms.coaching.effects.figures import Figures, LessonCase, Mark, Week, work_out
from lms.coaching.effects.models import LessonEffect
from lms.coaching.effects.queries import marks_of_lesson
from lms.coaching.effects.services import compute_due, compute_effect
from lms.coaching.enums import Arm
from lms.people.models import Person
from lms.qa.enums import EntrySource, RootCause
from lms.qa.evaluations.services import hold_finding, overturn_finding
from tests.coaching.effects.making import make_case
from tests.coaching.making import check, finding_of, make_taught
from tests.conftest import Cast
from tests.factories import make_person
from tests.qa.making import MONDAY

START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def on(day: float) -> datetime:
    return START + timedelta(days=day)


def test_windows_of_one_case_by_hand() -> None:
    # Window of 10 days from day 0; lesson finished on day 3. Checks: before −20 (too old), −2 and −1 failed, 0 the
    # fault that opened it (before); 2 kept, 5 failed, 10 kept (window, the last at its very end), 11 kept (after it).
    marks = [Mark(on(-20), True), Mark(on(-2), False), Mark(on(-1), False), Mark(on(0), False)]
    marks += [Mark(on(2), True), Mark(on(5), False), Mark(on(10), True), Mark(on(11), True)]
    cases = [LessonCase(n, 9, Arm.NOW, START, 10, on(3)) for n in range(5)]
    figures = work_out(cases, {(n, 9): marks for n in range(5)}, on(60))
    # Each of the five: window 2 of 3; before 0 of 3; after the lesson (days 3 to 17) 2 of 3.
    assert figures.effect.now == ArmFigures(5, 5, 15, 2 / 3)
    assert figures.effect.naive == Naive(5, 0.0, 2 / 3)
    # Week 1 after the lesson (days 3–10): failed on 5, kept on 10; week 2: kept on 11; nothing later.
    assert figures.weeks == (Week(1, 5, 10, 0.5), Week(2, 5, 5, 1.0))
    assert (figures.cases, figures.agents, figures.running, figures.criteria) == (5, 5, 0, {9: 5})
    assert Figures.from_json(figures.to_json()) == figures


def test_a_case_in_its_window_is_not_counted_yet() -> None:
    figures = work_out([LessonCase(1, 9, Arm.LATER, START, 10, None)], {(1, 9): [Mark(on(1), True)]}, on(9))
    assert (figures.running, figures.effect.later.cases) == (1, 0)


def test_shares_of_fewer_than_five_people_are_not_told() -> None:
    marks = [Mark(on(-1), False), Mark(on(1), True), Mark(on(4), True)]
    figures = work_out(
        [LessonCase(n, 9, Arm.NOW, START, 10, on(3)) for n in range(4)], {(n, 9): marks for n in range(4)}, on(60)
    )
    assert figures.effect.now == ArmFigures(4, 4, 8, None)
    assert figures.effect.naive.gain is None
    assert figures.weeks == ()


def test_which_checks_count(session: scoped_session, cast: Cast) -> None:
    version, lesson, _quiz = make_taught(cast.shop)
    make_case(cast.agent, cast.shop, version, lesson, Arm.NOW, at=MONDAY)
    check(cast, version, 1, ok=True)
    check(cast, version, 2, source=EntrySource.FOLLOW_UP)
    check(cast, version, 3, source=EntrySource.RISK)  # chosen for its risk
    check(cast, version, 4, cause=RootCause.PROCESS)  # not the person's
    disputed = finding_of(check(cast, version, 5, answered=False))
    hold_finding(finding=disputed, at=MONDAY + timedelta(days=6))
    won = finding_of(check(cast, version, 6, answered=False))
    hold_finding(finding=won, at=MONDAY + timedelta(days=7))
    overturn_finding(finding=won, value=1, at=MONDAY + timedelta(days=8))
    check(cast, version, 7, ok=True, agent=cast.agent2)  # has no case of the lesson
    found = marks_of_lesson(cast.shop.id, lesson.id)
    assert [key[0] for key in found] == [cast.agent.id]
    shown = sorted((mark.served_at - MONDAY, mark.kept) for marks in found.values() for mark in marks)
    assert [(gap.days, kept) for gap, kept in shown] == [(1, True), (2, False), (6, True)]


def test_it_is_worked_out_anew_after_six_hours(session: scoped_session, cast: Cast) -> None:
    version, lesson, _quiz = make_taught(cast.shop)
    make_case(cast.agent, cast.shop, version, lesson, Arm.LATER, at=MONDAY)
    check(cast, version, 1, ok=True)
    at = MONDAY + timedelta(days=30)
    assert [compute_due(at=at), compute_due(at=at + timedelta(hours=5)), compute_due(at=at + timedelta(hours=7))] == [
        1,
        0,
        1,
    ]
    row = session.query(LessonEffect).one()
    assert (row.cases, row.now_cases, row.later_cases, row.difference) == (1, 0, 1, None)


def test_the_page_tells_the_trainer_figures_and_no_person(
    session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    version, lesson, _quiz = make_taught(cast.shop)
    for arm, kept in ((Arm.NOW, 9), (Arm.LATER, 5)):
        for n in range(20):
            agent = make_person(f"{arm}客服{n}", team=cast.team)
            make_case(agent, cast.shop, version, lesson, arm, at=MONDAY, trained_at=MONDAY + timedelta(days=2))
            check(cast, version, 1, ok=True, agent=agent)
            check(cast, version, 2.5, ok=n % 10 < kept, agent=agent)
    row = compute_effect(shop_id=cast.shop.id, lesson_id=lesson.id, at=MONDAY + timedelta(days=30))
    session.commit()
    # 20 + 18 of 40 against 20 + 10 of 40: +20 points.
    assert (row.now_cases, row.later_cases, round(row.difference or 0, 6)) == (20, 20, 0.2)
    assert row.low is not None and 0 < row.low < 0.2 < (row.high or 0)
    trainer = sign_in(cast.trainer)
    listed = trainer.get("/coaching/effects/").get_data(as_text=True)
    assert "准确这一课" in listed and "+20.0" in listed and "有帮助" in listed and "会高估，仅供参考" in listed
    shown = trainer.get(f"/coaching/effects/{row.id}").get_data(as_text=True)
    assert "95.0%" in shown and "75.0%" in shown and "now客服" not in shown
    assert "now客服" in sign_in(cast.supervisor).get(f"/coaching/effects/{row.id}").get_data(as_text=True)
