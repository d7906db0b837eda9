"""Announces this part of quality checks to the host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select

from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep, HelpPage, NavItem, hookimpl
from lms.kernel.jobs import enqueue
from lms.qa.permissions import Q
from lms.qa.sampling import models as models

HERE = Path(__file__).parent


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.sampling.queue_views import bp as queue  # the job process and commands never need the views
    from lms.qa.sampling.views import bp

    return [bp, queue]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("qa_queue.index", _l("待评会话"), "checklist", 20, Q.EVALUATIONS_EDIT, "qa"),
        NavItem("qa_plans.index", _l("抽检计划"), "arrows-shuffle", 80, Q.SAMPLING_MANAGE, "qa"),
    ]


@hookimpl
def jobs() -> dict[str, str]:
    return {
        "qa_sampling.draw": "lms.qa.sampling.tasks:draw_plan",
        "qa_sampling.fill": "lms.qa.sampling.tasks:fill_after_import",
    }


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"qa_sampling.fill_queues": (60, "lms.qa.sampling.tasks:fill_queues")}


@hookimpl
def chats_imported(chat_import: Any) -> None:
    """New chats of a shop with a plan go into its queue at once."""
    shop_id = chat_import.shop_id
    planned = exists().where(models.SamplingPlan.shop_id == shop_id, models.SamplingPlan.active)
    if shop_id is not None and db.session.scalar(select(planned)):
        enqueue("qa_sampling.fill", actor_id=chat_import.created_by_id, shop_id=shop_id)


@hookimpl
def help_pages() -> list[HelpPage]:
    return [HelpPage("qa-sampling", "质检：会话归属、抽检与自动检查", HERE / "help" / "sampling.md", order=32)]


@hookimpl
def demo_steps() -> list[DemoStep]:
    from lms.qa.sampling.demo import DEMO_STEPS  # commands only

    return list(DEMO_STEPS)
