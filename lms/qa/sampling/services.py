"""Plans and reviewers: making, changing, and the weekly draw."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import exists, insert, select, update

from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.models import Person, Shop
from lms.people.queries import serving_filter
from lms.people.rules import can_see_shop, require_visible
from lms.posts.models import PersonPost
from lms.qa.chats.models import ChatAgent
from lms.qa.enums import EntryState
from lms.qa.sampling.draw import Candidate, DrawSettings, draw, place
from lms.qa.sampling.models import PlanRun, QueueEntry, Reviewer, SamplingPlan
from lms.qa.sampling.queries import drawn_by_source, reviewer_line, served_by
from lms.qa.sampling.signals import DEFAULT_WEIGHTS, risk_of
from lms.qa.sampling.weeks import begun_share, due_of, week_bounds
from lms.qa.scorecards.models import Scorecard

PORTION = 500


class PlanError(DomainError):
    """A plan that can't be kept like this."""


class ReviewerError(DomainError):
    """Somebody who can't review for the shop."""


@dataclass(frozen=True)
class PlanData:
    """What somebody sets of a plan."""

    title: str
    scorecard: Scorecard
    team_id: int | None = None
    per_agent: int = 5
    random_share: float = 0.6
    risk_weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    new_hire_days: int = 30
    new_hire_extra: int = 5
    active: bool = True


def save_plan(
    *,
    actor: Person,
    shop: Shop,
    data: PlanData,
    at: datetime,
    plan: SamplingPlan | None = None,
    seed: int | None = None,
) -> SamplingPlan:
    """Make a plan, or change one. The seed of a new one is drawn, unless given; it stays.

    Raises PlanError for a scorecard that is not in force or of another shop.
    """
    require_visible(can_see_shop(actor, shop.id) and (plan is None or plan.shop_id == shop.id))
    card = data.scorecard
    if card.shop_id not in (None, shop.id) or card.current_number is None or card.archived_at is not None:
        raise PlanError(_("请选择这家店铺已发布的评分表。"))
    if plan is None:
        plan = SamplingPlan(
            shop_id=shop.id,
            seed=secrets.randbelow(2**31) if seed is None else seed,
            created_by_id=actor.id,
            created_at=at,
        )
        db.session.add(plan)
    plan.title, plan.team_id, plan.scorecard_id = data.title.strip(), data.team_id, card.id
    plan.per_agent, plan.random_share = data.per_agent, data.random_share
    plan.risk_weights = dict(data.risk_weights)
    plan.new_hire_days, plan.new_hire_extra = data.new_hire_days, data.new_hire_extra
    plan.active, plan.updated_at = data.active, at
    db.session.flush()
    return plan


def hold_plans(shop_id: int) -> None:
    """Lock the shop's plans for this transaction: of two draws at once the second sees what the first added."""
    db.session.execute(
        update(SamplingPlan)
        .where(SamplingPlan.shop_id == shop_id)
        .values(seed=SamplingPlan.seed)
        .execution_options(synchronize_session=False)
    )


# --- the draw ------------------------------------------------------------------------------------------------------


def new_hires(plan: SamplingPlan, week: date) -> dict[int, int]:
    """{agent: what they get more} for those who began less than ``new_hire_days`` before the week ends.

    One began when the account was made or, if that is earlier, when the oldest post of today was taken on.
    """
    if not plan.new_hire_extra or not plan.new_hire_days:
        return {}
    _since, until = week_bounds(week)
    after = until - timedelta(days=plan.new_hire_days)
    veteran = exists().where(PersonPost.person_id == Person.id, PersonPost.since < after)
    query = select(Person.id).where(
        Person.active, Person.created_at >= after, serving_filter(plan.shop_id, Person.id), ~veteran
    )
    return {person_id: plan.new_hire_extra for person_id in db.session.scalars(query)}


def draw_week(
    *, actor: Person | None, plan: SamplingPlan, week: date, at: datetime, whole: bool = True
) -> PlanRun | None:
    """Fill the queue for a week of a plan; what was drawn before stays, so a second draw only adds.

    ``whole``: up to the whole quota at once; else up to the share of the week that has begun, so that a running week
    is checked from end to end. Returns the run, None when nothing was added and nobody asked (``actor`` is None).
    """
    hold_plans(plan.shop_id)
    share = 1.0 if whole else begun_share(week, at)
    extras = new_hires(plan, week)
    had = drawn_by_source(plan, week)
    queued = exists().where(
        QueueEntry.conversation_id == ChatAgent.conversation_id, QueueEntry.scorecard_id == plan.scorecard_id
    )
    free: dict[int, list[Candidate]] = {}
    query = select(ChatAgent.person_id, ChatAgent.conversation_id, ChatAgent.signals).where(
        served_by(plan, week), ~queued
    )
    for agent_id, chat_id, text in db.session.execute(query):
        signals = tuple(name for name in (text or "").split(",") if name)
        free.setdefault(agent_id, []).append(Candidate(chat_id, risk_of(signals, plan.risk_weights), signals))
    rows, report = [], []
    due = due_of(at)
    for agent_id in sorted(free):
        settings = DrawSettings(plan.per_agent, plan.random_share, extras.get(agent_id, 0), plan.seed)
        drawn = draw(free[agent_id], settings, week=week, had=had.get(agent_id), share=share)
        counts: dict[str, int] = {}
        for one in drawn:
            counts[one.source.value] = counts.get(one.source.value, 0) + 1
            rows.append(
                {
                    "shop_id": plan.shop_id,
                    "plan_id": plan.id,
                    "week": week,
                    "conversation_id": one.chat_id,
                    "agent_id": agent_id,
                    "scorecard_id": plan.scorecard_id,
                    "source": one.source,
                    "risk": one.risk,
                    "signals": list(one.signals),
                    "shuffle": place(one.chat_id, plan.scorecard_id),
                    "state": EntryState.WAITING,
                    "due_at": due,
                    "created_at": at,
                }
            )
        report.append({"agent_id": agent_id, "free": len(free[agent_id]), "quota": settings.quota, "added": counts})
    for start in range(0, len(rows), PORTION):
        db.session.execute(insert(QueueEntry), rows[start : start + PORTION])
    if not rows and actor is None:
        return None
    run = PlanRun(
        plan_id=plan.id,
        week=week,
        settings=_frozen(plan) | {"share": round(share, 4)},
        report=report,
        made_by_id=actor.id if actor else None,
        made_at=at,
    )
    db.session.add(run)
    db.session.flush()
    return run


def _frozen(plan: SamplingPlan) -> dict[str, object]:
    """A plan's settings as they were when it was drawn."""
    return {
        "team_id": plan.team_id,
        "scorecard_id": plan.scorecard_id,
        "per_agent": plan.per_agent,
        "random_share": plan.random_share,
        "risk_weights": dict(plan.risk_weights),
        "new_hire_days": plan.new_hire_days,
        "new_hire_extra": plan.new_hire_extra,
        "seed": plan.seed,
    }


# --- reviewers -----------------------------------------------------------------------------------------------------


def add_reviewer(*, actor: Person, shop: Shop, person: Person, weekly_quota: int | None, at: datetime) -> Reviewer:
    """Let somebody of the shop review part of the time; one who was removed comes back. A suspension stays.

    Raises ReviewerError for somebody who does not serve the shop.
    """
    require_visible(can_see_shop(actor, shop.id))
    serving = select(Person.id).where(Person.id == person.id, Person.active, serving_filter(shop.id, Person.id))
    if db.session.scalar(serving) is None:
        raise ReviewerError(_("这个人不在服务这家店铺的团队里。"), where=person.name)
    line = reviewer_line(person, shop.id)
    if line is None:
        line = Reviewer(shop_id=shop.id, person_id=person.id)
        db.session.add(line)
    line.weekly_quota, line.removed_at = weekly_quota, None
    line.added_by_id, line.added_at = actor.id, at
    db.session.flush()
    return line


def change_quota(*, actor: Person, line: Reviewer, weekly_quota: int | None) -> None:
    """How many chats a week; None for no limit."""
    require_visible(can_see_shop(actor, line.shop_id))
    line.weekly_quota = weekly_quota
    db.session.flush()


def remove_reviewer(*, actor: Person, line: Reviewer, at: datetime) -> None:
    """Take somebody off the list; evaluators go on without a quota.

    Raises ReviewerError for somebody who is suspended: off the list, an evaluator would be one again.
    """
    require_visible(can_see_shop(actor, line.shop_id))
    if line.suspended_at is not None:
        raise ReviewerError(_("这位质检员的资格已暂停，不能直接移出。"), hint=_("请先恢复资格，再移出名单。"))
    line.removed_at = at
    db.session.flush()
