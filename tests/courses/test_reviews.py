"""A lesson on its way to readers: nobody publishes what they wrote where the shop asks for a review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.lessons.enums import LessonState, ReviewAction
from courses.lessons.finishers import finished_version, finishers, give_again
from courses.lessons.models import Lesson
from courses.lessons.publishing import ReviewMoved, ReviewNeeded, publish, send_back, set_review, submit, withdraw
from courses.lessons.queries import all_shop_ids
from courses.lessons.review_models import LessonPublication, LessonReview
from courses.lessons.review_queries import (
    authors_of_unpublished,
    publications_of,
    publishing_of,
    review_required,
    submissions,
)
from courses.lessons.rules import can_publish
from courses.lessons.services import Draft, LessonError, archive, complete_lesson, edit_lesson
from lms.inbox.models import Notification
from lms.kernel.errors import Forbidden, NotFound
from lms.kernel.plugins import plugins
from lms.learning.enums import AssignmentState
from lms.learning.models import Assignment, Record
from lms.people.enums import Role
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import AT, newest, switch_reviews_on, write_lesson
from tests.factories import make_person

SignIn = Callable[[Person], FlaskClient]
LATER = AT + timedelta(hours=1)


@pytest.fixture
def second(cast: Cast, session: scoped_session) -> Person:
    """Another trainer of 甲."""
    return make_person("田培训", Role.TRAINER, team=cast.team, account="trainer2")


@pytest.fixture
def written(cast: Cast, session: scoped_session) -> Lesson:
    """A draft of 甲's trainer; reviews are on, as they are where nobody decided otherwise."""
    lesson = write_lesson(cast.trainer, cast.shop, title="甲店退货课", published=False)
    session.commit()
    return lesson


def edit(actor: Person, lesson: Lesson, body: str) -> None:
    edit_lesson(
        actor=actor,
        lesson=lesson,
        draft=Draft(newest(lesson).title, body),
        competencies=lesson.activity.competencies,
        base=lesson.latest_number,
        at=LATER,
    )


def told(session: scoped_session, person: Person) -> list[str]:
    query = select(Notification.title).where(Notification.person_id == person.id).order_by(Notification.id)
    return list(session.scalars(query))


def test_reviews_are_on_by_default_and_an_author_may_not_publish(cast: Cast, written: Lesson) -> None:
    assert review_required(cast.shop.id)
    with pytest.raises(ReviewNeeded):
        publish(actor=cast.trainer, lesson=written, at=AT)
    assert written.state is LessonState.DRAFT


def test_submitted_reviewed_published(cast: Cast, second: Person, written: Lesson, session: scoped_session) -> None:
    submit(actor=cast.trainer, lesson=written, at=AT, note="写清运费谁出")
    assert submit(actor=cast.trainer, lesson=written, at=LATER).at == AT  # the same version waits once
    assert told(session, second) == ["待审课时：甲店退货课"]
    assert told(session, cast.admin) == ["待审课时：甲店退货课"]
    assert told(session, cast.trainer) == told(session, cast.other_trainer) == told(session, cast.agent) == []
    publish(actor=second, lesson=written, number=1, at=LATER)
    assert (written.state, written.published_number) == (LessonState.PUBLISHED, 1)
    assert told(session, cast.trainer) == ["课时已发布：甲店退货课"]
    (publication,) = publications_of(written)
    assert (publication.number, publication.person, publication.at, publication.note) == (
        1,
        second,
        LATER,
        "写清运费谁出",
    )
    actions = session.scalars(select(LessonReview.action).order_by(LessonReview.id)).all()
    assert actions == [ReviewAction.SUBMITTED, ReviewAction.APPROVED]


def test_returned_with_a_comment_and_submitted_again(
    cast: Cast, second: Person, written: Lesson, session: scoped_session
) -> None:
    submit(actor=cast.trainer, lesson=written, at=AT)
    with pytest.raises(LessonError, match="写明要改什么"):
        send_back(actor=second, lesson=written, number=1, note=" ", at=AT)
    with pytest.raises(ReviewNeeded):
        send_back(actor=cast.trainer, lesson=written, number=1, note="自己退自己", at=AT)
    send_back(actor=second, lesson=written, number=1, note="补上运费", at=AT)
    assert told(session, cast.trainer) == ["课时已退回：甲店退货课"]
    with pytest.raises(ReviewMoved):
        publish(actor=second, lesson=written, number=1, at=AT)  # nothing waits any more
    edit(cast.trainer, written, "补上了运费。")
    assert submit(actor=cast.trainer, lesson=written, at=LATER).number == 2


def test_a_reviewer_decides_on_what_was_shown(cast: Cast, second: Person, written: Lesson) -> None:
    """The author saves on after submitting: version 1 is published as reviewed, version 2 stays unpublished."""
    submit(actor=cast.trainer, lesson=written, at=AT)
    edit(cast.trainer, written, "没人看过的新内容。")
    publish(actor=second, lesson=written, number=1, at=LATER)
    assert (written.published_number, written.latest_number) == (1, 2)
    submit(actor=cast.trainer, lesson=written, at=LATER)
    edit(cast.trainer, written, "第三版。")
    submit(actor=cast.trainer, lesson=written, at=LATER)
    with pytest.raises(ReviewMoved):
        publish(actor=second, lesson=written, number=2, at=LATER)


def test_whoever_wrote_a_part_is_an_author_too(cast: Cast, second: Person, written: Lesson) -> None:
    edit(second, written, "两人合写。")
    assert authors_of_unpublished(written) == {cast.trainer.id, second.id}
    submit(actor=cast.trainer, lesson=written, at=AT)
    for author in (cast.trainer, second):
        with pytest.raises(ReviewNeeded):
            publish(actor=author, lesson=written, number=2, at=AT)
    publish(actor=cast.admin, lesson=written, number=2, at=AT)
    assert authors_of_unpublished(written) == frozenset()
    edit(second, written, "只有一人改。")
    publish(actor=cast.trainer, lesson=written, at=LATER)  # wrote none of what is new
    assert written.published_number == 3


def test_an_admin_who_wrote_needs_somebody_else_as_well(cast: Cast, written: Lesson) -> None:
    edit(cast.admin, written, "管理员改过。")
    with pytest.raises(ReviewNeeded):
        publish(actor=cast.admin, lesson=written, at=AT)


def test_taken_back_by_those_whose_it_is(cast: Cast, second: Person, written: Lesson) -> None:
    submit(actor=cast.trainer, lesson=written, at=AT)
    with pytest.raises(Forbidden):
        withdraw(actor=second, lesson=written, at=AT)
    withdraw(actor=cast.trainer, lesson=written, at=AT)
    with pytest.raises(ReviewMoved):
        withdraw(actor=cast.trainer, lesson=written, at=AT)


def test_who_decides_whether_lessons_are_reviewed(cast: Cast, written: Lesson) -> None:
    set_review(actor=cast.supervisor, shop_id=cast.shop.id, required=False, at=AT)
    publish(actor=cast.trainer, lesson=written, at=AT)
    set_review(actor=cast.admin, shop_id=None, required=False, at=AT)
    assert [review_required(place) for place in (cast.shop.id, cast.other_shop.id, None)] == [False, True, False]
    for actor, shop_id, refused in (
        (cast.trainer, cast.shop.id, Forbidden),
        (cast.lead, cast.shop.id, Forbidden),
        (cast.supervisor, None, Forbidden),
        (cast.supervisor, cast.other_shop.id, NotFound),
    ):
        with pytest.raises(refused):
            set_review(actor=actor, shop_id=shop_id, required=False, at=AT)


def test_the_rule_and_the_lists_agree(cast: Cast, second: Person, session: scoped_session) -> None:
    lessons = [
        write_lesson(cast.trainer, cast.shop, title="甲", published=False),
        write_lesson(second, cast.shop, title="乙", published=False),
        write_lesson(cast.admin, None, title="全部", published=False),
        write_lesson(cast.other_trainer, cast.other_shop, title="别店", published=False),
        write_lesson(cast.trainer, cast.shop, title="归档", published=False),
    ]
    for lesson, actor in zip(
        lessons, (cast.trainer, second, cast.admin, cast.other_trainer, cast.trainer), strict=True
    ):
        submit(actor=actor, lesson=lesson, at=AT)
    archive(actor=cast.trainer, lesson=lessons[4], at=AT)
    shop_ids = all_shop_ids()
    for required in (True, False):
        if not required:
            set_review(actor=cast.admin, shop_id=cast.shop.id, required=False, at=AT)
        for person in (cast.trainer, second, cast.other_trainer, cast.admin):
            listed = {row[1].id for row in session.execute(submissions(person, mine=False))}
            others = {row[1].id for row in session.execute(submissions(person, mine=True))}
            allowed = {
                lesson.id
                for lesson in lessons[:4]
                if can_publish(
                    person,
                    lesson,
                    shop_ids=shop_ids,
                    authors=authors_of_unpublished(lesson),
                    required=review_required(lesson.shop_id),
                )
            }
            known = publishing_of(person, [lesson.id for lesson in lessons])
            assert listed == allowed
            assert not listed & others
            assert {lesson.id for lesson in lessons[:4] if known.may_publish(person, lesson)} == allowed
            assert known.pending == {lesson.id for lesson in lessons[:4]}


def test_hook_lesson_published(cast: Cast, written: Lesson) -> None:
    class Listener:
        from lms.kernel.hookspecs import hookimpl

        def __init__(self) -> None:
            self.heard: list[tuple[int, int]] = []

        @hookimpl
        def lesson_published(self, lesson: Lesson, version: object) -> None:
            self.heard.append((lesson.id, version.number))  # type: ignore[attr-defined]

    listener = Listener()
    manager = plugins().manager
    manager.register(listener)
    try:
        publish(actor=cast.admin, lesson=written, at=AT)
        publish(actor=cast.admin, lesson=written, at=AT)
    finally:
        manager.unregister(listener)
    assert listener.heard == [(written.id, 1)]


def test_saving_with_the_wrong_button_keeps_the_text(cast: Cast, written: Lesson, sign_in: SignIn) -> None:
    """The page was open while reviews were switched on: what was written is saved, not published."""
    data = {
        "title": "甲店退货课", "body": "写了很久。", "minutes": "5", "base": "1", "then": "publish",
        "competency_ids": str(written.activity.competencies[0].id), "shop_id": str(cast.shop.id),
    }  # fmt: skip
    assert sign_in(cast.trainer).post(f"/lessons/manage/{written.id}", data=data).status_code == 303
    assert (newest(written).body, written.published_number) == ("写了很久。\n", None)


def test_the_reviewer_sees_the_changes_and_decides(
    cast: Cast, second: Person, lesson: Lesson, session: scoped_session, sign_in: SignIn
) -> None:
    switch_reviews_on(cast.shop.id)
    edit(cast.trainer, lesson, newest(lesson).body.replace("到这里就结束了。", "到这里还没有结束。"))
    submit(actor=cast.trainer, lesson=lesson, at=LATER, note="改了结尾")
    session.commit()
    client = sign_in(second)
    page = client.get(f"/lessons/manage/reviews/{lesson.id}").get_data(as_text=True)
    assert "<del>就</del>" in page.replace("</del><del>", "")
    assert "改了结尾" in page
    decided = client.post(f"/lessons/manage/reviews/{lesson.id}/decide", data={"number": "2", "then": "publish"})
    assert decided.status_code == 303
    session.refresh(lesson)
    assert lesson.published_number == 2
    late = {"number": "2", "then": "return", "note": "晚了"}
    stale = client.post(f"/lessons/manage/reviews/{lesson.id}/decide", data=late)
    assert stale.status_code == 409


# --- who finished which version ----------------------------------------------------------------------------------


@pytest.fixture
def renewed(cast: Cast, lesson: Lesson) -> Lesson:
    """agent and agent2 finished version 1, agent version 2 as well; readers see version 3."""
    for number, readers in ((1, (cast.agent, cast.agent2)), (2, (cast.agent,)), (3, ())):
        if number > 1:
            edit(cast.trainer, lesson, f"第 {number} 版。")
            publish(actor=cast.trainer, lesson=lesson, at=LATER)
        for reader in readers:
            complete_lesson(person=reader, lesson=lesson, version=newest(lesson), at=LATER, task=None)
    return lesson


def test_the_ledger_tells_who_finished_which_version(cast: Cast, renewed: Lesson) -> None:
    found = [(f.name, f.version, f.times, f.outdated) for f in finishers(cast.trainer, renewed)]
    assert found == [("白小客", 1, 1, True), ("安小客", 2, 2, True)]
    assert finishers(cast.other_trainer, renewed) == []
    version = finished_version(cast.agent, renewed)
    assert version is not None
    assert version.number == 2
    assert finished_version(cast.lead, renewed) is None
    complete_lesson(person=cast.agent, lesson=renewed, version=newest(renewed), at=LATER, task=None)
    assert finished_version(cast.agent, renewed) is None
    assert [f.name for f in finishers(cast.trainer, renewed, outdated_only=True)] == ["白小客"]


def test_the_new_version_is_given_to_those_who_know_the_old_one(
    cast: Cast, renewed: Lesson, session: scoped_session
) -> None:
    cast.agent2.active = False
    assert give_again(actor=cast.trainer, lesson=renewed, due_at=LATER + timedelta(days=7), at=LATER) == 1
    assert give_again(actor=cast.trainer, lesson=renewed, due_at=LATER + timedelta(days=7), at=LATER) == 0
    (task,) = session.scalars(select(Assignment))
    assert (task.person_id, task.state) == (cast.agent.id, AssignmentState.OPEN)
    with pytest.raises(LessonError):
        give_again(actor=cast.other_trainer, lesson=renewed, due_at=None, at=LATER)


def test_archiving_keeps_every_record_and_publication(cast: Cast, renewed: Lesson, session: scoped_session) -> None:
    before = session.scalars(select(Record.id)).all()
    archive(actor=cast.trainer, lesson=renewed, at=LATER)
    assert session.scalars(select(Record.id)).all() == before
    assert [f.version for f in finishers(cast.trainer, renewed)] == [1, 2]
    assert session.scalars(select(LessonPublication.number).order_by(LessonPublication.id)).all() == [1, 2, 3]


def test_a_reader_sees_what_changed_since(
    cast: Cast, renewed: Lesson, session: scoped_session, sign_in: SignIn
) -> None:
    session.commit()
    agent = sign_in(cast.agent)
    assert f"/lessons/changes/{renewed.id}" in agent.get(f"/lessons/{renewed.id}").get_data(as_text=True)
    page = agent.get(f"/lessons/changes/{renewed.id}").get_data(as_text=True)
    assert "您学完的是版本 2，现在是版本 3" in page
    lead = sign_in(cast.lead)
    assert lead.get(f"/lessons/changes/{renewed.id}").status_code == 302  # finished none
    assert sign_in(cast.other_agent).get(f"/lessons/changes/{renewed.id}").status_code == 404
