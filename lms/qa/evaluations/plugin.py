"""Announces scoring, results and one's own results to the host."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DashboardCard, HelpPage, NavItem, TimelineEvent, TranscriptSection, hookimpl
from lms.people.models import Person
from lms.qa.evaluations import models as models
from lms.qa.permissions import Q

HERE = Path(__file__).parent


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.evaluations import scoring_views  # noqa: F401  jobs and commands never need them
    from lms.qa.evaluations.views import bp, mine_bp

    return [bp, mine_bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("qa_mine.index_own", _l("我的质检"), "clipboard-check", 140, Q.EVALUATIONS_READ_OWN, "learn"),
        NavItem("qa_evaluations.index", _l("质检结果"), "report-analytics", 50, Q.EVALUATIONS_READ, "qa"),
    ]


@hookimpl
def dashboard_cards(person: Person, at: datetime) -> list[DashboardCard]:
    from lms.qa.evaluations.cards import own_card

    return own_card(person)


@hookimpl
def later_cards(person: Person, at: datetime) -> list[DashboardCard]:
    from lms.qa.evaluations.cards import queue_card

    return queue_card(person)


@hookimpl
def transcript_sections(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    from lms.qa.evaluations.cards import transcript_of

    return transcript_of(person, viewer, at)


@hookimpl
def timeline_events(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    from lms.qa.evaluations.timeline import events_of

    return events_of(person, viewer, since, until)


@hookimpl
def evaluation_submitted(evaluation: Any) -> None:
    from lms.qa.evaluations.telling import tell_of_result

    tell_of_result(evaluation)


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"qa.settle_due": (60, "lms.qa.evaluations.tasks:settle_due")}


@hookimpl
def help_pages() -> list[HelpPage]:
    return [HelpPage("qa-scoring", "质检：评分、结果与申诉", HERE / "help" / "scoring.md", order=33)]
