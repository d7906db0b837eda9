"""Announces quizzes (测验) to the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.hookspecs import ActivityKind, NavItem, hookimpl
from lms.people.models import Person
from quizzes.papers.models import Quiz
from quizzes.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from quizzes.papers.views import bp  # views need the plugins loaded, which import this module

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("papers.index", _l("测验管理"), "clipboard-list", 340, Q.QUIZZES_EDIT, "chats")]


def _result_of(context: dict[str, Any]) -> str | None:
    attempt_id = context.get("attempt_id")
    return url_for("attempts.result", attempt_id=attempt_id) if isinstance(attempt_id, int) else None


def _open_to(person: Person, activity_ids: Sequence[int]) -> set[int]:
    from quizzes.attempts.queries import takeable_filter  # attempts stand above papers, and have the rule

    query = select(Quiz.activity_id).where(Quiz.activity_id.in_(activity_ids), takeable_filter(person))
    return {ident for ident in db.session.scalars(query) if ident is not None}


@hookimpl
def activity_kinds() -> list[ActivityKind]:
    return [
        ActivityKind(
            "quiz",
            _l("测验"),
            "clipboard-check",
            lambda activity_id: url_for("attempts.activity", activity_id=activity_id),
            lambda activity_id: url_for("papers.activity", activity_id=activity_id),
            _result_of,
            _open_to,
        )
    ]
