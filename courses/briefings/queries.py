"""Lists of briefings, and what the courses have to tell of a week."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from courses.briefings.models import Briefing
from courses.briefings.permissions import B
from courses.briefings.rules import can_edit_briefing, can_read_briefing
from courses.lessons.enums import LessonState
from courses.lessons.models import Lesson, LessonVersion
from courses.notices.enums import NoticeState
from courses.notices.models import Notice, NoticeVersion
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import shop_filter
from lms.people.rules import has_permission, require_visible


def readable(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_read_briefing``."""
    seen = shop_filter(person, Briefing.shop_id)
    return seen if has_permission(person, B.BRIEFINGS_EDIT) else and_(seen, Briefing.published_at.is_not(None))


def briefings_for(person: Person) -> Any:
    """Briefings that the person may read, the newest week first."""
    query = select(Briefing).where(readable(person)).options(joinedload(Briefing.shop))
    return query.order_by(Briefing.monday.desc(), Briefing.id.desc())


def briefing_for_reading(person: Person, briefing_id: int) -> Briefing:
    """The briefing. NotFound unless the person may read it."""
    briefing = db.session.get(Briefing, briefing_id)
    require_visible(briefing is not None and can_read_briefing(person, briefing))
    assert briefing is not None
    return briefing


def briefing_for_authors(person: Person, briefing_id: int) -> Briefing:
    """The briefing. NotFound unless the person may write it."""
    briefing = db.session.get(Briefing, briefing_id)
    require_visible(briefing is not None and can_edit_briefing(person, briefing))
    assert briefing is not None
    return briefing


def lessons_published(shop_id: int, since: datetime, until: datetime) -> list[tuple[Lesson, LessonVersion]]:
    """Lessons of the shop, or of all shops, whose text was published in [since, until), the newest first."""
    shown = and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.number == Lesson.published_number)
    query = (
        select(Lesson, LessonVersion)
        .join(LessonVersion, shown)
        .where(
            Lesson.state == LessonState.PUBLISHED,
            or_(Lesson.shop_id.is_(None), Lesson.shop_id == shop_id),
            Lesson.published_at >= since,
            Lesson.published_at < until,
            LessonVersion.created_by_id.is_not(None),  # what came with the program is no news of this week
        )
        .order_by(Lesson.published_at.desc(), Lesson.id)
        .limit(50)
    )
    return [(lesson, version) for lesson, version in db.session.execute(query)]


def notices_published(shop_id: int, since: datetime, until: datetime) -> list[tuple[Notice, NoticeVersion]]:
    """Rule-change notices of the shop, or of all shops, published in [since, until)."""
    shown = and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.number == Notice.number)
    query = (
        select(Notice, NoticeVersion)
        .join(NoticeVersion, shown)
        .where(
            Notice.state != NoticeState.DRAFT,
            or_(Notice.shop_id.is_(None), Notice.shop_id == shop_id),
            Notice.published_at >= since,
            Notice.published_at < until,
        )
        .order_by(Notice.published_at.desc(), Notice.id)
        .limit(50)
    )
    return [(notice, version) for notice, version in db.session.execute(query)]
