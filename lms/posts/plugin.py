"""Announces posts to the host."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import (
    DemoStep,
    NavItem,
    PeopleColumn,
    PermissionSpec,
    TranscriptSection,
    hookimpl,
)
from lms.people.models import Person
from lms.posts import models as models
from lms.posts.permissions import PP, SPECS


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.posts.views import bp  # the job process and commands never need the views

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("posts.people", _l("岗位与调岗"), "id-badge-2", 225, PP.POSTS_ASSIGN, "team"),
        NavItem("posts.index", _l("岗位设置"), "id-badge", 226, PP.POSTS_EDIT, "team"),
    ]


@hookimpl
def setup_home(at: datetime) -> str | None:
    """The posts that ship; they come after the lessons, which bring the competencies."""
    from lms.posts.starter import load_posts

    made = load_posts(at=at)
    return f"已建立 {made} 个岗位" if made else None


@hookimpl
def transcript_sections(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    """岗位要求的能力: what is shown, what is missing, what to do next."""
    from lms.posts.queries import competency_status, posts_with_requirements

    posts, required = posts_with_requirements(person, viewer)
    if not posts:
        return []
    context = {"posts": posts, "rows": competency_status(person, viewer, required), "own": person.id == viewer.id}
    return [TranscriptSection(10, _l("岗位要求的能力"), "lms/posts/transcript.html", context)]


@hookimpl
def people_columns() -> list[PeopleColumn]:
    from lms.posts.columns import POSTS_COLUMN

    return [POSTS_COLUMN]


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.posts.demo import give_demo_posts

    return [DemoStep(15, "岗位", give_demo_posts)]
