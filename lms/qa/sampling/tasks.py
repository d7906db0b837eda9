"""What the job process does for the queue: draws, wishes, claims that ran out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.jobs import JobHandle
from lms.people.models import Person, Shop
from lms.qa.sampling.claims import mend_agents, release_expired
from lms.qa.sampling.models import SamplingPlan
from lms.qa.sampling.reading import read_signals
from lms.qa.sampling.services import draw_week
from lms.qa.sampling.weeks import week_of
from lms.qa.sampling.wishes import fill_wishes


def fill_queues(at: datetime) -> int:
    """Every hour and shop: give back what was not scored in time, fill the plans and the wishes."""
    return sum(fill_shop(shop_id=shop_id, at=at) for shop_id in db.session.scalars(select(Shop.id).order_by(Shop.id)))


def fill_shop(*, shop_id: int, at: datetime) -> int:
    """Fill a shop's queue: its active plans for the running week and the one before, whose chats may come late."""
    release_expired(shop_id=shop_id, at=at)
    mend_agents(shop_id=shop_id)
    this_week = week_of(at)
    added = 0
    plans = select(SamplingPlan).where(SamplingPlan.shop_id == shop_id, SamplingPlan.active).order_by(SamplingPlan.id)
    for plan in db.session.scalars(plans):
        for week in (this_week - timedelta(days=7), this_week):
            read_signals(plan=plan, week=week)
            run = draw_week(actor=None, plan=plan, week=week, at=at, whole=False)
            added += sum(n for row in run.report for n in row["added"].values()) if run else 0
    return added + fill_wishes(shop_id=shop_id, at=at)


def fill_after_import(job: JobHandle, *, shop_id: int) -> dict[str, Any]:
    """New chats came: fill the shop's queue at once."""
    return {"added": fill_shop(shop_id=shop_id, at=now())}


def draw_plan(job: JobHandle, *, plan_id: int, week: str) -> dict[str, Any]:
    """Draw a week of a plan for the person who asked, the whole quota at once."""
    plan = db.session.get_one(SamplingPlan, plan_id)
    actor = db.session.get_one(Person, job.actor_id)
    day = date.fromisoformat(week)
    read_signals(plan=plan, week=day)
    run = draw_week(actor=actor, plan=plan, week=day, at=now())
    assert run is not None
    return {"added": sum(n for row in run.report for n in row["added"].values())}
