"""Types of lessons beside plain text: what authors are told, and how quizzes and chats show and complete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.lessons.models import Lesson
from courses.lessons.services import open_lesson
from courses.types import NOWHERE, Place, lesson_type
from courses.types.video import cover_of
from lms.kernel.db import db
from lms.learning.enums import Verb
from lms.learning.models import Activity, Record
from lms.learning.services import write_record
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import AT, newest
from tests.courses.panels.making import CHECKLIST, make_lesson, make_video
from tests.factories import make_activity, make_assignment

GOOD = "```chat 正例\n买家: 起球吗\n客服: 我帮您查面料，两分钟内回您。\n点评: 说清了下一步。\n```"
BAD = "```chat 反例\n买家: 起球吗\n客服: 详情页有写。\n点评: 客人来问，就是没看到。\n```"


def told(type_name: str, body: str, settings: dict[str, Any] | None = None) -> list[tuple[int, str]]:
    return [(problem.line, problem.message[:12]) for problem in lesson_type(type_name).problems(body, settings or {})]


@pytest.mark.parametrize(
    ("type_name", "body", "settings", "expected"),
    [
        ("chat", "只有文字", {}, [(1, "对话示范要有至少一段正例")]),
        ("chat", "开头\n\n```chat 正例\n买家: 在吗\n客服: 在\n```\n" + BAD, {}, [(3, "这段对话没有点评，请加一")]),
        ("chat", GOOD, {}, []),
        ("chat", "", {}, [(1, "课时要有正文。")]),
        ("checklist", "没有清单", {}, [(1, "带教清单要有至少一条，请")]),
        ("checklist", "```清单\n```", {}, [(1, "清单是空的，请一行写一条")]),
        ("checklist", CHECKLIST, {}, []),
        ("video", "", {}, [(0, "请选择一个视频，或者上传")]),
        ("video", "", {"media": "0" * 16}, []),
        ("quiz", "", {}, [(0, "请选择一份测验。")]),
        ("quiz", "先看要点", {"activity_id": 3}, []),
    ],
)
def test_authors_are_told_what_is_missing(
    app: Flask, type_name: str, body: str, settings: dict[str, Any], expected: list[tuple[int, str]]
) -> None:
    assert told(type_name, body, settings) == expected


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"media": "media:0123456789abcdef", "cover": "80"}, {"media": "0123456789abcdef", "cover": 0.8}),
        ({"media": "../../etc", "cover": "-3"}, {"media": "", "cover": 0.9}),
        ({"cover": "100"}, {"media": "", "cover": 0.98}),
        ({"cover": "٩٠"}, {"media": "", "cover": 0.9}),
    ],
)
def test_settings_of_a_video(app: Flask, sent: dict[str, str], kept: dict[str, Any]) -> None:
    assert lesson_type("video").settings_from(sent) == kept


def test_settings_of_a_quiz(app: Flask) -> None:
    kind = lesson_type("quiz")
    assert kind.settings_from({"quiz": "12"}) == {"activity_id": 12}
    assert kind.settings_from({"quiz": "12 quiz:week1-day1"}) == {"activity_id": 12, "slug": "quiz:week1-day1"}
    assert kind.settings_from({"quiz": "x"}) == {"activity_id": 0}


def test_whatever_stands_in_the_settings_the_share_is_sensible() -> None:
    assert [cover_of({"cover": value}) for value in (0, 5, None, "x", 0.7)] == [0.5, 0.98, 0.9, 0.9, 0.7]


def test_a_good_and_a_bad_chat_stand_side_by_side(app: Flask) -> None:
    body = f"{GOOD}\n\n{BAD}\n\n文字\n\n{GOOD}"
    with app.test_request_context():
        html = str(lesson_type("chat").render(body, today=AT.date(), place=NOWHERE).html)
    assert html.count("chat-pair") == 1 and html.count("<figure") == 3
    assert html.index("chat-pair") < html.index("</div>\n<p>文字</p>")


def test_authors_see_the_video_and_the_points_in_the_preview(cast: Cast, sign_in: Callable) -> None:
    lesson = make_video(cast.trainer, cast.shop)
    sent = {"type": "video", "body": "要点", "shop_id": str(cast.shop.id), "media": newest(lesson).settings["media"]}
    trainer = sign_in(cast.trainer)
    shown = trainer.post("/lessons/manage/preview", data=sent).get_data(as_text=True)
    assert "<video" in shown and "data-watch-bar" not in shown
    missing = trainer.post("/lessons/manage/preview", data=sent | {"media": "f" * 16}).get_data(as_text=True)
    assert "找不到了" in missing
    points = trainer.post("/lessons/manage/preview", data={"type": "checklist", "body": CHECKLIST})
    assert "记下没解决的事" in points.get_data(as_text=True)


# --- quizzes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def quiz(cast: Cast) -> Activity:
    return make_activity("甲店小测", kind="quiz", shop=cast.shop)


@pytest.fixture
def lesson(cast: Cast, quiz: Activity, session: scoped_session) -> Lesson:
    made = make_lesson(cast.trainer, cast.shop, "quiz", "先看要点。", {"activity_id": quiz.id}, title="甲店测验课")
    session.commit()
    return made


def result(person: Person, quiz: Activity, score: float, *, days: float = 0, key: str = "") -> Record:
    passed = score >= 0.8
    return write_record(
        actor=person,
        verb=Verb.PASSED if passed else Verb.FAILED,
        activity=quiz,
        at=AT + timedelta(days=days),
        idempotency_key=f"test:{person.id}:{quiz.id}:{days}:{key}",
        score=score,
        success=passed,
        completion=True,
    )


def completions(person: Person, lesson: Lesson) -> list[float | None]:
    query = select(Record).where(
        Record.actor_id == person.id, Record.activity_id == lesson.activity_id, Record.verb == Verb.COMPLETED
    )
    return [record.score for record in db.session.scalars(query)]


def test_passing_the_quiz_completes_the_lesson_of_whoever_has_it(cast: Cast, lesson: Lesson, quiz: Activity) -> None:
    make_assignment(cast.agent, lesson.activity, at=AT)
    open_lesson(actor=cast.agent2, lesson=lesson, version=newest(lesson), at=AT)
    for person in (cast.agent, cast.agent2, cast.lead):
        result(person, quiz, 0.5)
        assert completions(person, lesson) == []
        result(person, quiz, 0.9, days=1)
    assert completions(cast.agent, lesson) == [0.9] and completions(cast.agent2, lesson) == [0.9]
    assert completions(cast.lead, lesson) == []  # neither opened nor given
    result(cast.agent, quiz, 1.0, days=2)
    assert completions(cast.agent, lesson) == [0.9]


def test_who_passed_before_completes_by_opening(cast: Cast, lesson: Lesson, quiz: Activity, sign_in: Callable) -> None:
    result(cast.agent, quiz, 0.85)
    client: FlaskClient = sign_in(cast.agent)
    assert "测验通过，这一节学完了" in client.get(f"/lessons/{lesson.id}").get_data(as_text=True)
    assert completions(cast.agent, lesson) == [0.85]
    # Given again a year later, the old result does not count; a new one does.
    make_assignment(cast.agent, lesson.activity, at=AT + timedelta(days=365 * 9))
    assert "去做测验" in client.get(f"/lessons/{lesson.id}").get_data(as_text=True)
    result(cast.agent, quiz, 1.0, days=365 * 9 + 1)
    assert completions(cast.agent, lesson) == [0.85, 1.0]


def test_a_quiz_of_another_shop_or_kind_leads_nowhere(cast: Cast, sign_in: Callable) -> None:
    foreign = make_activity("乙店机密小测", kind="quiz", shop=cast.other_shop)
    other = make_activity("另一节课时", kind="lesson", shop=cast.shop)
    client: FlaskClient = sign_in(cast.agent)
    for activity in (foreign, other):
        made = make_lesson(cast.trainer, cast.shop, "quiz", "看", {"activity_id": activity.id})
        db.session.commit()
        page = client.get(f"/lessons/{made.id}").get_data(as_text=True)
        assert "暂时不能做" in page and "乙店机密" not in page
        make_assignment(cast.agent, made.activity, at=AT)
        result(cast.agent, activity, 1.0)
        assert completions(cast.agent, made) == []


def test_a_slug_names_the_quiz_where_it_has_one(cast: Cast, quiz: Activity) -> None:
    from courses.types.quiz import leads_to, quiz_of

    quiz.slug = "quiz:camp"
    other = make_activity("甲店别的小测", kind="quiz", shop=cast.shop)
    db.session.flush()
    settings = {"activity_id": other.id, "slug": "quiz:camp"}
    lesson = make_lesson(cast.trainer, cast.shop, "quiz", "看", settings)
    assert quiz_of(settings, cast.shop.id) == quiz
    assert leads_to(lesson, settings, quiz) and not leads_to(lesson, settings, other)
    assert quiz_of({"slug": "quiz:gone", "activity_id": quiz.id}, cast.shop.id) is None


def test_the_editor_offers_quizzes_of_the_authors_shops(cast: Cast, quiz: Activity, sign_in: Callable) -> None:
    make_activity("乙店机密小测", kind="quiz", shop=cast.other_shop)
    page = sign_in(cast.trainer).get("/lessons/manage/new?type=quiz").get_data(as_text=True)
    assert "甲店小测" in page and "乙店机密" not in page


def test_a_place_with_a_panel_leaves_the_points_to_it(app: Flask) -> None:
    kind = lesson_type("checklist")
    html = str(kind.render(CHECKLIST, today=AT.date(), place=Place(with_panel=True)).html)
    assert "记下没解决的事" not in html and "接待" not in html and "做完找组长签字" in html
