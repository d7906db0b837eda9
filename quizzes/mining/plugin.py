"""Announces mining to the host."""

from __future__ import annotations

import click
from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DoctorCheck, NavItem, hookimpl
from quizzes.mining import models as models
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
def doctor_checks() -> list[DoctorCheck]:
    """Whether the libraries that read Chinese work here; without them nothing can be mined."""
    try:
        from lms.kernel.text import cut, normalise  # heavy, and for commands only

        words, folded = cut("什么时候发货"), normalise("什麼時候發貨")
    except Exception as error:
        return [DoctorCheck("中文处理", False, f"{type(error).__name__}: {error}；请重新安装")]
    works = len(words) > 1 and folded == "什么时候发货"
    return [DoctorCheck("中文处理", works, f"{folded} → {' / '.join(words)}")]
