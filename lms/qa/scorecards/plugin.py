"""Announces this part of quality checks to the host."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DashboardCard, DemoStep, HelpPage, NavItem, hookimpl
from lms.people.models import Person
from lms.qa.permissions import Q
from lms.qa.scorecards import models as models
from lms.qa.scorecards.starter import load_starter
from lms.qa.scorecards.telling import cards_for, tell_published

HERE = Path(__file__).parent


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.scorecards.views import bp  # jobs and commands never need it

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("qa_scorecards.index", _l("评分表"), "clipboard-list", 84, Q.SCORECARDS_EDIT, "qa")]


@hookimpl
def setup_home(at: datetime) -> str | None:
    """A fresh home can score chats from the first day."""
    return load_starter(at=at)


@hookimpl
def scorecard_published(version: Any) -> None:
    tell_published(version=version)


@hookimpl
def later_cards(person: Person, at: datetime) -> list[DashboardCard]:
    return cards_for(person)


@hookimpl
def help_pages() -> list[HelpPage]:
    return [HelpPage("qa-scorecards", "质检：评分表、改进事项和外部结果", HERE / "help" / "scorecards.md", order=31)]


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.qa.scorecards.demo import DEMO_STEPS  # commands only

    return list(DEMO_STEPS)
