"""Makes what tests of quality checks need: a published scorecard, a chat of an agent, an evaluation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lms.conversations.enums import Side
from lms.conversations.models import Conversation, Message
from lms.kernel.db import db
from lms.people.models import Person, Shop
from lms.qa.chats.models import ChatAgent
from lms.qa.enums import AgentSource, EntrySource, EntryState, Origin, RootCause
from lms.qa.evaluations.models import Evaluation
from lms.qa.evaluations.services import LineAnswer, Quote, submit_evaluation
from lms.qa.sampling.models import QueueEntry
from lms.qa.scorecards.definition import CriterionSpec, Definition, Section
from lms.qa.scorecards.models import Scorecard, ScorecardVersion
from lms.qa.scorecards.services import create_scorecard, publish
from tests.factories import make_competency, save
from tests.quizzes.bank.making import make_chat as make_messages

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Shanghai."""
LINES = (
    ("customer", "什么时候发货"),
    ("agent", "您好，今天下午五点前发出"),
    ("customer", "好的"),
    ("agent", "还有别的可以帮您吗"),
)


def make_definition(*specs: CriterionSpec, shop: Shop | None = None) -> Definition:
    """Two criteria of one section by default: 及时 (20) and 准确 (30), with a competency each."""
    if not specs:
        specs = tuple(
            CriterionSpec(code=code, name=name, weight=weight, competency_id=make_competency(name, shop=shop).id)
            for code, name, weight in (("fast", "及时", 20), ("right", "准确", 30))
        )
    return Definition((Section("服务", tuple(specs)),))


def make_scorecard(shop: Shop | None, *specs: CriterionSpec, at: datetime = MONDAY) -> ScorecardVersion:
    """A published scorecard."""
    scorecard = create_scorecard(
        actor=None,
        title=f"{shop.name}的质检表" if shop else "质检表",
        shop_id=shop.id if shop else None,
        definition=make_definition(*specs),
        at=at,
    )
    return publish(actor=None, scorecard=scorecard, at=at)


def make_chat(shop: Shop, agent: Person | None, *, at: datetime = MONDAY, lines: tuple = LINES) -> Conversation:
    """A chat of the shop; served by ``agent`` when one is given. A message every ten seconds."""
    messages: list[Message] = make_messages(shop, *lines)
    conversation = messages[0].conversation
    conversation.started_at = at
    for n, message in enumerate(messages):
        message.sent_at = at + timedelta(seconds=10 * n)
    if agent is not None:
        save(
            ChatAgent(
                conversation_id=conversation.id,
                person_id=agent.id,
                shop_id=shop.id,
                served_at=at,
                source=AgentSource.BY_HAND,
            )
        )
    db.session.flush()
    return conversation


def make_entry(
    conversation: Conversation,
    agent: Person,
    scorecard: Scorecard,
    *,
    source: EntrySource = EntrySource.RANDOM,
    reviewer: Person | None = None,
    wish: str | None = None,
    at: datetime = MONDAY,
) -> QueueEntry:
    """A chat in the queue, claimed when a reviewer is given."""
    return save(
        QueueEntry(
            shop_id=conversation.shop_id,
            conversation_id=conversation.id,
            agent_id=agent.id,
            scorecard_id=scorecard.id,
            source=source,
            wish=wish,
            state=EntryState.CLAIMED if reviewer else EntryState.WAITING,
            reviewer_id=reviewer.id if reviewer else None,
            claimed_at=at if reviewer else None,
            created_at=at,
        )
    )


def make_evaluation(
    evaluator: Person | None,
    agent: Person,
    shop: Shop,
    version: ScorecardVersion,
    *,
    failed: tuple[str, ...] = (),
    cause: RootCause = RootCause.PERSON,
    at: datetime = MONDAY + timedelta(hours=3),
    served_at: datetime = MONDAY,
    source: EntrySource = EntrySource.RANDOM,
    wish: str | None = None,
) -> Evaluation:
    """A scored chat with its queue entry; criteria whose code is in ``failed`` are faults, the others full marks."""
    conversation = make_chat(shop, agent, at=served_at)
    entry = make_entry(conversation, agent, version.scorecard, source=source, wish=wish, reviewer=evaluator, at=at)
    said = next(message for message in conversation.messages if message.side is Side.AGENT)
    answers = [
        LineAnswer(
            ident,
            0 if spec.code in failed else spec.top,
            root_cause=cause if spec.code in failed else None,
            quotes=(Quote(said.id),) if spec.code in failed else (),
        )
        for ident, spec in Definition.from_json(version.definition).by_id().items()
    ]
    return submit_evaluation(
        actor=evaluator,
        agent=agent,
        shop_id=shop.id,
        version=version,
        answers=answers,
        at=at,
        origin=Origin.QUEUE,
        served_at=served_at,
        conversation=conversation,
        entry=entry,
    )
