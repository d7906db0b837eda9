"""The queue as its reviewers see it, plans, what a week's draw came to, and the list of reviewers.

Nothing here that reviewers are shown tells why a chat stands in the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from lms.conversations.models import Conversation
from lms.kernel.db import db
from lms.people.models import Person, Shop, Team, TeamShop
from lms.people.queries import branch_ids, shop_filter, team_choices
from lms.people.rules import can_see_person, has_permission
from lms.qa.chats.models import ChatAgent
from lms.qa.enums import EntrySource, EntryState
from lms.qa.permissions import Q
from lms.qa.sampling.models import PlanRun, QueueEntry, Reviewer, SamplingPlan
from lms.qa.sampling.weeks import week_bounds, week_of
from lms.qa.scorecards.models import Scorecard

# --- reviewers -----------------------------------------------------------------------------------------------------


def reviewer_line(person: Person, shop_id: int) -> Reviewer | None:
    """The person's line on the shop's list of reviewers, removed or not."""
    return db.session.scalar(select(Reviewer).where(Reviewer.person_id == person.id, Reviewer.shop_id == shop_id))


def reviews_for(person: Person, column: Any) -> ColumnElement[bool]:
    """Rows of the shops that the person reviews for; the list side of ``rules.is_reviewer``."""
    listed = select(Reviewer.shop_id).where(Reviewer.person_id == person.id, Reviewer.removed_at.is_(None))
    allowed: ColumnElement[bool] = column.in_(listed.where(Reviewer.suspended_at.is_(None)))
    if has_permission(person, Q.EVALUATIONS_EDIT):
        allowed = or_(allowed, column.not_in(listed.where(Reviewer.suspended_at.is_not(None))))
    return and_(allowed, shop_filter(person, column))


def claimable(person: Person) -> ColumnElement[bool]:
    """Entries that the person may take; the list side of ``rules.can_claim``."""
    return and_(
        QueueEntry.state == EntryState.WAITING,
        QueueEntry.agent_id != person.id,
        reviews_for(person, QueueEntry.shop_id),
        # A chat that turned out to be somebody else's may be the reviewer's own.
        ~exists().where(ChatAgent.conversation_id == QueueEntry.conversation_id, ChatAgent.person_id == person.id),
    )


def reviewed_shops(person: Person) -> list[Shop]:
    """The shops that the person reviews for, by name. One statement."""
    return list(db.session.scalars(select(Shop).where(reviews_for(person, Shop.id)).order_by(Shop.name)))


def reviewers_of(shop_id: int) -> list[Reviewer]:
    """The shop's list of reviewers, by name. One statement."""
    query = (
        select(Reviewer)
        .join(Person, Person.id == Reviewer.person_id)
        .where(Reviewer.shop_id == shop_id, Reviewer.removed_at.is_(None))
        .options(joinedload(Reviewer.person).lazyload(Person.grants))
        .order_by(Person.name, Reviewer.id)
    )
    return list(db.session.scalars(query))


def done_this_week(person: Person, shop_id: int, at: datetime) -> int:
    """How many chats of the shop's queue the person has scored in the week of ``at``."""
    since, until = week_bounds(week_of(at))
    query = select(func.count()).where(
        QueueEntry.reviewer_id == person.id,
        QueueEntry.state == EntryState.DONE,
        QueueEntry.shop_id == shop_id,
        QueueEntry.done_at >= since,
        QueueEntry.done_at < until,
    )
    return db.session.scalar(query) or 0


def done_by_reviewer(shop_id: int, at: datetime) -> dict[int, int]:
    """{person: chats scored in the week of ``at``}. One statement."""
    since, until = week_bounds(week_of(at))
    query = (
        select(QueueEntry.reviewer_id, func.count())
        .where(
            QueueEntry.shop_id == shop_id,
            QueueEntry.state == EntryState.DONE,
            QueueEntry.done_at >= since,
            QueueEntry.done_at < until,
        )
        .group_by(QueueEntry.reviewer_id)
    )
    return {person_id: n for person_id, n in db.session.execute(query) if person_id is not None}


# --- the queue -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class QueueRow:
    """A chat in a reviewer's hands; no more than they need to find it again."""

    entry_id: int
    conversation_id: int
    scorecard: str
    messages: int
    product: str
    claimed_at: datetime
    begun: bool


@dataclass(frozen=True)
class Queue:
    """A shop's queue as a reviewer sees it. ``quota`` is the week's, None for no limit."""

    shop: Shop
    waiting: int
    overdue: int
    done: int
    quota: int | None
    suspended: str | None
    mine: list[QueueRow] = field(default_factory=list)


def queue_of(person: Person, shop: Shop, at: datetime) -> Queue:
    """What waits for the person, and what is in their hands. Four statements."""
    line = reviewer_line(person, shop.id)
    listed = line is not None and line.removed_at is None
    waiting, overdue = db.session.execute(
        select(func.count(), func.count().filter(QueueEntry.due_at <= at)).where(
            claimable(person), QueueEntry.shop_id == shop.id
        )
    ).one()
    query = (
        select(QueueEntry, Conversation, Scorecard.title)
        .join(Conversation, Conversation.id == QueueEntry.conversation_id)
        .join(Scorecard, Scorecard.id == QueueEntry.scorecard_id)
        .where(
            QueueEntry.reviewer_id == person.id,
            QueueEntry.state == EntryState.CLAIMED,
            QueueEntry.shop_id == shop.id,
        )
        .order_by(QueueEntry.claimed_at, QueueEntry.id)
    )
    mine = [
        QueueRow(
            entry.id,
            chat.id,
            title,
            chat.message_count,
            chat.product_name or chat.product_ref,
            entry.claimed_at or at,
            bool(entry.draft),
        )
        for entry, chat, title in db.session.execute(query)
    ]
    return Queue(
        shop,
        waiting,
        overdue,
        done_this_week(person, shop.id, at),
        line.weekly_quota if line is not None and listed else None,
        line.suspended_reason if line is not None and listed and line.suspended_at is not None else None,
        mine,
    )


# --- plans ---------------------------------------------------------------------------------------------------------


def plans_visible_to(viewer: Person) -> list[SamplingPlan]:
    """Plans of the viewer's shops, those that run first. One statement."""
    query = (
        select(SamplingPlan)
        .where(shop_filter(viewer, SamplingPlan.shop_id))
        .options(joinedload(SamplingPlan.shop), joinedload(SamplingPlan.team), joinedload(SamplingPlan.scorecard))
        .order_by(SamplingPlan.active.desc(), SamplingPlan.title, SamplingPlan.id)
    )
    return list(db.session.scalars(query))


def scorecards_in_force(viewer: Person) -> list[Scorecard]:
    """Published scorecards that the viewer's shops may use."""
    query = (
        select(Scorecard)
        .where(
            shop_filter(viewer, Scorecard.shop_id),
            Scorecard.current_number.is_not(None),
            Scorecard.archived_at.is_(None),
        )
        .order_by(Scorecard.shop_id.is_(None), Scorecard.title)
    )
    return list(db.session.scalars(query))


def teams_to_sample(viewer: Person, shop: Shop) -> list[tuple[int, str]]:
    """(id, path) of the teams that serve the shop; for others than evaluators only those of their branch."""
    homes = set(db.session.scalars(select(Team.path).join(TeamShop).where(TeamShop.shop_id == shop.id)))
    paths = db.session.execute(select(Team.id, Team.path))
    serving = frozenset(ident for ident, path in paths if any(path.startswith(home) for home in homes))
    branch = viewer.access.team_ids
    if branch is not None and not has_permission(viewer, Q.EVALUATIONS_EDIT):
        serving &= branch
    return team_choices(viewer, reach=serving)


def served_by(plan: SamplingPlan, week: date) -> Any:
    """Conditions on ``ChatAgent``: chats of the plan's agents in the week. Who left is not checked any more."""
    since, until = week_bounds(week)
    people = select(Person.id).where(Person.active)
    if plan.team_id is not None:
        people = people.where(Person.team_id.in_(branch_ids(plan.team_id)))
    return and_(
        ChatAgent.shop_id == plan.shop_id,
        ChatAgent.served_at >= since,
        ChatAgent.served_at < until,
        ChatAgent.person_id.in_(people.scalar_subquery()),
    )


def latest_week(plan: SamplingPlan) -> date | None:
    """The week of the shop's latest chat whose agent is known."""
    latest = db.session.scalar(select(func.max(ChatAgent.served_at)).where(ChatAgent.shop_id == plan.shop_id))
    return week_of(latest) if latest else None


def drawn_by_source(plan: SamplingPlan, week: date) -> dict[int, dict[EntrySource, int]]:
    """{agent: {source: chats drawn for the week}}. One statement."""
    return drawn_and_done(plan, week)[0]


def drawn_and_done(plan: SamplingPlan, week: date) -> tuple[dict[int, dict[EntrySource, int]], dict[int, int]]:
    """{agent: {source: chats drawn for the week}}, and {agent: how many of these are scored}. One statement."""
    scored = func.sum(case((QueueEntry.state == EntryState.DONE, 1), else_=0))
    query = (
        select(QueueEntry.agent_id, QueueEntry.source, func.count(), scored)
        .where(QueueEntry.plan_id == plan.id, QueueEntry.week == week, QueueEntry.state != EntryState.DROPPED)
        .group_by(QueueEntry.agent_id, QueueEntry.source)
    )
    drawn: dict[int, dict[EntrySource, int]] = {}
    done: dict[int, int] = {}
    for agent_id, source, n, n_scored in db.session.execute(query):
        drawn.setdefault(agent_id, {})[source] = n
        done[agent_id] = done.get(agent_id, 0) + int(n_scored)
    return drawn, done


@dataclass(frozen=True)
class AgentRow:
    """An agent in a plan's week: chats served, the quota, what was drawn by source, how many of these are scored."""

    agent: Person
    chats: int
    quota: int
    new_hire: bool
    drawn: dict[EntrySource, int]
    done: int

    @property
    def total(self) -> int:
        return sum(self.drawn.values())

    @property
    def to_draw(self) -> int:
        """How many a draw would add at most."""
        return max(0, min(self.quota, self.chats) - self.total)


def week_report(viewer: Person, plan: SamplingPlan, week: date, extras: dict[int, int]) -> list[AgentRow]:
    """A row an agent who served a chat in the week, by name. ``extras``: what new hires get more. Four statements.

    Evaluators see all agents of the shop, others those of their branch. Follow-up checks are no part of a plan, and
    not counted here.
    """
    served: dict[int, int] = {
        person_id: n
        for person_id, n in db.session.execute(
            select(ChatAgent.person_id, func.count()).where(served_by(plan, week)).group_by(ChatAgent.person_id)
        )
    }
    drawn, done = drawn_and_done(plan, week)
    people = people_by_id([*served, *drawn])
    rows = [
        AgentRow(
            people[ident],
            served.get(ident, 0),
            plan.per_agent + extras.get(ident, 0),
            ident in extras,
            drawn.get(ident, {}),
            done.get(ident, 0),
        )
        for ident, person in people.items()
        if has_permission(viewer, Q.EVALUATIONS_EDIT) or can_see_person(viewer, person)
    ]
    return sorted(rows, key=lambda row: (row.agent.name, row.agent.id))


def people_by_id(idents: Sequence[int]) -> dict[int, Person]:
    """People without their roles."""
    query = select(Person).where(Person.id.in_(set(idents))).options(lazyload(Person.grants))
    return {person.id: person for person in db.session.scalars(query)}


def runs_of(plan: SamplingPlan, week: date) -> list[PlanRun]:
    """The draws of a week, the latest first."""
    query = (
        select(PlanRun)
        .where(PlanRun.plan_id == plan.id, PlanRun.week == week)
        .order_by(PlanRun.made_at.desc(), PlanRun.id.desc())
        .limit(20)
    )
    return list(db.session.scalars(query))


def on_the_list(person: Person) -> list[Shop]:
    """The shops whose list of reviewers names the person, suspended or not."""
    listed = select(Reviewer.shop_id).where(Reviewer.person_id == person.id, Reviewer.removed_at.is_(None))
    query = select(Shop).where(Shop.id.in_(listed), shop_filter(person, Shop.id)).order_by(Shop.name)
    return list(db.session.scalars(query))
