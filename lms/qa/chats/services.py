"""Saying who served which chat: by an account that is named once, or by dealing out chats that name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from lms.conversations.models import ChatImport, Conversation
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.models import Person
from lms.people.queries import serving_filter
from lms.people.rules import can_see_shop, require_visible
from lms.qa.chats.models import AgentAccount, ChatAgent
from lms.qa.chats.queries import account_of_chats, nameless_chats, unlinked
from lms.qa.enums import AgentSource

PORTION = 500


class ChatAgentError(DomainError):
    """Somebody who can't be the agent of these chats."""


def link_chats(*, shop_id: int, import_id: int | None = None, label: str | None = None) -> int:
    """Link every chat that names a known account and has no agent yet. Returns how many; two statements."""
    wanted = [Conversation.shop_id == shop_id, unlinked()]
    if import_id is not None:
        wanted.append(Conversation.import_id == import_id)
    named = account_of_chats(*wanted).subquery()
    chosen = (
        select(
            named.c.conversation_id,
            AgentAccount.person_id,
            named.c.shop_id,
            func.coalesce(Conversation.started_at, ChatImport.created_at),
            literal(AgentSource.ACCOUNT.value),
        )
        .join(AgentAccount, (AgentAccount.shop_id == named.c.shop_id) & (AgentAccount.label == named.c.label))
        .join(Conversation, Conversation.id == named.c.conversation_id)
        .join(ChatImport, ChatImport.id == Conversation.import_id)
        .where(AgentAccount.person_id.is_not(None))
    )
    if label is not None:
        chosen = chosen.where(AgentAccount.label == label)
    columns: list[InstrumentedAttribute[object]] = [
        ChatAgent.conversation_id,
        ChatAgent.person_id,
        ChatAgent.shop_id,
        ChatAgent.served_at,
        ChatAgent.source,
    ]
    before = _linked(shop_id)
    db.session.execute(insert(ChatAgent).from_select(columns, chosen))
    return _linked(shop_id) - before


def _linked(shop_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(ChatAgent).where(ChatAgent.shop_id == shop_id)) or 0


def name_agent(*, actor: Person, shop_id: int, label: str, person: Person | None, at: datetime) -> int:
    """Say whose account ``label`` is (None: nobody of ours), and link its chats. Returns how many chats it links.

    Chats that were linked through this account before are linked anew. Raises ChatAgentError for somebody who does
    not serve the shop.
    """
    require_visible(can_see_shop(actor, shop_id))
    if person is not None:
        _check_serving(shop_id, [person])
    found = db.session.scalar(select(AgentAccount).where(AgentAccount.shop_id == shop_id, AgentAccount.label == label))
    if found is None:
        found = AgentAccount(shop_id=shop_id, label=label)
        db.session.add(found)
    elif found.person_id is not None and found.person_id != (person.id if person else None):
        named = account_of_chats(Conversation.shop_id == shop_id).subquery()
        mine = select(named.c.conversation_id).where(named.c.label == label)
        db.session.execute(
            delete(ChatAgent)
            .where(ChatAgent.source == AgentSource.ACCOUNT, ChatAgent.conversation_id.in_(mine))
            .execution_options(synchronize_session=False)
        )
    found.person_id, found.named_by_id, found.named_at = person.id if person else None, actor.id, at
    db.session.flush()
    return link_chats(shop_id=shop_id, label=label) if person is not None else 0


def deal_chats(
    *, actor: Person, chat_import: ChatImport, people: Sequence[Person], at: datetime, anew: bool = False
) -> dict[int, int]:
    """Deal the chats of an import that name no account out to ``people``, in equal runs in the order of the file.

    ``anew`` takes back first what was dealt out by hand before. Returns how many each person got, by id.
    Raises ChatAgentError when there is nobody, somebody who does not serve the shop, or nothing to deal.
    """
    shop_id = chat_import.shop_id
    require_visible(can_see_shop(actor, shop_id))
    if shop_id is None:
        raise ChatAgentError(_("这次导入没有选店铺，不能指定由谁接待。"), hint=_("请选好店铺后重新导入。"))
    if not people:
        raise ChatAgentError(_("请至少选择一位客服。"))
    _check_serving(shop_id, people)
    if anew:
        mine = select(Conversation.id).where(Conversation.import_id == chat_import.id)
        db.session.execute(
            delete(ChatAgent)
            .where(ChatAgent.source == AgentSource.BY_HAND, ChatAgent.conversation_id.in_(mine))
            .execution_options(synchronize_session=False)
        )
    chats = nameless_chats(chat_import)
    if not chats:
        raise ChatAgentError(_("这批会话都有人接待了，没有要分的。"))
    started: dict[int, datetime | None] = {
        ident: at
        for ident, at in db.session.execute(
            select(Conversation.id, Conversation.started_at).where(Conversation.import_id == chat_import.id)
        )
    }
    dealt: dict[int, int] = {}
    rows = []
    for person, run in zip(people, runs(chats, len(people)), strict=True):
        dealt[person.id] = len(run)
        rows += [
            {
                "conversation_id": ident,
                "person_id": person.id,
                "shop_id": shop_id,
                "served_at": started[ident] or chat_import.created_at,
                "source": AgentSource.BY_HAND,
            }
            for ident in run
        ]
    for start in range(0, len(rows), PORTION):
        db.session.execute(insert(ChatAgent), rows[start : start + PORTION])
    return dealt


def runs(chats: Sequence[int], parts: int) -> list[Sequence[int]]:
    """``chats`` cut into ``parts`` runs whose lengths differ by one at most, the longer ones first."""
    size, more = divmod(len(chats), parts)
    cut: list[Sequence[int]] = []
    start = 0
    for n in range(parts):
        end = start + size + (n < more)
        cut.append(chats[start:end])
        start = end
    return cut


def _check_serving(shop_id: int, people: Sequence[Person]) -> None:
    wanted = {person.id for person in people}
    serving = set(
        db.session.scalars(
            select(Person.id).where(Person.id.in_(wanted), Person.active, serving_filter(shop_id, Person.id))
        )
    )
    strangers = [person.name for person in people if person.id not in serving]
    if strangers:
        raise ChatAgentError(_("这些人不在服务这家店铺的团队里。"), where="、".join(strangers[:5]))
