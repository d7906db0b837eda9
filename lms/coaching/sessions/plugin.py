"""Announces coaching sessions to the host."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.coaching.permissions import C
from lms.coaching.sessions import models as models
from lms.coaching.sessions.template_services import load_starter
from lms.kernel.hookspecs import DashboardCard, DemoStep, HelpPage, NavItem, TimelineEvent, hookimpl
from lms.people.models import Person


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.coaching.sessions import plan_views, template_views, views  # noqa: F401  jobs never need them
    from lms.coaching.sessions.blueprint import bp

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("coaching_sessions.index", _l("辅导面谈"), "messages", 70, C.COACHING_EDIT, "qa")]


@hookimpl
def setup_home(at: datetime) -> str | None:
    """The templates that ship."""
    made = load_starter(at=at)
    return f"已建立 {made} 个辅导模板" if made else None


@hookimpl
def later_cards(person: Person, at: datetime) -> list[DashboardCard]:
    from lms.coaching.sessions.cards import unsigned_card

    return unsigned_card(person, at)


@hookimpl
def timeline_events(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    from lms.coaching.sessions.cards import events_of

    return events_of(person, viewer, since, until)


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"coaching.sessions": (60, "lms.coaching.sessions.tasks:remind")}


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.coaching.sessions.demo import DEMO_STEPS

    return list(DEMO_STEPS)


@hookimpl
def help_pages() -> list[HelpPage]:
    page = Path(__file__).parent / "help" / "coaching-sessions.md"
    return [HelpPage("coaching-sessions", "辅导面谈与时间线", page, order=34)]
