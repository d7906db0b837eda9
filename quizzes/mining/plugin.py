"""Announces mining to the host."""

from __future__ import annotations

from datetime import datetime

import click
from flask import Blueprint
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import BriefingSection, DoctorCheck, NavItem, hookimpl
from lms.people.models import Person
from lms.web.markdown import as_markdown
from quizzes.mining import models as models
from quizzes.mining.queries import rare_groups
from quizzes.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from quizzes.mining.views import bp  # the job process and commands never need the views

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("mining.index", _l("问题工厂"), "building-factory-2", 20, Q.QUESTIONS_READ, "chats")]


@hookimpl
def commands() -> list[click.Command]:
    from quizzes.mining.cli import questions  # commands only: web workers don't need it

    return [questions]


@hookimpl
def jobs() -> dict[str, str]:
    return {"quizzes.mine": "quizzes.mining.tasks:run_mining"}


@hookimpl
def briefing_sections(viewer: Person, shop_id: int, since: datetime, until: datetime) -> list[BriefingSection]:
    """Rare questions of the week, each with the agents' answer where there is one."""
    lines = []
    for group in rare_groups(viewer, shop_id, since, until):
        lines.append(f"- {as_markdown(group.question)}")
        if group.answer:
            lines.append("    - " + _("我们答：%(text)s", text=as_markdown(group.answer)))
    return [BriefingSection(60, _("少见的客户问题"), tuple(lines))]


@hookimpl
def doctor_checks() -> list[DoctorCheck]:
    """Whether the libraries that read Chinese work here; without them nothing can be mined."""
    try:
        from lms.kernel.text import cut, normalise  # heavy, and for commands only

        words, folded = cut("什么时候发货"), normalise("什麼時候發貨")
    except Exception as error:
        return [DoctorCheck("中文处理", False, f"{type(error).__name__}: {error}；请重新安装")]
    works = len(words) > 1 and folded == "什么时候发货"
    return [DoctorCheck("中文处理", works, f"{folded} → {' / '.join(words)}")]
