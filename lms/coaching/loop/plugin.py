"""Announces the loop to the host: what it listens to, and what it asks of the queue."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.coaching.enums import ActOn
from lms.coaching.loop import models as models
from lms.coaching.loop.demo import DEMO_STEPS
from lms.coaching.loop.dispute_services import after_decision, pause_for
from lms.coaching.loop.follow_services import after_confirmation, note_evaluation, note_record
from lms.coaching.loop.queries import settings_for
from lms.coaching.loop.services import consider
from lms.coaching.loop.wishes import wishes
from lms.coaching.permissions import C
from lms.kernel.db import db
from lms.kernel.hookspecs import CheckWish, DemoStep, HelpPage, NavItem, hookimpl
from lms.qa.evaluations.services import findings_of

HERE = Path(__file__).parent
log = logging.getLogger(__name__)


def _guarded(what: str, work: Callable[[], Any]) -> None:
    """A mistake in the loop must not cost an evaluator their scoring or an agent their answer: it is logged."""
    try:
        with db.session.begin_nested():
            work()
    except Exception:
        log.exception("the loop could not follow %s", what)


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.coaching.loop import views  # jobs never need them

    return [views.bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("coaching_loop.board", _l("闭环看板"), "repeat", 62, C.LOOP_READ, "qa"),
        NavItem("coaching_loop.rules", _l("补训规则"), "adjustments", 86, C.RULES_EDIT, "qa"),
    ]


@hookimpl
def record_written(record: Any) -> None:
    if record.completion:
        _guarded(f"record {record.id}", lambda: note_record(record=record))


@hookimpl
def evaluation_submitted(evaluation: Any) -> None:
    """It may be a follow-up check; and a rule that acts at once looks at its findings."""
    _guarded(f"evaluation {evaluation.id}", lambda: note_evaluation(evaluation=evaluation))
    for finding in findings_of(evaluation.id):
        if settings_for(finding.shop_id, finding.criterion_id)[1].act_on is ActOn.SUBMITTED:
            _guarded(f"finding {finding.id}", lambda found=finding: consider(finding=found, at=evaluation.submitted_at))  # type: ignore[misc]


@hookimpl
def finding_confirmed(finding: Any, at: datetime) -> None:
    if settings_for(finding.shop_id, finding.criterion_id)[1].act_on is ActOn.CONFIRMED:
        _guarded(f"finding {finding.id}", lambda: consider(finding=finding, at=at))
    _guarded(f"finding {finding.id}", lambda: after_confirmation(finding=finding, at=at))


@hookimpl
def dispute_filed(dispute: Any) -> None:
    _guarded(f"dispute {dispute.id}", lambda: pause_for(finding=dispute.finding, at=dispute.filed_at))


@hookimpl
def dispute_decided(decision: Any) -> None:
    finding = decision.dispute.finding
    _guarded(f"dispute {decision.dispute_id}", lambda: after_decision(finding=finding, at=decision.at))


@hookimpl
def checks_wanted(shop_id: int, at: datetime) -> list[CheckWish]:
    return wishes(shop_id, at)


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"coaching.loop": (30, "lms.coaching.loop.tasks:turn")}


@hookimpl
def demo_steps() -> list[DemoStep]:
    return list(DEMO_STEPS)


@hookimpl
def help_pages() -> list[HelpPage]:
    return [HelpPage("loop", "补训与复检", HERE / "help" / "loop.md", order=9)]
