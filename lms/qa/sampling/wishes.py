"""Chats that somebody wants checked on top of the plans (hook ``checks_wanted``), such as after a lesson."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, insert, select

from lms.kernel.db import db
from lms.kernel.hookspecs import CheckWish
from lms.kernel.plugins import plugins
from lms.qa.chats.models import ChatAgent
from lms.qa.enums import EntrySource, EntryState
from lms.qa.sampling.draw import pick, place
from lms.qa.sampling.models import QueueEntry
from lms.qa.sampling.services import hold_plans
from lms.qa.sampling.weeks import due_of
from lms.qa.scorecards.models import Criterion


def fill_wishes(*, shop_id: int, at: datetime) -> int:
    """Queue chats for every wish of the shop that is not filled; returns how many were added.

    They are drawn at random among the agent's chats of the wished time that are not queued yet, with the same due date
    and the same look as any other entry.
    """
    wishes: list[CheckWish] = plugins().all("checks_wanted", shop_id=shop_id, at=at)
    if not wishes:
        return 0
    hold_plans(shop_id)
    filled: dict[str, int] = {
        key: n
        for key, n in db.session.execute(
            select(QueueEntry.wish, func.count())
            .where(QueueEntry.wish.in_({wish.key for wish in wishes}), QueueEntry.state != EntryState.DROPPED)
            .group_by(QueueEntry.wish)
        )
        if key is not None
    }
    cards: dict[int, int] = {
        ident: scorecard_id
        for ident, scorecard_id in db.session.execute(
            select(Criterion.id, Criterion.scorecard_id).where(
                Criterion.id.in_({wish.criterion_id for wish in wishes}), Criterion.retired_at.is_(None)
            )
        )
    }
    added = 0
    for wish in wishes:
        lacking = wish.count - filled.get(wish.key, 0)
        if lacking > 0 and wish.criterion_id in cards:
            added += _fill(shop_id, wish, cards[wish.criterion_id], lacking, at)
    return added


def _fill(shop_id: int, wish: CheckWish, scorecard_id: int, lacking: int, at: datetime) -> int:
    queued = exists().where(
        QueueEntry.conversation_id == ChatAgent.conversation_id, QueueEntry.scorecard_id == scorecard_id
    )
    free = select(ChatAgent.conversation_id).where(
        ChatAgent.person_id == wish.agent_id,
        ChatAgent.shop_id == shop_id,
        ChatAgent.served_at >= wish.since,
        ChatAgent.served_at < wish.until,
        ~queued,
    )
    chosen = pick(list(db.session.scalars(free)), lacking, key=wish.key)
    if not chosen:
        return 0
    db.session.execute(
        insert(QueueEntry),
        [
            {
                "shop_id": shop_id,
                "conversation_id": chat_id,
                "agent_id": wish.agent_id,
                "scorecard_id": scorecard_id,
                "source": EntrySource.FOLLOW_UP,
                "wish": wish.key,
                "risk": 0.0,
                "signals": [],
                "shuffle": place(chat_id, scorecard_id),
                "state": EntryState.WAITING,
                "due_at": due_of(at),
                "created_at": at,
            }
            for chat_id in chosen
        ],
    )
    return len(chosen)
