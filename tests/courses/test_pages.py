"""The pages stay small and ask the database a fixed number of times, with one lesson as with all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses import demo
from courses.lessons.models import Lesson
from courses.starter.files import read_starter_courses
from courses.starter.services import load_starter
from lms.demo.context import DemoContext
from lms.kernel.clock import now
from lms.kernel.plugins import plugins
from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Assignment, Record
from lms.people.models import Person
from tests.conftest import Cast, Counted
from tests.courses.conftest import AT, write_lesson

SignIn = Callable[[Person], FlaskClient]
Counting = Callable[[], AbstractContextManager[Counted]]


@pytest.mark.parametrize("lessons", [1, 3])
@pytest.mark.parametrize(
    ("who", "url", "statements"),
    [
        ("agent", "/lessons/", 6),
        ("trainer", "/lessons/manage/", 8),
        ("trainer", "/lessons/manage/new", 2),
        ("trainer", "/lessons/manage/new?type=markdown", 6),
        ("trainer", "/lessons/manage/1", 8),
        ("trainer", "/lessons/manage/1/versions", 8),
        ("trainer", "/lessons/manage/finishers/1", 5),
        ("trainer", "/lessons/manage/reviews/", 5),
        ("trainer", "/lessons/manage/reviews/1/compare", 6),
        ("trainer", "/courses/manage/", 4),
        ("trainer", "/lessons/manage/1/versions/1", 6),
    ],
)
def test_a_fixed_number_of_statements(
    cast: Cast,
    session: scoped_session,
    sign_in: SignIn,
    count_queries: Counting,
    lessons: int,
    who: str,
    url: str,
    statements: int,
) -> None:
    for number in range(lessons):
        write_lesson(cast.trainer, cast.shop, title=f"课{number}")
    session.commit()
    client = sign_in(getattr(cast, who))
    session.expunge_all()  # nothing is known beforehand, as in a request of its own
    with count_queries() as counted:
        assert client.get(url).status_code == 200
    assert counted.count == statements


def test_statements_of_a_lesson_opened_for_the_first_and_second_time(
    cast: Cast, lesson: Lesson, session: scoped_session, sign_in: SignIn, count_queries: Counting
) -> None:
    client, url = sign_in(cast.agent), f"/lessons/{lesson.id}"
    counts = []
    for _ in range(2):
        session.expunge_all()
        with count_queries() as counted:
            assert client.get(url).status_code == 200
        counts.append(counted.count)
    assert counts == [8, 6]


def test_pages_are_light_with_everything_that_ships(
    app: Flask, cast: Cast, session: scoped_session, sign_in: SignIn
) -> None:
    load_starter(at=AT)
    session.commit()
    ids = session.scalars(select(Lesson.id)).all()
    agent, admin = sign_in(cast.agent), sign_in(cast.admin)
    sizes = {url: len(agent.get(url).data) for url in ["/lessons/", *(f"/lessons/{i}" for i in ids)]}
    sizes |= {url: len(admin.get(url).data) for url in ["/lessons/manage/", *(f"/lessons/manage/{i}" for i in ids)]}
    assert {url: size for url, size in sizes.items() if size > 60_000} == {}


def test_a_lesson_page_has_no_inline_script_or_style(cast: Cast, lesson: Lesson, sign_in: SignIn) -> None:
    page = sign_in(cast.agent).get(f"/lessons/{lesson.id}").get_data(as_text=True)
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


def test_empty_lists_say_what_to_do(cast: Cast, sign_in: SignIn) -> None:
    assert "还没有课时" in sign_in(cast.agent).get("/lessons/").get_data(as_text=True)
    assert "/lessons/manage/new" not in sign_in(cast.agent).get("/lessons/").get_data(as_text=True)
    assert "/lessons/manage/new" in sign_in(cast.trainer).get("/lessons/").get_data(as_text=True)
    assert "没有符合条件的课时" in sign_in(cast.trainer).get("/lessons/manage/").get_data(as_text=True)


# --- hooks -------------------------------------------------------------------------------------------------------


def test_hook_later_cards(cast: Cast, lesson: Lesson, app: Flask) -> None:
    def templates(person: Person) -> list[str]:
        return [card.template for card in plugins().all("later_cards", person=person, at=now())]

    assert "courses/lessons/card.html" in templates(cast.agent)
    assert "courses/lessons/card.html" not in templates(cast.other_agent)


def test_hook_activity_kinds(app: Flask) -> None:
    (kind,) = [kind for kind in plugins().all("activity_kinds") if kind.kind == "lesson"]
    with app.test_request_context():
        assert kind.url(7) == "/lessons/of-activity/7"
        assert kind.manage_url is not None
        assert kind.manage_url(7) == "/lessons/manage/of-activity/7"


def test_hook_lesson_types(app: Flask) -> None:
    assert "markdown" in [kind.name for kind in plugins().all("lesson_types")]


def test_hook_setup_home_loads_the_lessons_once(app: Flask) -> None:
    told = dict(plugins().each("setup_home", at=AT))
    shipped = sum(len(course.lessons) for course in read_starter_courses())
    assert told["courses"] == f"入门课时：新增 {shipped}，更新 0"
    assert "courses" not in dict(plugins().each("setup_home", at=AT))


def test_hook_demo_steps_gives_the_team_tasks_and_a_history(app: Flask, session: scoped_session) -> None:
    """One shop's people have all kinds of progress; nobody read in the future, before the lesson came or in no time."""
    context = DemoContext(at=now())
    next(step for step in plugins().all("demo_steps") if step.order == 10).run(context)
    told = demo.run(context)
    session.flush()
    finished = session.scalars(select(Record).where(Record.verb == Verb.COMPLETED)).all()
    agents = len(context.agents("songguo")) + len(context.agents("shanyue"))
    shipped = sum(len(course.lessons) for course in read_starter_courses())
    assert told == f"{shipped} 节课时，布置 {agents * 4} 项任务，读完 {len(finished)} 节次"
    assert {record.duration_seconds is not None and record.duration_seconds >= 180 for record in finished} == {True}
    assert all(context.at - timedelta(days=14) < record.at < context.at for record in finished)
    tasks = session.scalars(select(Assignment)).all()
    states = {(task.state, task.is_overdue(context.at)) for task in tasks}
    assert states == {(AssignmentState.DONE, False), (AssignmentState.OPEN, False), (AssignmentState.OPEN, True)}
    assert all(task.completed_at > task.created_at for task in tasks if task.completed_at)
    assert [lesson.shop_id for lesson in session.scalars(select(Lesson).where(Lesson.slug.is_(None)))] == [
        context.shop("songguo").id
    ]
