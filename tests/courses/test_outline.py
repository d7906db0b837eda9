"""Courses: order as a list of tokens, two authors at once, what readers see, archiving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.lessons.enums import ReachedBy
from courses.lessons.models import Course, CourseModule, Lesson
from courses.lessons.queries import all_shop_ids, neighbours
from courses.lessons.services import open_lesson, record_reading
from courses.outline.ordering import is_order, merged, moved, placed
from courses.outline.queries import (
    course_reading,
    editable_by,
    lessons_of,
    managed_by,
    modules_of,
    open_to,
    tokens_of,
)
from courses.outline.rules import can_edit_course, can_manage_course, can_open_course
from courses.outline.services import (
    CourseError,
    OutlineMoved,
    add_module,
    archive_course,
    create_course,
    edit_course,
    let_lesson_go,
    remove_module,
    restore_course,
    save_order,
    take_lesson,
)
from lms.kernel.errors import Forbidden, NotFound
from lms.learning.models import Record
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import AT, newest, write_lesson

SignIn = Callable[[Person], FlaskClient]

# --- the order, pure ---------------------------------------------------------------------------------------------


def test_tokens_say_where_everything_stands() -> None:
    modules, lessons = placed(["l9", "m2", "l1", "m1", "l3"])
    assert modules == [2, 1]
    assert [(p.lesson_id, p.module_id, p.position) for p in lessons] == [(9, None, 1), (1, 2, 2), (3, 1, 3)]
    assert [is_order(t) for t in (["m1", "l1"], ["l1", "l1"], ["x1"], ["l"], [])] == [True, False, False, False, True]


@pytest.mark.parametrize(
    ("token", "step", "expected"),
    [
        ("l3", -1, "l1 m1 l3 l2 m2"),
        ("l3", 1, "l1 m1 l2 m2 l3"),
        ("l2", -1, "l1 l2 m1 l3 m2"),
        ("l1", -1, "l1 m1 l2 l3 m2"),
        ("m2", -1, "l1 m2 m1 l2 l3"),
        ("m1", -1, "l1 m1 l2 l3 m2"),
        ("l7", 1, "l1 m1 l2 l3 m2"),
    ],
)
def test_one_step(token: str, step: int, expected: str) -> None:
    assert moved(["l1", "m1", "l2", "l3", "m2"], token, step) == expected.split()


@pytest.mark.parametrize(
    ("current", "wanted", "expected"),
    [
        ("m1 l1 l2", "m1 l2 l1", "m1 l2 l1"),
        ("m1 l1 l2 l3", "m1 l2 l1", "m1 l2 l1 l3"),  # a lesson came in
        ("l9 m1 l1", "m1 l1", "l9 m1 l1"),
        ("m1 l1 m2 l2", "l1 m1", "l1 m1 m2 l2"),  # a module came in with its lesson
        ("m1 l1", "m1 l2 l1 m7", "m1 l1"),  # something went
    ],
)
def test_orders_of_two_people_are_merged(current: str, wanted: str, expected: str) -> None:
    assert merged(current.split(), wanted.split()) == expected.split()


# --- services ----------------------------------------------------------------------------------------------------


@pytest.fixture
def course(cast: Cast, session: scoped_session) -> Course:
    """甲's course: one lesson before the modules, two in the first, none in the second."""
    made = create_course(actor=cast.trainer, title="甲店新人课程", summary="", shop_id=cast.shop.id, at=AT)
    lessons = [write_lesson(cast.trainer, cast.shop, title=f"甲第{n}课") for n in (1, 2, 3)]
    take_lesson(actor=cast.trainer, course=made, lesson=lessons[0], at=AT)
    add_module(actor=cast.trainer, course=made, title="甲第一章", at=AT)
    for lesson in lessons[1:]:
        take_lesson(actor=cast.trainer, course=made, lesson=lesson, at=AT)
    add_module(actor=cast.trainer, course=made, title="甲第二章", at=AT)
    session.commit()
    return made


def tokens(course: Course) -> list[str]:
    return tokens_of(modules_of(course), [lesson for lesson, _version in lessons_of(course)])


def test_an_order_is_saved_whole(cast: Cast, course: Course) -> None:
    one, two, three = (lesson for lesson, _version in lessons_of(course))
    first, second = modules_of(course)
    assert tokens(course) == [f"l{one.id}", f"m{first.id}", f"l{two.id}", f"l{three.id}", f"m{second.id}"]
    wanted = [f"m{second.id}", f"l{three.id}", f"m{first.id}", f"l{one.id}", f"l{two.id}"]
    save_order(actor=cast.trainer, course=course, tokens=wanted, revision=course.revision, at=AT)
    assert tokens(course) == wanted
    assert (one.module_id, two.module_id, three.module_id) == (first.id, first.id, second.id)


def test_two_authors_at_once(cast: Cast, course: Course) -> None:
    seen, before = course.revision, tokens(course)
    save_order(actor=cast.trainer, course=course, tokens=before[::-1][1:] + before[-1:], revision=seen, at=AT)
    after = tokens(course)
    with pytest.raises(OutlineMoved):
        save_order(actor=cast.admin, course=course, tokens=before, revision=seen, at=AT)
    assert tokens(course) == after
    for broken in (before[:-1], [*before, "l999"], before + before[:1], ["nonsense"]):
        with pytest.raises(OutlineMoved):
            save_order(actor=cast.admin, course=course, tokens=broken, revision=course.revision, at=AT)


def test_a_dissolved_module_leaves_its_lessons(cast: Cast, course: Course, session: scoped_session) -> None:
    first, _second = modules_of(course)
    remove_module(actor=cast.trainer, module=first, course=course, at=AT)
    assert [lesson.module_id for lesson, _version in lessons_of(course)] == [None, None, None]
    assert [module.title for module in modules_of(course)] == ["甲第二章"]


def test_a_lesson_is_in_one_course_of_its_shop(cast: Cast, course: Course) -> None:
    other = create_course(actor=cast.trainer, title="另一门", summary="", shop_id=cast.shop.id, at=AT)
    lesson = lessons_of(course)[0][0]
    with pytest.raises(CourseError):
        take_lesson(actor=cast.trainer, course=other, lesson=lesson, at=AT)
    foreign = write_lesson(cast.admin, None, title="全部的课")
    with pytest.raises(NotFound):
        take_lesson(actor=cast.trainer, course=other, lesson=foreign, at=AT)
    let_lesson_go(actor=cast.trainer, course=course, lesson=lesson, at=AT)
    assert (lesson.course_id, lesson.module_id) == (None, None)
    take_lesson(actor=cast.trainer, course=other, lesson=lesson, at=AT)


def test_services_refuse_what_the_rules_refuse(cast: Cast, course: Course) -> None:
    for actor, refused in ((cast.agent, Forbidden), (cast.lead, Forbidden), (cast.other_trainer, NotFound)):
        for change in (
            lambda who: edit_course(actor=who, course=course, title="改", summary="", at=AT),
            lambda who: archive_course(actor=who, course=course, at=AT),
            lambda who: add_module(actor=who, course=course, title="章", at=AT),
            lambda who: save_order(actor=who, course=course, tokens=[], revision=1, at=AT),
        ):
            with pytest.raises(refused):
                change(actor)
    with pytest.raises(Forbidden):
        create_course(actor=cast.trainer, title="全部", summary="", shop_id=None, at=AT)


def test_the_rules_and_the_lists_agree(cast: Cast, course: Course, session: scoped_session) -> None:
    everybody = create_course(actor=cast.admin, title="全部的课程", summary="", shop_id=None, at=AT)
    take_lesson(actor=cast.admin, course=everybody, lesson=write_lesson(cast.admin, None, title="全部的课"), at=AT)
    empty = create_course(actor=cast.trainer, title="空课程", summary="", shop_id=cast.shop.id, at=AT)
    away = create_course(actor=cast.trainer, title="归档的", summary="", shop_id=cast.shop.id, at=AT)
    take_lesson(actor=cast.trainer, course=away, lesson=write_lesson(cast.trainer, cast.shop, title="课"), at=AT)
    archive_course(actor=cast.trainer, course=away, at=AT)
    published = {course.id: 3, everybody.id: 1, empty.id: 0, away.id: 1}
    every, shop_ids = [course, everybody, empty, away], all_shop_ids()

    def found(condition: object) -> set[int]:
        return set(session.scalars(select(Course.id).where(condition)))  # type: ignore[arg-type]

    for person in (cast.agent, cast.trainer, cast.other_agent, cast.other_trainer, cast.admin):
        opened = {c.id for c in every if can_open_course(person, c, published=published[c.id])}
        assert found(open_to(person)) == opened
        if person in (cast.trainer, cast.other_trainer, cast.admin):
            assert found(managed_by(person)) == {c.id for c in every if can_manage_course(person, c)}
            assert found(editable_by(person)) == {c.id for c in every if can_edit_course(person, c, shop_ids=shop_ids)}


# --- readers -----------------------------------------------------------------------------------------------------


def read(person: Person, lesson: Lesson) -> Record:
    done = AT + timedelta(hours=1)
    open_lesson(actor=person, lesson=lesson, version=newest(lesson), at=AT)
    return record_reading(actor=person, lesson=lesson, version=newest(lesson), reached_by=ReachedBy.BUTTON, at=done)


def test_a_reader_goes_on_in_the_order_of_the_course(cast: Cast, course: Course) -> None:
    one, two, three = (lesson for lesson, _version in lessons_of(course))
    read(cast.agent, one)
    shown = course_reading(cast.agent, course.id)
    assert (shown.done, len(shown.readings), round(shown.percent)) == (1, 3, 33)
    following, beyond = shown.next(), shown.next({two.activity_id})
    assert following is not None and beyond is not None
    assert (following.lesson, beyond.lesson) == (two, three)
    assert [module.title if module else None for module, _readings in shown.parts] == [None, "甲第一章"]
    assert neighbours(cast.agent, two) == ((one.id, "甲第1课"), (three.id, "甲第3课"))


def test_archiving_a_course_loses_nobodys_record(cast: Cast, course: Course, session: scoped_session) -> None:
    lesson = lessons_of(course)[0][0]
    record = read(cast.agent, lesson)
    archive_course(actor=cast.trainer, course=course, at=AT)
    session.commit()
    with pytest.raises(NotFound):
        course_reading(cast.agent, course.id)
    assert session.get(Record, record.id) is not None
    assert lesson.activity.archived_at is None
    restore_course(actor=cast.trainer, course=course, at=AT)
    assert course_reading(cast.agent, course.id).done == 1


# --- pages -------------------------------------------------------------------------------------------------------


def test_the_outline_is_built_moved_and_guarded(
    cast: Cast, session: scoped_session, sign_in: SignIn, lesson: Lesson
) -> None:
    client = sign_in(cast.trainer)
    made = client.post("/courses/manage/new", data={"title": "甲店课程", "shop_id": str(cast.shop.id)})
    course = session.scalars(select(Course)).one()
    url = f"/courses/manage/{course.id}"
    assert made.location == url
    client.post(f"{url}/modules", data={"title": "第一章"})
    client.post(f"{url}/lessons", data={"lesson_id": str(lesson.id)})
    module = session.scalars(select(CourseModule)).one()
    order = [f"m{module.id}", f"l{lesson.id}"]
    session.refresh(course)
    revision = str(course.revision)
    moved_up = client.post(f"{url}/order", data={"order": order, "revision": revision, "move": f"l{lesson.id}:up"})
    assert moved_up.status_code == 303
    session.refresh(lesson)
    assert lesson.module_id is None
    stale = client.post(f"{url}/order", data={"order": order, "revision": revision})
    assert stale.status_code == 409
    assert "您的顺序还没有保存" in stale.get_data(as_text=True)
    page = sign_in(cast.agent).get(f"/courses/{course.id}").get_data(as_text=True)
    assert "甲店接待礼仪课" in page
    assert f'href="/courses/{course.id}"' in sign_in(cast.agent).get("/lessons/").get_data(as_text=True)
    assert sign_in(cast.other_agent).get(f"/courses/{course.id}").status_code == 404


def test_a_new_lesson_goes_into_its_course(
    cast: Cast, course: Course, session: scoped_session, sign_in: SignIn
) -> None:
    module = modules_of(course)[0]
    client = sign_in(cast.trainer)
    choice = client.get(f"/lessons/manage/new?course_id={course.id}&module_id={module.id}").get_data(as_text=True)
    assert f"type=markdown&amp;course_id={course.id}&amp;module_id={module.id}" in choice
    competency = lessons_of(course)[0][0].activity.competencies[0]
    written = {
        "type": "markdown", "course_id": str(course.id), "module_id": str(module.id), "title": "章里的新课",
        "body": "正文", "minutes": "5", "competency_ids": str(competency.id), "shop_id": str(cast.shop.id),
    }  # fmt: skip
    assert client.post("/lessons/manage/new", data=written).status_code == 303
    made = session.scalars(select(Lesson).order_by(Lesson.id.desc())).first()
    assert made is not None
    assert (made.course_id, made.module_id) == (course.id, module.id)
    assert sign_in(cast.other_trainer).get(f"/lessons/manage/new?course_id={course.id}").status_code == 404
