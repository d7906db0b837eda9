"""Taking chats out of the queue and giving them back."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from lms.conversations.models import Conversation
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.people.models import Person, Shop
from lms.people.rules import can_see_shop, require_visible
from lms.qa.chats.models import ChatAgent
from lms.qa.checks.settings import settings_of
from lms.qa.enums import EntrySource, EntryState
from lms.qa.sampling.draw import place
from lms.qa.sampling.models import QueueEntry
from lms.qa.sampling.queries import claimable, done_this_week, reviewer_line
from lms.qa.sampling.rules import is_reviewer
from lms.qa.sampling.weeks import due_of
from lms.qa.scorecards.models import Scorecard

MOST_IN_HAND = 5
_AT_ONCE = 10


class QueueError(Conflict):
    """Nothing can be taken like this."""


class NoAgentKnown(DomainError):
    """The chat can't be checked before it is known who served it."""


def claim_next(*, actor: Person, shop: Shop, at: datetime) -> QueueEntry | None:
    """The next chat for a reviewer, claimed; None when there is none for them.

    Two at once never get the same. Raises QueueError for somebody who is suspended, has reached the week's quota, or
    has ``MOST_IN_HAND`` chats in hand.
    """
    require_visible(can_see_shop(actor, shop.id))
    line = reviewer_line(actor, shop.id)
    if not is_reviewer(actor, shop.id, line):
        if line is not None and line.removed_at is None and line.suspended_at is not None:
            raise QueueError(_("您的质检资格已暂停。"), where=line.suspended_reason, hint=_("如有疑问，请联系主管。"))
        require_visible(False)
    release_expired(shop_id=shop.id, at=at)
    in_hand = db.session.scalar(
        select(func.count()).where(QueueEntry.reviewer_id == actor.id, QueueEntry.state == EntryState.CLAIMED)
    )
    if (in_hand or 0) >= MOST_IN_HAND:
        raise QueueError(_("您手上还有 %(n)s 通会话没有评完。", n=in_hand), hint=_("请先评完，或者把不评的退回去。"))
    if line is not None and line.removed_at is None and line.weekly_quota is not None:
        taken = done_this_week(actor, shop.id, at) + (in_hand or 0)
        if taken >= line.weekly_quota:
            raise QueueError(_("您本周的 %(n)s 通已经领满。", n=line.weekly_quota), hint=_("下周一可以继续领取。"))
    waiting = (
        select(QueueEntry.id)
        .where(claimable(actor), QueueEntry.shop_id == shop.id)
        .order_by(QueueEntry.due_at, QueueEntry.shuffle, QueueEntry.id)
        .limit(_AT_ONCE)
    )
    while idents := list(db.session.scalars(waiting)):
        for ident in idents:
            claimed = db.session.execute(
                update(QueueEntry)
                .where(QueueEntry.id == ident, QueueEntry.state == EntryState.WAITING)
                .values(state=EntryState.CLAIMED, reviewer_id=actor.id, claimed_at=at)
                .execution_options(synchronize_session=False)
            )
            if claimed.rowcount == 1:  # type: ignore[attr-defined]
                return db.session.get_one(QueueEntry, ident, populate_existing=True)
    return None


def release(*, actor: Person, entry: QueueEntry, at: datetime) -> None:
    """Give a claimed chat back; what was filled in is gone. Raises QueueError when it is not in the actor's hands."""
    given = db.session.execute(
        update(QueueEntry)
        .where(QueueEntry.id == entry.id, QueueEntry.reviewer_id == actor.id, QueueEntry.state == EntryState.CLAIMED)
        .values(state=EntryState.WAITING, reviewer_id=None, claimed_at=None, draft=None)
        .execution_options(synchronize_session=False)
    )
    if given.rowcount != 1:  # type: ignore[attr-defined]
        raise QueueError(_("这通会话不在您手上，可能已经评完或超时退回。"))
    db.session.refresh(entry)


def release_expired(*, shop_id: int, at: datetime) -> int:
    """Give back what was claimed longer ago than the shop allows; a draft stays, for whoever began it."""
    since = at - timedelta(hours=settings_of(shop_id).claim_hours)
    given = db.session.execute(
        update(QueueEntry)
        .where(QueueEntry.shop_id == shop_id, QueueEntry.state == EntryState.CLAIMED, QueueEntry.claimed_at <= since)
        .values(state=EntryState.WAITING, reviewer_id=None, claimed_at=None)
        .execution_options(synchronize_session="fetch")
    )
    return int(given.rowcount)  # type: ignore[attr-defined]


def queue_by_hand(*, actor: Person, conversation: Conversation, scorecard: Scorecard, at: datetime) -> QueueEntry:
    """Put a chat into the queue; one that stands there already is returned as it is.

    Raises NoAgentKnown when nobody is known to have served it.
    """
    require_visible(can_see_shop(actor, conversation.shop_id) and can_see_shop(actor, scorecard.shop_id))
    known = db.session.scalar(
        select(QueueEntry).where(QueueEntry.conversation_id == conversation.id, QueueEntry.scorecard_id == scorecard.id)
    )
    if known is not None:
        return known
    served = db.session.get(ChatAgent, conversation.id)
    if served is None or conversation.shop_id is None:
        raise NoAgentKnown(_("还不知道这通会话由谁接待，不能质检。"), hint=_("请先在“会话归属”里指定。"))
    entry = QueueEntry(
        shop_id=conversation.shop_id,
        conversation_id=conversation.id,
        agent_id=served.person_id,
        scorecard_id=scorecard.id,
        source=EntrySource.BY_HAND,
        shuffle=place(conversation.id, scorecard.id),
        due_at=due_of(at),
        created_at=at,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def mend_agents(*, shop_id: int) -> int:
    """Follow what became known of who served a chat: waiting entries get the right agent, or are dropped."""
    known = select(ChatAgent.person_id).where(ChatAgent.conversation_id == QueueEntry.conversation_id)
    waiting = (QueueEntry.shop_id == shop_id, QueueEntry.state == EntryState.WAITING)
    dropped = db.session.execute(
        update(QueueEntry)
        .where(*waiting, ~known.exists())
        .values(state=EntryState.DROPPED)
        .execution_options(synchronize_session="fetch")
    )
    moved = db.session.execute(
        update(QueueEntry)
        .where(*waiting, QueueEntry.agent_id != known.scalar_subquery())
        .values(agent_id=known.scalar_subquery())
        .execution_options(synchronize_session="fetch")
    )
    return int(dropped.rowcount + moved.rowcount)  # type: ignore[attr-defined]
