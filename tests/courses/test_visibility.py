"""Who sees and changes which lesson: the rules for one, the filters for lists, and the pages agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.lessons.enums import ReachedBy
from courses.lessons.models import Lesson
from courses.lessons.publishing import publish
from courses.lessons.queries import LessonFilter, all_shop_ids, managed_lessons, readable
from courses.lessons.rules import can_edit_lesson, can_manage_lesson, can_read_lesson, can_write_for
from courses.lessons.services import (
    Draft,
    archive,
    copy_lesson,
    create_lesson,
    edit_lesson,
    open_lesson,
    record_reading,
)
from courses.starter.services import load_starter
from lms.kernel.errors import Forbidden, NotFound
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import AT, BODY, newest, write_lesson
from tests.factories import make_competency

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def lessons(cast: Cast, session: scoped_session) -> dict[str, Lesson]:
    """One of each kind: of 甲, of 乙 and of all shops; published, draft and archived."""
    made = {
        "甲 published": write_lesson(cast.trainer, cast.shop, title="甲课"),
        "甲 draft": write_lesson(cast.trainer, cast.shop, title="甲稿", published=False),
        "乙 published": write_lesson(cast.other_trainer, cast.other_shop, title="乙课"),
        "乙 draft": write_lesson(cast.other_trainer, cast.other_shop, title="乙稿", published=False),
        "all published": write_lesson(cast.admin, None, title="通用课"),
        "all draft": write_lesson(cast.admin, None, title="通用稿", published=False),
        "甲 archived": write_lesson(cast.trainer, cast.shop, title="甲旧课"),
    }
    archive(actor=cast.trainer, lesson=made["甲 archived"], at=AT)
    session.commit()
    return made


def named(lessons: dict[str, Lesson], found: set[int]) -> set[str]:
    return {name for name, lesson in lessons.items() if lesson.id in found}


def test_readers_see_published_lessons_of_their_shops(
    cast: Cast, lessons: dict[str, Lesson], session: scoped_session
) -> None:
    for person, expected in (
        (cast.agent, {"甲 published", "all published"}),
        (cast.trainer, {"甲 published", "all published"}),
        (cast.other_agent, {"乙 published", "all published"}),
        (cast.admin, {"甲 published", "乙 published", "all published"}),
    ):
        found = set(session.scalars(select(Lesson.id).where(readable(person))))
        assert named(lessons, found) == expected
        assert {name for name, lesson in lessons.items() if can_read_lesson(person, lesson)} == expected


def test_trainers_see_drafts_of_their_shops(cast: Cast, lessons: dict[str, Lesson], session: scoped_session) -> None:
    everything = set(lessons)
    for person, expected in (
        (cast.trainer, {name for name in everything if not name.startswith("乙")}),
        (cast.other_trainer, {name for name in everything if not name.startswith("甲")}),
        (cast.admin, everything),
    ):
        found = {row[0].id for row in session.execute(managed_lessons(person, LessonFilter()))}
        assert named(lessons, found) == expected
        assert {name for name, lesson in lessons.items() if can_manage_lesson(person, lesson)} == expected
    assert not any(can_manage_lesson(cast.agent, lesson) for lesson in lessons.values())


def test_everybodys_lesson_is_changed_by_who_serves_everybody(cast: Cast, lessons: dict[str, Lesson]) -> None:
    shops = all_shop_ids()
    shared, own = lessons["all published"], lessons["甲 published"]
    assert [can_edit_lesson(person, shared, shop_ids=shops) for person in (cast.trainer, cast.admin)] == [False, True]
    assert [can_edit_lesson(person, own, shop_ids=shops) for person in (cast.trainer, cast.other_trainer)] == [
        True,
        False,
    ]
    only_own = frozenset({cast.shop.id})
    assert can_edit_lesson(cast.trainer, shared, shop_ids=only_own)
    assert [can_write_for(cast.agent, shop, shop_ids=only_own) for shop in (cast.shop.id, cast.other_shop.id)] == [
        True,
        False,
    ]


def test_services_refuse_what_the_rules_refuse(cast: Cast, lessons: dict[str, Lesson]) -> None:
    competency = make_competency()
    draft = Draft(title="题", body=BODY)

    def create(actor: Person, shop_id: int | None) -> Lesson:
        return create_lesson(actor=actor, draft=draft, competencies=[competency], shop_id=shop_id, at=AT)

    def edit(actor: Person, lesson: Lesson) -> object:
        return edit_lesson(actor=actor, lesson=lesson, draft=draft, competencies=[competency], base=1, at=AT)

    with pytest.raises(Forbidden):
        create(cast.agent, cast.shop.id)
    with pytest.raises(NotFound):
        create(cast.trainer, cast.other_shop.id)
    with pytest.raises(Forbidden):
        create(cast.trainer, None)
    with pytest.raises(NotFound):
        edit(cast.other_trainer, lessons["甲 draft"])
    with pytest.raises(Forbidden):
        edit(cast.lead, lessons["甲 draft"])
    with pytest.raises(Forbidden):
        publish(actor=cast.trainer, lesson=lessons["all draft"], at=AT)
    with pytest.raises(NotFound):
        archive(actor=cast.other_trainer, lesson=lessons["甲 published"], at=AT)
    with pytest.raises(NotFound):
        copy_lesson(actor=cast.other_trainer, lesson=lessons["甲 published"], shop_id=cast.other_shop.id, at=AT)
    with pytest.raises(NotFound):
        copy_lesson(actor=cast.trainer, lesson=lessons["all published"], shop_id=cast.other_shop.id, at=AT)


def test_another_shop_drafts_and_archived_are_404_for_readers(
    cast: Cast, lessons: dict[str, Lesson], sign_in: SignIn
) -> None:
    expected = {name: 200 if name in ("甲 published", "all published") else 404 for name in lessons}
    for person in (cast.agent, cast.trainer):
        client = sign_in(person)
        got = {name: client.get(f"/lessons/{lesson.id}").status_code for name, lesson in lessons.items()}
        assert got == expected
        posted = {name: client.post(f"/lessons/{lesson.id}/finish").status_code for name, lesson in lessons.items()}
        assert posted == {name: 303 if status == 200 else 404 for name, status in expected.items()}


def test_lists_name_nothing_of_another_shop(cast: Cast, lessons: dict[str, Lesson], sign_in: SignIn) -> None:
    cards = "/cards?plugin=courses"
    for person, url in ((cast.agent, "/lessons/"), (cast.agent, cards), (cast.trainer, "/lessons/manage/")):
        page = sign_in(person).get(url).get_data(as_text=True)
        assert "甲课" in page
        assert "乙课" not in page
        assert "乙稿" not in page


def test_a_trainer_gets_a_read_only_view_of_everybodys_lesson(
    app: Flask, cast: Cast, session: scoped_session, sign_in: SignIn
) -> None:
    load_starter(at=AT)
    session.commit()
    lesson = session.scalars(select(Lesson).order_by(Lesson.id)).first()
    assert lesson is not None
    client = sign_in(cast.trainer)
    answer = client.get(f"/lessons/manage/{lesson.id}")
    assert (answer.status_code, answer.location) == (302, f"/lessons/manage/{lesson.id}/versions/1")
    page = client.get(answer.location).get_data(as_text=True)
    assert "复制到本店" in page
    copied = client.post(f"/lessons/manage/{lesson.id}/copy", data={"shop_id": str(cast.shop.id)})
    made = session.scalars(select(Lesson).order_by(Lesson.id.desc())).first()
    assert made is not None
    assert (copied.status_code, copied.location) == (303, f"/lessons/manage/{made.id}")
    assert (made.shop_id, made.state.value, made.slug) == (cast.shop.id, "draft", None)
    assert made.activity.competencies == lesson.activity.competencies


def test_a_competency_of_another_shop_is_not_offered(cast: Cast, sign_in: SignIn, session: scoped_session) -> None:
    make_competency("乙店的秘密能力", shop=cast.other_shop)
    session.commit()
    page = sign_in(cast.trainer).get("/lessons/manage/new").get_data(as_text=True)
    assert "乙店的秘密能力" not in page


def test_readers_of_everybodys_lesson_are_counted_within_reach(cast: Cast, session: scoped_session) -> None:
    lesson = write_lesson(cast.admin, None, title="通用课")
    done = AT + timedelta(hours=1)
    for person in (cast.agent, cast.agent2, cast.other_agent):
        open_lesson(actor=person, lesson=lesson, version=newest(lesson), at=AT)
        record_reading(actor=person, lesson=lesson, version=newest(lesson), reached_by=ReachedBy.BUTTON, at=done)
    counted = {
        person.account: session.execute(managed_lessons(person, LessonFilter())).one().readers
        for person in (cast.trainer, cast.other_trainer, cast.admin)
    }
    assert counted == {"trainer": 2, "other_trainer": 1, "admin": 3}
