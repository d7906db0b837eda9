"""Weeks of quality checks for the demo: chats scored, answered, disputed and decided, in the order of time."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from lms.conversations.models import Conversation
from lms.kernel.clock import from_local, to_local
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.people.models import Person
from lms.qa.chats.models import ChatAgent
from lms.qa.disputes.services import decide_dispute, file_dispute, passing_values, spec_of
from lms.qa.enums import EntrySource, EntryState, Origin
from lms.qa.evaluations.demo import WEAK, score_chat
from lms.qa.evaluations.models import Evaluation
from lms.qa.evaluations.services import (
    acknowledge,
    findings_of,
    mark_seen,
    settle_due,
    standing_of,
    submit_evaluation,
)
from lms.qa.sampling.models import QueueEntry
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import Scorecard, ScorecardVersion
from lms.qa.scorecards.services import version_in_force

REVIEWERS = {"songguo": ("evaluator", "admin"), "shanyue": ("trainer-b",)}
ARBITERS = {"songguo": "supervisor", "shanyue": "supervisor-b"}
CHATS = {"songguo": 6, "shanyue": 5}  # of each agent
SHOWN = frozenset({"agent", "agent2", "agent-b"})  # who is offered for signing in finds something to answer
MOST_DISPUTES = 10
EARLY_DISPUTES = 7  # the others are filed in the last two days and wait for an arbiter
REASONS = (
    ("引用的那句是在核对订单，前面已经回答过客户了，请看上一条消息。", True, "上一条确实已经答了，这一项不该扣。"),
    ("当时系统打不开物流页面，我有先告诉客户要等，不是不回复。", True, "有告知，等待是系统造成的，改为不适用。"),
    ("客户自己说不用了，所以我没有再追问。", False, "客户没有这样说，结束前仍应确认一次。"),
    ("我觉得这句话不算生硬，平时大家都这么回。", False, "对照评分标准里的示例，这句没有称呼也没有说明。"),
)


@dataclass
class Weeks:
    """What happens, in order of time; an event may bring further ones."""

    until: datetime
    rng: random.Random
    events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    number: count = field(default_factory=count)
    made: int = 0
    disputes: int = 0

    def add(self, at: datetime, work: Callable[[datetime], None]) -> None:
        if at < self.until:
            heapq.heappush(self.events, (at, next(self.number), work))

    def run(self) -> None:
        day = None
        while self.events:
            at, _number, work = heapq.heappop(self.events)
            if to_local(at).date() != day:
                day = to_local(at).date()
                settle_due(at=at)
            work(at)
        settle_due(at=self.until)


def run(context: Any) -> str:
    """Score some chats of every agent of both shops; let agents answer, and supervisors decide what is disputed."""
    weeks = Weeks(context.at, context.rng("qa"))
    for shop_key, accounts in REVIEWERS.items():
        shop = context.shop(shop_key)
        version = _version(shop.id)
        if version is None:
            continue
        reviewers = [context.person(account) for account in accounts]
        arbiter = context.person(ARBITERS[shop_key])
        for n, agent in enumerate(context.agents(shop_key)):
            reviewing = [one for one in reviewers if one.id != agent.id]
            chats = _chats(agent, shop.id, CHATS[shop_key], weeks.rng)
            for place, (conversation, served_at, entry) in enumerate(chats):
                late = place >= len(chats) - 2  # the last ones were scored lately: their answers are open
                at = _scored_at(context, served_at, late=late, rng=weeks.rng)
                reviewer = reviewing[0] if len(reviewing) == 1 or weeks.rng.random() < 0.75 else reviewing[1]
                work = _scoring(
                    weeks, conversation, entry, agent, served_at, version, reviewer, arbiter, WEAK[n % len(WEAK)]
                )
                weeks.add(at, work)
    weeks.run()
    return f"{weeks.made} 份质检单，{weeks.disputes} 份申诉"


def _version(shop_id: int) -> ScorecardVersion | None:
    query = (
        select(Scorecard)
        .where(or_(Scorecard.shop_id == shop_id, Scorecard.shop_id.is_(None)), Scorecard.current_number.is_not(None))
        .order_by(Scorecard.shop_id.is_(None), Scorecard.id)
    )
    scorecard = db.session.scalars(query).first()
    return version_in_force(scorecard) if scorecard is not None else None


def _chats(
    agent: Person, shop_id: int, most: int, rng: random.Random
) -> list[tuple[Conversation, datetime, QueueEntry | None]]:
    """Chats of the agent in order of time: those that a plan drew for earlier weeks, and some that nobody queued."""
    latest = select(func.max(QueueEntry.week)).where(QueueEntry.shop_id == shop_id).scalar_subquery()
    drawn = and_(QueueEntry.state == EntryState.WAITING, QueueEntry.week < latest)
    query = (
        select(Conversation, ChatAgent.served_at, QueueEntry)
        .join(ChatAgent, ChatAgent.conversation_id == Conversation.id)
        .outerjoin(QueueEntry, QueueEntry.conversation_id == Conversation.id)
        .where(ChatAgent.person_id == agent.id, ChatAgent.shop_id == shop_id, Conversation.message_count >= 6)
        .where(or_(QueueEntry.id.is_(None), drawn))
        .options(selectinload(Conversation.messages))
        .order_by(ChatAgent.served_at, Conversation.id)
    )
    known = db.session.execute(
        query.with_only_columns(Conversation.id, QueueEntry.id, maintain_column_froms=True)
    ).all()
    chosen = [chat for chat, entry in known if entry is not None][:most]
    others = [chat for chat, entry in known if entry is None]
    chosen += rng.sample(others, min(most - len(chosen), len(others)))
    return [(chat, at, entry) for chat, at, entry in db.session.execute(query.where(Conversation.id.in_(chosen)))]


def _scored_at(context: Any, served_at: datetime, *, late: bool, rng: random.Random) -> datetime:
    if late:
        return context.days_ago(rng.choice((1, 2)), hour=rng.randint(10, 17), minute=rng.randrange(60))
    day = to_local(served_at).date() + timedelta(days=rng.choice((1, 1, 2)))
    return from_local(datetime(day.year, day.month, day.day, rng.randint(10, 17), rng.randrange(60)))


def _scoring(
    weeks: Weeks,
    conversation: Conversation,
    drawn: QueueEntry | None,
    agent: Person,
    served_at: datetime,
    version: ScorecardVersion,
    reviewer: Person,
    arbiter: Person,
    weak: str,
) -> Callable[[datetime], None]:
    def work(at: datetime) -> None:
        definition = Definition.from_json(version.definition)
        late = at > weeks.until - timedelta(days=3)
        waits = late and agent.account in SHOWN
        harsh = 2.0 if waits else 1.0 if reviewer.account == "evaluator" else 0.7
        scoring = score_chat(conversation.messages, definition, weak, harsh, weeks.rng)
        entry = drawn or QueueEntry(
            shop_id=conversation.shop_id,
            conversation_id=conversation.id,
            agent_id=agent.id,
            scorecard_id=version.scorecard_id,
            source=EntrySource.RANDOM,
            created_at=at - timedelta(hours=20),
        )
        entry.state, entry.reviewer_id = EntryState.CLAIMED, reviewer.id
        entry.claimed_at = at - timedelta(seconds=scoring.seconds)
        db.session.add(entry)
        db.session.flush()
        made = submit_evaluation(
            actor=reviewer,
            agent=agent,
            shop_id=entry.shop_id,
            version=version,
            answers=scoring.answers,
            at=at,
            origin=Origin.QUEUE,
            served_at=served_at,
            conversation=conversation,
            entry=entry,
            praise=scoring.praise,
            seconds=scoring.seconds,
        )
        weeks.made += 1
        if not waits and weeks.rng.random() < 0.75:
            wait = weeks.rng.uniform(2, 20 if late else 50)
            weeks.add(at + timedelta(hours=wait), _answer(weeks, made, agent, arbiter))

    return work


def _answer(weeks: Weeks, evaluation: Evaluation, agent: Person, arbiter: Person) -> Callable[[datetime], None]:
    def work(at: datetime) -> None:
        standing = standing_of(evaluation.id)
        mark_seen(actor=agent, standing=standing, at=at)
        findings = findings_of(evaluation.id)
        if not findings:
            return
        late = at > weeks.until - timedelta(days=2)
        most, chance = (MOST_DISPUTES, 0.6) if late else (EARLY_DISPUTES, 0.2)
        if weeks.disputes < most and weeks.rng.random() < chance:
            reason, upheld, why = REASONS[weeks.disputes % len(REASONS)]
            dispute = file_dispute(actor=agent, finding=findings[0], reason=reason, at=at)
            weeks.disputes += 1

            def decide(then: datetime) -> None:
                value = passing_values(spec_of(findings[0]))[-1 if "不适用" in why else 0]
                decide_dispute(actor=arbiter, dispute=dispute, upheld=upheld, value=value, reason=why, at=then)

            if not late:
                weeks.add(at + timedelta(hours=weeks.rng.uniform(16, 44)), decide)
        elif weeks.rng.random() < 0.8:
            acknowledge(actor=agent, evaluation=evaluation, at=at)

    return work


DEMO_STEPS: Sequence[DemoStep] = (DemoStep(84, "质检与申诉", run),)
