"""Announces lessons to the host: pages, permissions, the kind of activity, the lesson type, commands and the demo."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l

from courses.cli import courses
from courses.demo import DEMO_STEPS
from courses.lessons import authoring_views, media_views, review_views, version_views, views
from courses.lessons.queries import KIND, lessons_by_competency, next_to_read
from courses.outline import views as outline_views
from courses.packages import views as package_views
from courses.permissions import SPECS, C
from courses.signoffs import cards as signoff_cards
from courses.signoffs import views as signoff_views
from courses.signoffs.permissions import SPECS as SIGN_SPECS
from courses.signoffs.permissions import S
from courses.starter.services import load_starter
from courses.types import LessonType, markdown
from courses.types.chat import ChatLesson
from courses.types.checklist import ChecklistLesson
from courses.types.file import FileLesson
from courses.types.markdown import MarkdownLesson
from courses.types.quiz import QuizLesson, quiz_passed
from courses.types.video import VideoLesson
from courses.watching import views as watch_views
from lms.kernel.db import db
from lms.kernel.hookspecs import ActivityKind, DashboardCard, DemoStep, HelpPage, NavItem, PermissionSpec, hookimpl
from lms.learning.models import Record
from lms.people.models import Person
from lms.people.rules import has_permission

HERE = Path(__file__).parent
log = logging.getLogger(__name__)


@hookimpl
def blueprints() -> list[Blueprint]:
    # Their import puts them on the blueprint of the lessons.
    assert media_views.media is not None and watch_views.watch is not None
    return [
        views.bp,
        authoring_views.bp,
        review_views.bp,
        version_views.bp,
        version_views.changes_bp,
        outline_views.reading_bp,
        outline_views.bp,
        package_views.bp,
        signoff_views.bp,
        markdown.bp,
    ]


@hookimpl
def permissions() -> list[PermissionSpec]:
    return [*SPECS, *SIGN_SPECS]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("lessons.index", _l("课程"), "book", 20, C.LESSONS_READ, "learn", tab=True),
        NavItem("checklists.index", _l("带教清单"), "checklist", 207, S.CHECKLISTS_SIGN, "team"),
        NavItem("lesson_authoring.index", _l("课时管理"), "edit", 345, C.LESSONS_EDIT, "chats"),
        NavItem("lesson_reviews.settings", _l("课时审核设置"), "shield-check", 480, C.REVIEWS_SET, "team"),
    ]


@hookimpl
def activity_kinds() -> list[ActivityKind]:
    return [
        ActivityKind(
            KIND,
            _l("课时"),
            "book",
            url=lambda activity_id: url_for("lessons.of_activity", activity_id=activity_id),
            manage_url=lambda activity_id: url_for("lesson_authoring.of_activity", activity_id=activity_id),
        )
    ]


@hookimpl
def lesson_types() -> list[LessonType]:
    return [MarkdownLesson(), FileLesson(), VideoLesson(), ChatLesson(), QuizLesson(), ChecklistLesson()]


@hookimpl
def record_written(record: Record) -> None:
    """A quiz that was passed completes the lessons that lead to it. A mistake in here must not cost anybody their exam:
    it is logged, and opening the lesson makes up for it."""
    try:
        with db.session.begin_nested():
            quiz_passed(record)
    except Exception:
        log.exception("record %s was not counted to a lesson", record.id)


@hookimpl
def later_cards(person: Person, at: datetime) -> list[DashboardCard]:
    """继续学习: what to go on with; left out when everything is read. 待签清单: for leads, whom to sign for."""
    cards = signoff_cards.cards_for(person, at)
    readings = next_to_read(person) if has_permission(person, C.LESSONS_READ) else []
    if readings:
        cards.append(DashboardCard(30, "courses/lessons/card.html", {"readings": readings, "at": at}))
    return cards


@hookimpl
def guidance(competency_ids: Sequence[int], shop_id: int | None) -> dict[str, dict[int, int]]:
    return {"lesson": lessons_by_competency(competency_ids, shop_id)}


@hookimpl
def commands() -> list[click.Command]:
    return [courses]


@hookimpl
def setup_home(at: datetime) -> str | None:
    """A fresh home has lessons to start with; a newer release renews those that nobody has touched."""
    report = load_starter(at=at)
    if not report.added and not report.renewed:
        return None
    return f"入门课时：新增 {report.added}，更新 {report.renewed}"


@hookimpl
def help_pages() -> list[HelpPage]:
    return [HelpPage("writing-lessons", "培训师：写一节课", HERE / "help" / "writing-lessons.md", order=4)]


@hookimpl
def demo_steps() -> list[DemoStep]:
    return list(DEMO_STEPS)
