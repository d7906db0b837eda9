"""The loop's part of ``lms demo``: some have learned and were checked again, one fell back, some nobody followed up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from lms.coaching.enums import OPEN_STATES, CaseState, Help
from lms.coaching.loop.models import CaseFinding, RemedialCase
from lms.coaching.loop.queries import latest_case, teaching
from lms.coaching.loop.services import open_by_hand
from lms.coaching.loop.wishes import wish_key
from lms.conversations.models import Conversation
from lms.kernel.clock import from_local, to_local
from lms.kernel.db import db
from lms.kernel.hookspecs import DemoStep
from lms.learning.enums import Verb
from lms.learning.models import Activity
from lms.learning.services import write_record
from lms.people.models import Person
from lms.qa.chats.models import ChatAgent
from lms.qa.enums import EntrySource, EntryState, FindingState, Origin, RootCause
from lms.qa.evaluations.demo import score_chat
from lms.qa.evaluations.models import Finding, FindingStanding
from lms.qa.evaluations.services import acknowledge, findings_of, submit_evaluation
from lms.qa.sampling.models import QueueEntry
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion
from lms.qa.scorecards.services import version_in_force

EVALUATORS = {"songguo": "evaluator", "shanyue": "trainer-b"}
# What became of the cases, in order: how many chats were checked again, and whether the fault came back in them.
ENDINGS: tuple[tuple[int, bool] | None, ...] = ((5, False), (3, True), (5, False), None, (0, False), (2, False), None)


BY_HAND = 6
HEADS = {"songguo": "supervisor", "shanyue": "supervisor-b"}


def run(context: Any) -> str:
    """Open some cases by hand, finish the lessons of most cases, and check some of those agents again."""
    rng = context.rng("loop")
    for key, account in HEADS.items():
        _open_by_hand(context.person(account), context.shop(key).id, context.at)
    query = select(RemedialCase).where(RemedialCase.state == CaseState.TRAINING).order_by(RemedialCase.opened_at)
    cases = list(db.session.scalars(query))
    learned = checked = 0
    for n, case in enumerate(cases):
        ending = ENDINGS[n % len(ENDINGS)]
        if ending is None:
            continue
        at = case.opened_at + timedelta(days=1 + n % 3, hours=rng.randint(1, 6))
        if at >= context.at:
            continue
        _learn(case, at)
        learned += 1
        checked += _check_again(context, case, *ending, rng=rng)
    ended = sum(case.state in (CaseState.FIXED, CaseState.RELAPSED) for case in cases)
    return f"{len(cases)} 项补训，{learned} 项已学完，复检 {checked} 通，{ended} 项有结论"


def _open_by_hand(head: Person, shop_id: int, at: datetime) -> None:
    """A supervisor does not wait for the second fault: findings of a fortnight ago got their lesson the next day."""
    query = (
        select(Finding)
        .join(FindingStanding, FindingStanding.finding_id == Finding.id)
        .where(
            Finding.shop_id == shop_id,
            Finding.agent_id != head.id,
            Finding.root_cause == RootCause.PERSON,
            Finding.served_at < at - timedelta(days=9),
            FindingStanding.state == FindingState.CONFIRMED,
            Finding.id.not_in(select(CaseFinding.finding_id)),
        )
        .order_by(Finding.served_at)
    )
    opened = 0
    for finding in db.session.scalars(query).all():
        lessons = teaching(finding.competency_id, shop_id, "lesson")
        last = latest_case(finding.agent_id, finding.criterion_id)
        if opened == BY_HAND or not lessons or (last is not None and last.state in OPEN_STATES):
            continue
        open_by_hand(
            actor=head,
            agent=finding.agent,
            criterion=finding.criterion,
            shop_id=shop_id,
            lesson=db.session.get_one(Activity, lessons[0]),
            quiz=None,
            help_=Help.LESSON,
            findings=[finding],
            note="先看这一课，下次遇到同样的情况试试新办法。",
            at=finding.at + timedelta(hours=6),
        )
        opened += 1


def _learn(case: RemedialCase, at: datetime) -> None:
    for n, ident in enumerate(one for one in (case.lesson_id, case.quiz_id) if one is not None):
        activity = db.session.get_one(Activity, ident)
        write_record(
            actor=case.agent,
            verb=Verb.PASSED if activity.kind == "quiz" else Verb.COMPLETED,
            activity=activity,
            at=at + timedelta(minutes=12 * n),
            idempotency_key=f"demo:loop:{case.id}:{ident}",
            completion=True,
            success=True if activity.kind == "quiz" else None,
            score=0.9 if activity.kind == "quiz" else None,
            duration_seconds=600,
        )


def _check_again(context: Any, case: RemedialCase, wanted: int, falls_back: bool, *, rng: random.Random) -> int:
    """Score ``wanted`` of the agent's chats since; the fault comes back in two of them when they fall back."""
    if case.trained_at is None or wanted == 0:
        return 0
    version = version_in_force(case.criterion.scorecard)
    account = next(account for key, account in EVALUATORS.items() if context.shop(key).id == case.shop_id)
    evaluator = context.person(account)
    if version is None or evaluator.id == case.agent_id:
        return 0
    done = 0
    for n, (chat, served_at) in enumerate(_chats_since(case, wanted)):
        at = _scored_at(served_at, rng)
        if case.state is not CaseState.FOLLOWING or at >= context.at:
            break
        fails = falls_back and n < 2
        _score(case, chat, served_at, at, version, evaluator, fails=fails, rng=rng)
        done += 1
    return done


def _chats_since(case: RemedialCase, most: int) -> Sequence[tuple[Conversation, datetime]]:
    query = (
        select(Conversation, ChatAgent.served_at)
        .join(ChatAgent, ChatAgent.conversation_id == Conversation.id)
        .where(
            ChatAgent.person_id == case.agent_id,
            ChatAgent.shop_id == case.shop_id,
            ChatAgent.served_at > case.trained_at,
            Conversation.id.not_in(select(QueueEntry.conversation_id)),
        )
        .options(selectinload(Conversation.messages))
        .order_by(ChatAgent.served_at)
        .limit(most)
    )
    return [(chat, at) for chat, at in db.session.execute(query)]


def _scored_at(served_at: datetime, rng: random.Random) -> datetime:
    day = to_local(served_at).date() + timedelta(days=1)
    return from_local(datetime(day.year, day.month, day.day, rng.randint(10, 17), rng.randrange(60)))


def _score(
    case: RemedialCase,
    chat: Conversation,
    served_at: datetime,
    at: datetime,
    version: ScorecardVersion,
    evaluator: Person,
    *,
    fails: bool,
    rng: random.Random,
) -> None:
    definition = Definition.from_json(version.definition)
    scoring = score_chat(chat.messages, definition, "", 0.0, rng)
    if fails:
        for _attempt in range(20):  # the seeded reviewer faults the weak criterion every other time
            scoring = score_chat(chat.messages, definition, case.criterion.code, 2.0, rng)
            if any(one.criterion_id == case.criterion_id and one.root_cause == "person" for one in scoring.answers):
                break
    entry = QueueEntry(
        shop_id=case.shop_id,
        conversation_id=chat.id,
        agent_id=case.agent_id,
        scorecard_id=version.scorecard_id,
        source=EntrySource.FOLLOW_UP,
        wish=wish_key(case.id),
        state=EntryState.CLAIMED,
        reviewer_id=evaluator.id,
        claimed_at=at - timedelta(seconds=scoring.seconds),
        created_at=served_at,
    )
    db.session.add(entry)
    db.session.flush()
    made = submit_evaluation(
        actor=evaluator,
        agent=case.agent,
        shop_id=case.shop_id,
        version=version,
        answers=scoring.answers,
        at=at,
        origin=Origin.QUEUE,
        served_at=served_at,
        conversation=chat,
        entry=entry,
        praise=scoring.praise,
        seconds=scoring.seconds,
    )
    if findings_of(made.id):
        acknowledge(actor=case.agent, evaluation=made, at=at + timedelta(hours=3))


DEMO_STEPS = (DemoStep(88, "补训闭环", run),)
