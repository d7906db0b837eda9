"""Announces the bank, drafting and review to the host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l

from lms.kernel.clock import now
from lms.kernel.hookspecs import NavItem, hookimpl
from lms.knowledge.sop.models import SopEntry, SopVersion
from quizzes.bank import models as models
from quizzes.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from quizzes.bank import drafting_views, review_views, views  # they need the plugins loaded, which import this

    return [views.bp, review_views.bp, drafting_views.bp]


@hookimpl
def init_app(app: Flask) -> None:
    """Two question types of one name are found now, not at the first paper."""
    from quizzes.bank.queries import question_types

    question_types()


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("drafting.index", _l("出题"), "wand", 315, Q.ITEMS_DRAFT, "chats"),
        NavItem("review.index", _l("审题"), "rubber-stamp", 320, Q.ITEMS_REVIEW, "chats"),
        NavItem("bank.index", _l("题库"), "stack-2", 330, Q.ITEMS_READ, "chats"),
    ]


@hookimpl
def sop_replaced(entry: SopEntry, version: SopVersion) -> None:
    """What was drawn from another version of the entry leaves the draws until somebody has looked at it."""
    from quizzes.bank.grounds import mark_stale

    mark_stale(entry=entry, version=version, at=now())


@hookimpl
def guidance(competency_ids: Sequence[int], shop_id: int | None) -> dict[str, dict[int, int]]:
    from quizzes.bank.queries import items_by_competency

    return {"item": items_by_competency(competency_ids, shop_id)}


@hookimpl
def jobs() -> dict[str, str]:
    return {"quizzes.draft": "quizzes.bank.tasks:run_draft"}


@hookimpl
def commands() -> Iterable[click.Command]:
    from quizzes.bank.cli import items

    return [items]
