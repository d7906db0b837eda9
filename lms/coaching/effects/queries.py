"""Lessons with cases, what is known of them, and the cases that a viewer may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from lms.coaching.effects.figures import LessonCase, Mark
from lms.coaching.effects.models import LessonEffect
from lms.coaching.enums import ActOn
from lms.coaching.loop.follow_services import COUNTED_SOURCES
from lms.coaching.loop.models import RemedialCase
from lms.coaching.loop.queries import case_filter, check_of
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import shop_filter
from lms.people.rules import can_see_shop, require_visible
from lms.qa.evaluations.models import Evaluation, EvaluationLine
from lms.qa.evaluations.queries import CountedLine, counted_lines, counted_value
from lms.qa.sampling.models import QueueEntry
from lms.qa.scorecards.models import Criterion

# --- what is worked out --------------------------------------------------------------------------------------------


def lessons_due(before: datetime, limit: int) -> list[tuple[int, int]]:
    """(shop, lesson) with cases, not worked out since ``before``; those never worked out first. One statement."""
    query = (
        select(RemedialCase.shop_id, RemedialCase.lesson_id)
        .outerjoin(
            LessonEffect,
            and_(LessonEffect.shop_id == RemedialCase.shop_id, LessonEffect.lesson_id == RemedialCase.lesson_id),
        )
        .where(
            RemedialCase.lesson_id.is_not(None),
            or_(LessonEffect.id.is_(None), LessonEffect.computed_at <= before),
        )
        .group_by(RemedialCase.shop_id, RemedialCase.lesson_id)
        .order_by(func.max(LessonEffect.computed_at).is_not(None), func.max(LessonEffect.computed_at))
        .limit(limit)
    )
    return [(shop_id, lesson_id) for shop_id, lesson_id in db.session.execute(query) if lesson_id is not None]


def cases_of_lesson(shop_id: int, lesson_id: int) -> list[LessonCase]:
    """Every case of the lesson as it was drawn, whatever became of it. One statement."""
    query = (
        select(
            RemedialCase.agent_id,
            RemedialCase.criterion_id,
            RemedialCase.arm,
            RemedialCase.opened_at,
            RemedialCase.settings,
            RemedialCase.trained_at,
        )
        .where(RemedialCase.shop_id == shop_id, RemedialCase.lesson_id == lesson_id)
        .order_by(RemedialCase.id)
    )
    return [
        LessonCase(agent_id, criterion_id, arm, opened_at, settings.get("window_days", 0), trained_at)
        for agent_id, criterion_id, arm, opened_at, settings, trained_at in db.session.execute(query)
    ]


def marks_of_lesson(shop_id: int, lesson_id: int) -> dict[tuple[int, int], list[Mark]]:
    """The checks on the criteria of the lesson's cases, by (agent, criterion). One statement.

    Only chats drawn at random or asked for as a follow-up: those chosen for their risk are worse than the agent is. A
    fault counts as in the loop: not when its cause lies elsewhere, not while it is disputed; a ruling wins.
    """
    concerned = (
        select(RemedialCase.agent_id, RemedialCase.criterion_id)
        .where(RemedialCase.shop_id == shop_id, RemedialCase.lesson_id == lesson_id)
        .distinct()
        .subquery()
    )
    query = (
        counted_lines()
        .add_columns(EvaluationLine.agent_id)
        .join(
            concerned,
            and_(
                concerned.c.agent_id == EvaluationLine.agent_id,
                concerned.c.criterion_id == EvaluationLine.criterion_id,
            ),
        )
        .join(QueueEntry, QueueEntry.id == Evaluation.entry_id)
        .where(
            Evaluation.shop_id == shop_id,
            QueueEntry.source.in_(COUNTED_SOURCES),
            counted_value().is_not(None),
        )
    )
    found: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for *columns, agent_id in db.session.execute(query):
        line = CountedLine(*columns)
        failed = check_of(line, ActOn.SUBMITTED).failed
        if failed is not None:
            found[agent_id, line.criterion_id].append(Mark(line.served_at, not failed))
    return found


# --- what people see -----------------------------------------------------------------------------------------------


def effects_visible_to(viewer: Person) -> Any:
    """What is known of the lessons of the viewer's shops.

    Only those with an interval have an order, the largest difference first; after them those with most cases.
    """
    return (
        select(LessonEffect)
        .where(shop_filter(viewer, LessonEffect.shop_id))
        .options(joinedload(LessonEffect.lesson), joinedload(LessonEffect.shop))
        .order_by(
            LessonEffect.difference.is_(None),
            LessonEffect.difference.desc(),
            LessonEffect.cases.desc(),
            LessonEffect.id,
        )
    )


def visible_effect(viewer: Person, effect_id: int) -> LessonEffect:
    """The lesson's figures. NotFound outside the viewer's shops."""
    found = db.session.get(
        LessonEffect, effect_id, options=[joinedload(LessonEffect.lesson), joinedload(LessonEffect.shop)]
    )
    require_visible(found is not None and can_see_shop(viewer, found.shop_id))
    assert found is not None
    return found


def criteria_named(idents: Sequence[int]) -> dict[int, str]:
    """The names of criteria. One statement."""
    query = select(Criterion.id, Criterion.name).where(Criterion.id.in_(idents))
    return {ident: name for ident, name in db.session.execute(query)}


def cases_visible_to(viewer: Person, effect: LessonEffect) -> Any:
    """The cases of the lesson that the viewer may see, the newest first."""
    return (
        select(RemedialCase)
        .where(
            RemedialCase.shop_id == effect.shop_id,
            RemedialCase.lesson_id == effect.lesson_id,
            case_filter(viewer),
        )
        .options(joinedload(RemedialCase.agent).lazyload(Person.grants), joinedload(RemedialCase.criterion))
        .order_by(RemedialCase.opened_at.desc(), RemedialCase.id.desc())
    )
