"""Lessons for the tests of courses: one of shop 甲, and what tests change on it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import scoped_session

from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import version_of
from courses.lessons.services import Draft, create_lesson, publish
from lms.learning.enums import Dimension
from lms.people.models import Person, Shop
from tests.conftest import Cast
from tests.factories import make_competency

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
BODY = "## 第一节\n\n" + "先听完，再回答。" * 75 + "\n\n## 第二节\n\n到这里就结束了。\n"  # 600 characters: 41 seconds
NEEDED = 41


def write_lesson(
    author: Person,
    shop: Shop | None,
    *,
    title: str = "甲店接待礼仪课",
    body: str = BODY,
    published: bool = True,
    dimension: Dimension = Dimension.SKILL,
    at: datetime = AT,
) -> Lesson:
    lesson = create_lesson(
        actor=author,
        draft=Draft(title=title, body=body, summary="甲店的做法", minutes=6),
        competencies=[make_competency(dimension=dimension)],
        shop_id=shop.id if shop else None,
        at=at,
    )
    return publish(actor=author, lesson=lesson, at=at) if published else lesson


def newest(lesson: Lesson) -> LessonVersion:
    return version_of(lesson, lesson.latest_number)


@pytest.fixture
def lesson(cast: Cast, session: scoped_session) -> Lesson:
    """A published lesson of shop 甲, written by its trainer."""
    made = write_lesson(cast.trainer, cast.shop)
    session.commit()
    return made


@pytest.fixture
def draft(cast: Cast, session: scoped_session) -> Lesson:
    """A lesson of shop 甲 that nobody has published."""
    made = write_lesson(cast.trainer, cast.shop, title="甲店未发布的课时", published=False)
    session.commit()
    return made
