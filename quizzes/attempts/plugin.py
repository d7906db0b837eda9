"""Announces taking quizzes, marking, results and gains to the host."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import DashboardCard, NavItem, TranscriptSection, hookimpl
from lms.people.models import Person
from lms.people.rules import has_permission
from quizzes.attempts import models as models
from quizzes.gains import models as gain_models  # noqa: F401
from quizzes.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from quizzes.attempts.marking_views import bp as marking  # views need the plugins loaded, which import this module
    from quizzes.attempts.result_views import bp as results
    from quizzes.attempts.views import bp
    from quizzes.gains.views import bp as gains

    return [bp, results, marking, gains]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("attempts.mine", _l("我的测验"), "writing", 130, Q.QUIZZES_TAKE, "learn"),
        NavItem("marking.index", _l("阅卷"), "checkbox", 350, Q.ATTEMPTS_MARK, "team"),
        NavItem("results.index", _l("测验成绩"), "chart-bar", 360, Q.RESULTS_READ, "team"),
    ]


@hookimpl
def later_cards(person: Person, at: datetime) -> list[DashboardCard]:
    from quizzes.attempts.marking import count_waiting

    if not has_permission(person, Q.ATTEMPTS_MARK):
        return []
    waiting = count_waiting(person)
    return [DashboardCard(60, "quizzes/attempts/marking_card.html", {"waiting": waiting})] if waiting else []


@hookimpl
def transcript_sections(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    """测验与考试: the person's attempts that the viewer may see."""
    from quizzes.attempts.labels import OUTCOME_COLOURS, OUTCOMES, outcome_of
    from quizzes.attempts.transcripts import attempts_shown

    attempts = attempts_shown(person, viewer)
    if not attempts:
        return []
    context = {"attempts": attempts, "outcomes": OUTCOMES, "colours": OUTCOME_COLOURS, "outcome_of": outcome_of}
    return [TranscriptSection(40, _l("测验与考试"), "quizzes/attempts/transcript.html", context)]


@hookimpl
def jobs() -> dict[str, str]:
    return {"quizzes.gain": "quizzes.gains.tasks:run_gain"}


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"attempts.close_overdue": (1, "quizzes.attempts.tasks:close_overdue_attempts")}
