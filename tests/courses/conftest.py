"""Lessons for the tests of courses: one of shop 甲, and what tests change on it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.publishing import publish
from courses.lessons.queries import version_of
from courses.lessons.review_models import ReviewSetting
from courses.lessons.services import Draft, create_lesson
from lms.kernel.db import db
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
    if not published:
        return lesson
    switch_reviews_off(lesson.shop_id)
    return publish(actor=author, lesson=lesson, at=at)


def switch_reviews_off(shop_id: int | None) -> None:
    """Let authors publish what they wrote themselves, as most tests do; test_reviews.py has the other half."""
    _review(shop_id, required=False)


def switch_reviews_on(shop_id: int | None) -> None:
    """The default again."""
    _review(shop_id, required=True)


def _review(shop_id: int | None, *, required: bool) -> None:
    setting = db.session.scalars(select(ReviewSetting).where(ReviewSetting.place == (shop_id or 0))).one_or_none()
    setting = setting or ReviewSetting(place=shop_id or 0, shop_id=shop_id)
    setting.required = required
    db.session.add(setting)
    db.session.flush()


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
    switch_reviews_off(cast.shop.id)
    session.commit()
    return made
