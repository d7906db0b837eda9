"""Writing, versions, publishing and archiving; nothing that was read is ever changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session

from courses.lessons.enums import LessonState
from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.publishing import publish
from courses.lessons.queries import LessonFilter, managed_lessons, version_of, versions_of
from courses.lessons.services import Draft, LessonError, archive, create_lesson, edit_lesson
from lms.learning.enums import AssignmentReason, Dimension
from lms.learning.services import AssignmentError, assign
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import AT, BODY, newest, write_lesson
from tests.factories import make_competency

SignIn = Callable[[Person], FlaskClient]


def edit(
    cast: Cast, lesson: Lesson, *, title: str = "改过的题", body: str = "改过的正文。", base: int | None = None
) -> LessonVersion:
    return edit_lesson(
        actor=cast.trainer,
        lesson=lesson,
        draft=Draft(title=title, body=body, summary="甲店的做法", minutes=6),
        competencies=lesson.activity.competencies,
        base=lesson.latest_number if base is None else base,
        at=AT + timedelta(hours=1),
    )


# --- services ----------------------------------------------------------------------------------------------------


def test_a_new_lesson_is_a_draft_that_nobody_can_be_given(cast: Cast, draft: Lesson) -> None:
    assert (draft.state, draft.latest_number, draft.published_number) == (LessonState.DRAFT, 1, None)
    assert (draft.activity.kind, draft.activity.dimension) == ("lesson", Dimension.SKILL)
    with pytest.raises(AssignmentError):
        assign(
            actor=cast.trainer,
            activity=draft.activity,
            people=[cast.agent],
            due_at=None,
            reason=AssignmentReason.BY_HAND,
            at=AT,
        )


def test_publishing_makes_it_assignable_and_is_idempotent(cast: Cast, draft: Lesson) -> None:
    publish(actor=cast.trainer, lesson=draft, at=AT)
    publish(actor=cast.trainer, lesson=draft, at=AT + timedelta(days=1))
    assert (draft.state, draft.published_number, draft.published_at) == (LessonState.PUBLISHED, 1, AT)
    assert assign(
        actor=cast.trainer,
        activity=draft.activity,
        people=[cast.agent],
        due_at=None,
        reason=AssignmentReason.BY_HAND,
        at=AT,
    )


def test_an_edit_is_a_new_version_and_readers_keep_the_old_one(cast: Cast, lesson: Lesson) -> None:
    edit(cast, lesson)
    assert (lesson.latest_number, lesson.published_number, lesson.has_unpublished_changes) == (2, 1, True)
    assert lesson.activity.title == "甲店接待礼仪课"
    assert (version_of(lesson, 1).body, version_of(lesson, 2).body) == (BODY, "改过的正文。\n")
    publish(actor=cast.trainer, lesson=lesson, at=AT)
    assert (lesson.published_number, lesson.has_unpublished_changes) == (2, False)
    assert lesson.activity.title == "改过的题"
    assert [(version.number, version.created_by) for version in versions_of(lesson)] == [
        (2, cast.trainer),
        (1, cast.trainer),
    ]


def test_the_same_text_again_is_no_version(cast: Cast, lesson: Lesson) -> None:
    first = edit(cast, lesson)
    again = edit(cast, lesson, title=" 改过的题 ", body="改过的正文。\r\n\r\n")
    assert (again.id, lesson.latest_number) == (first.id, 2)


def test_somebody_elses_version_is_not_overwritten(cast: Cast, lesson: Lesson) -> None:
    edit(cast, lesson, body="先存的人。")
    with pytest.raises(LessonError, match="别人刚保存了新的版本"):
        edit(cast, lesson, body="后存的人。", base=1)
    assert newest(lesson).body == "先存的人。\n"


@pytest.mark.parametrize("statement", ["update", "delete"])
def test_the_database_refuses_to_change_a_version(lesson: Lesson, session: scoped_session, statement: str) -> None:
    version = newest(lesson)
    with pytest.raises(DBAPIError, match="append-only"):
        if statement == "update":
            session.execute(update(LessonVersion).where(LessonVersion.id == version.id).values(body="x"))
        else:
            session.delete(version)
            session.flush()


def test_archiving_hides_and_publishing_brings_back(cast: Cast, lesson: Lesson) -> None:
    archive(actor=cast.trainer, lesson=lesson, at=AT)
    assert (lesson.state, lesson.activity.archived_at) == (LessonState.ARCHIVED, AT)
    archive(actor=cast.trainer, lesson=lesson, at=AT + timedelta(days=1))
    assert lesson.activity.archived_at == AT
    publish(actor=cast.trainer, lesson=lesson, at=AT)
    assert (lesson.state, lesson.activity.archived_at, lesson.published_number) == (LessonState.PUBLISHED, None, 1)


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (Draft(title=" ", body="正文"), "要有标题"),
        (Draft(title="题", body=" \n\x00"), "要有正文"),
        (Draft(title="题", body="正文", minutes=0), "1–240"),
        (Draft(title="题", body="一\n\n```平台规则\n48小时\n```"), "核对日期"),
    ],
)
def test_a_broken_text_is_refused(cast: Cast, draft: Draft, told: str) -> None:
    with pytest.raises(LessonError, match=told):
        create_lesson(actor=cast.trainer, draft=draft, competencies=[make_competency()], shop_id=cast.shop.id, at=AT)


def test_competencies_give_the_dimension_and_must_agree(cast: Cast) -> None:
    attitude = make_competency(dimension=Dimension.ATTITUDE)
    skill = make_competency(dimension=Dimension.SKILL)
    foreign = make_competency("乙店的", dimension=Dimension.SKILL, shop=cast.other_shop)
    for competencies in ([], [attitude, skill], [skill, foreign]):
        with pytest.raises(LessonError):
            create_lesson(
                actor=cast.trainer,
                draft=Draft(title="题", body=BODY),
                competencies=competencies,
                shop_id=cast.shop.id,
                at=AT,
            )


def test_control_characters_are_not_kept(cast: Cast) -> None:
    lesson = create_lesson(
        actor=cast.trainer,
        draft=Draft(title="题\x00\n目", body="正\x00文\x0b\r\n第二行\r第三行", summary="简\x1f介"),
        competencies=[make_competency()],
        shop_id=cast.shop.id,
        at=AT,
    )
    version = newest(lesson)
    assert (version.title, version.summary, version.body) == ("题 目", "简介", "正文\n第二行\n第三行\n")


def test_the_day_of_checking_is_read_from_the_text(cast: Cast) -> None:
    body = "```平台规则 2027-05-20\n甲\n```\n\n```平台规则 2026-12-24\n乙\n```\n"
    lesson = write_lesson(cast.trainer, cast.shop, body=body)
    assert newest(lesson).check_by == date(2026, 12, 24)


def test_the_list_is_narrowed(cast: Cast, session: scoped_session) -> None:
    rule = "```平台规则 2026-11-01\n退货规则\n```\n"
    old = write_lesson(cast.trainer, cast.shop, title="旧规则", body=rule, dimension=Dimension.KNOWLEDGE)
    write_lesson(cast.trainer, cast.shop, title="百分号100%_的课", dimension=Dimension.ATTITUDE)
    kept = write_lesson(cast.trainer, cast.shop, title="草稿课", published=False)

    def titles(wanted: LessonFilter) -> list[str]:
        return [version.title for _, version, _ in session.execute(managed_lessons(cast.trainer, wanted))]

    assert titles(LessonFilter()) == ["百分号100%_的课", "旧规则", "草稿课"]
    assert titles(LessonFilter(state=LessonState.DRAFT)) == ["草稿课"]
    assert titles(LessonFilter(dimension=Dimension.KNOWLEDGE)) == ["旧规则"]
    assert titles(LessonFilter(text="退货")) == ["旧规则"]
    assert titles(LessonFilter(text="100%_")) == ["百分号100%_的课"]
    assert titles(LessonFilter(overdue_on=date(2026, 11, 2))) == ["旧规则"]
    assert titles(LessonFilter(overdue_on=date(2026, 11, 1))) == []
    archive(actor=cast.trainer, lesson=old, at=AT)
    assert titles(LessonFilter())[-1] == "旧规则"
    assert kept.state is LessonState.DRAFT


# --- pages -------------------------------------------------------------------------------------------------------


def form(lesson_or_competency: Lesson | int, **changes: str) -> dict[str, str]:
    if isinstance(lesson_or_competency, Lesson):
        version, competency = newest(lesson_or_competency), lesson_or_competency.activity.competencies[0].id
        shop_id, base = str(lesson_or_competency.shop_id), str(lesson_or_competency.latest_number)
        filled = {
            "title": version.title,
            "body": version.body,
            "summary": version.summary,
            "minutes": str(version.minutes),
        }
        return filled | {"competency_ids": str(competency), "shop_id": shop_id, "base": base} | changes
    return {"title": "新课", "body": "正文", "minutes": "5", "competency_ids": str(lesson_or_competency)} | changes


def test_writing_publishing_and_reading_a_lesson(cast: Cast, session: scoped_session, sign_in: SignIn) -> None:
    competency = make_competency("接待", dimension=Dimension.ATTITUDE)
    session.commit()
    trainer, agent = sign_in(cast.trainer), sign_in(cast.agent)
    body = "## 先问\r\n\r\n```chat 正例\r\n买家: 在吗\r\n客服: 在的\r\n```\r\n"
    saved = trainer.post("/lessons/manage/new", data=form(competency.id, body=body, shop_id=str(cast.shop.id)))
    made = session.scalars(select(Lesson)).one()
    assert (saved.status_code, saved.location) == (303, f"/lessons/manage/{made.id}")
    assert "新课" not in agent.get("/lessons/").get_data(as_text=True)
    assert trainer.post(f"/lessons/manage/{made.id}/publish").status_code == 403  # the own lesson, under review
    assert sign_in(cast.admin).post(f"/lessons/manage/{made.id}/publish").status_code == 303
    page = agent.get(f"/lessons/{made.id}").get_data(as_text=True)
    assert '<h2 id="s1">先问</h2>' in page
    assert '<p class="chat-text">在的</p>' in page
    assert trainer.post(f"/lessons/manage/{made.id}/archive").status_code == 303
    assert agent.get(f"/lessons/{made.id}").status_code == 404


def test_saving_and_publishing_in_one_go(cast: Cast, lesson: Lesson, sign_in: SignIn, session: scoped_session) -> None:
    client, url = sign_in(cast.trainer), f"/lessons/manage/{lesson.id}"
    assert client.post(url, data=form(lesson, body="只存不发。", then="save")).status_code == 303
    session.refresh(lesson)
    assert (lesson.latest_number, lesson.published_number) == (2, 1)
    assert client.post(url, data=form(lesson, body="存了就发。", then="publish")).status_code == 303
    session.refresh(lesson)
    assert (lesson.latest_number, lesson.published_number) == (3, 3)


def test_nothing_that_was_written_is_lost_when_it_is_refused(cast: Cast, lesson: Lesson, sign_in: SignIn) -> None:
    client, url = sign_in(cast.trainer), f"/lessons/manage/{lesson.id}"
    client.post(url, data=form(lesson, body="别人先存的。"))
    for changes, told in (
        ({"body": "我写了很久的正文", "base": "1"}, "别人刚保存了新的版本"),
        ({"body": "我写了很久的正文", "title": ""}, "请填写标题"),
        ({"body": "我写了很久的正文\n\n```自测\n```"}, "自测里没有题"),
        ({"body": "我写了很久的正文", "minutes": "abc"}, "整数"),
    ):
        answer = client.post(url, data=form(lesson, **changes))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, told
        assert "我写了很久的正文" in re.sub(r"<section.*?</section>", "", page, flags=re.DOTALL), told
        assert told in page
    assert newest(lesson).body == "别人先存的。\n"


def test_competencies_of_two_dimensions_are_refused(
    cast: Cast, lesson: Lesson, sign_in: SignIn, session: scoped_session
) -> None:
    other = make_competency(dimension=Dimension.ATTITUDE)
    session.commit()
    data = form(lesson) | {"competency_ids": [str(lesson.activity.competencies[0].id), str(other.id)]}
    answer = sign_in(cast.trainer).post(f"/lessons/manage/{lesson.id}", data=data)
    assert answer.status_code == 422
    assert "同一个维度" in answer.get_data(as_text=True)


def test_an_older_version_can_be_brought_back(
    cast: Cast, lesson: Lesson, sign_in: SignIn, session: scoped_session
) -> None:
    edit(cast, lesson, body="后来的正文。")
    session.commit()
    client = sign_in(cast.trainer)
    page = client.get(f"/lessons/manage/{lesson.id}?from=1").get_data(as_text=True)
    assert "到这里就结束了。" in page
    assert 'name="base" type="hidden" value="2"' in page
    assert client.get(f"/lessons/manage/{lesson.id}?from=9").status_code == 404
    assert client.get(f"/lessons/manage/{lesson.id}/versions/9").status_code == 404
    history = client.get(f"/lessons/manage/{lesson.id}/versions").get_data(as_text=True)
    assert "版本 1" in history
    assert "版本 2" in history


def test_the_preview_shows_the_text_and_stores_nothing(cast: Cast, sign_in: SignIn, session: scoped_session) -> None:
    client = sign_in(cast.trainer)
    page = client.post("/lessons/manage/preview", data={"body": "**粗**\n\n```平台规则\n规则\n```"}).get_data(
        as_text=True
    )
    assert "<strong>粗</strong>" in page
    assert "第 3 行" in page
    assert session.scalars(select(Lesson)).all() == []
    assert "开始写正文" in client.post("/lessons/manage/preview").get_data(as_text=True)


def test_filters_of_the_page_ignore_nonsense(cast: Cast, lesson: Lesson, sign_in: SignIn) -> None:
    client = sign_in(cast.trainer)
    for query in (
        "state=nonsense",
        "dimension=nonsense",
        "page=x",
        "state=published&dimension=skill&q=接待",
        "state=overdue",
    ):
        assert client.get(f"/lessons/manage/?{query}").status_code == 200
    assert "甲店接待礼仪课" in client.get("/lessons/manage/?q=礼仪").get_data(as_text=True)
    assert "甲店接待礼仪课" not in client.get("/lessons/manage/?q=没有").get_data(as_text=True)
