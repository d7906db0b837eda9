"""Working out what lessons do. Needs SciPy: for jobs, not for pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from lms.coaching.effects.figures import work_out
from lms.coaching.effects.models import LessonEffect
from lms.coaching.effects.queries import cases_of_lesson, lessons_due, marks_of_lesson
from lms.kernel.db import db

FRESH = timedelta(hours=6)


def compute_effect(*, shop_id: int, lesson_id: int, at: datetime) -> LessonEffect:
    """Work out a lesson of a shop anew and keep it."""
    figures = work_out(cases_of_lesson(shop_id, lesson_id), marks_of_lesson(shop_id, lesson_id), at)
    query = select(LessonEffect).where(LessonEffect.shop_id == shop_id, LessonEffect.lesson_id == lesson_id)
    row = db.session.scalars(query).one_or_none()
    if row is None:
        row = LessonEffect(shop_id=shop_id, lesson_id=lesson_id)
        db.session.add(row)
    effect = figures.effect
    row.cases, row.now_cases, row.later_cases = figures.cases, effect.now.cases, effect.later.cases
    row.difference, row.low, row.high = effect.difference, effect.low, effect.high
    row.figures, row.computed_at = figures.to_json(), at
    db.session.flush()
    return row


def compute_due(*, at: datetime, limit: int = 50) -> int:
    """Work out the lessons whose figures are older than six hours. Returns how many."""
    due = lessons_due(at - FRESH, limit)
    for shop_id, lesson_id in due:
        compute_effect(shop_id=shop_id, lesson_id=lesson_id, at=at)
    return len(due)
