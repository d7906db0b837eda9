"""The agents' accounts in a shop's chats, and who they are; chats that name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select, union_all
from sqlalchemy.orm import joinedload

from lms.conversations.enums import ImportState, Side
from lms.conversations.models import ChatImport, Conversation, Message
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import serving_filter
from lms.qa.chats.models import AgentAccount, ChatAgent
from lms.qa.enums import AgentSource


def account_of_chats(*wanted: Any) -> Select[Any]:
    """(conversation_id, shop_id, label): the agent's account that each conversation names.

    That is what the export says; where it says nothing, the agent who wrote most of it. ``wanted`` narrows
    ``Conversation``. Chats without any account are left out.
    """
    said = select(
        Conversation.id.label("conversation_id"), Conversation.shop_id, Conversation.agent_label.label("label")
    )
    counted = (
        select(
            Message.conversation_id,
            Conversation.shop_id,
            Message.sender.label("label"),
            func.row_number()
            .over(partition_by=Message.conversation_id, order_by=(func.count().desc(), Message.sender))
            .label("place"),
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.agent_label == "", Message.side == Side.AGENT, Message.sender != "", *wanted)
        .group_by(Message.conversation_id, Conversation.shop_id, Message.sender)
        .subquery()
    )
    most = select(counted.c.conversation_id, counted.c.shop_id, counted.c.label).where(counted.c.place == 1)
    both = union_all(said.where(Conversation.agent_label != "", *wanted), most).subquery()
    return select(both.c.conversation_id, both.c.shop_id, both.c.label)


def unlinked() -> Any:
    """Condition on ``Conversation``: nobody is known to have served it."""
    return ~select(ChatAgent.conversation_id).where(ChatAgent.conversation_id == Conversation.id).exists()


@dataclass(frozen=True)
class Account:
    """An account of a shop. ``named`` is None as long as nobody said who it is; ``guess`` is only offered."""

    label: str
    chats: int
    named: AgentAccount | None = None
    guess: Person | None = None


def guess_person(label: str, people: Sequence[Person]) -> Person | None:
    """The one person whose name or account equals the label, or what stands behind its colon (店铺:小宁)."""
    names = {label.strip().casefold(), label.replace("：", ":").rpartition(":")[2].strip().casefold()}
    found = [person for person in people if {person.name.casefold(), person.account.casefold()} & names]
    return found[0] if len(found) == 1 else None


def accounts_of(shop_id: int, people: Sequence[Person]) -> list[Account]:
    """Accounts nobody has named yet, those with most chats first; then the named ones. Three statements.

    A named account shows how many chats its person has in the shop.
    """
    named = list(
        db.session.scalars(
            select(AgentAccount)
            .where(AgentAccount.shop_id == shop_id)
            .options(joinedload(AgentAccount.person).lazyload(Person.grants))
            .order_by(AgentAccount.label)
        )
    )
    open_ones = account_of_chats(Conversation.shop_id == shop_id, unlinked()).subquery()
    counts = select(open_ones.c.label, func.count()).group_by(open_ones.c.label)
    waiting: dict[str, int] = {label: n for label, n in db.session.execute(counts)}
    served: dict[int, int] = {
        person_id: n
        for person_id, n in db.session.execute(
            select(ChatAgent.person_id, func.count())
            .where(ChatAgent.shop_id == shop_id, ChatAgent.source == AgentSource.ACCOUNT)
            .group_by(ChatAgent.person_id)
        )
    }
    known = {account.label for account in named}
    fresh = [Account(label, n, None, guess_person(label, people)) for label, n in waiting.items() if label not in known]
    fresh.sort(key=lambda account: (-account.chats, account.label))
    return fresh + [
        Account(one.label, served.get(one.person_id, 0) if one.person_id else waiting.get(one.label, 0), one)
        for one in named
    ]


def people_serving(shop_id: int) -> list[Person]:
    """Active people who serve the shop, by name. Two statements."""
    query = (
        select(Person)
        .where(Person.active, serving_filter(shop_id, Person.id))
        .options(joinedload(Person.team))
        .order_by(Person.name, Person.id)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class NamelessImport:
    """An import of a shop with ``chats`` conversations that nobody is known to have served and no account tells."""

    chat_import: ChatImport
    chats: int


def nameless(shop_id: int) -> Any:
    """Conditions on ``Conversation`` for chats of a shop that name no account at all and have no agent yet."""
    wrote = select(Message.id).where(
        Message.conversation_id == Conversation.id, Message.side == Side.AGENT, Message.sender != ""
    )
    return and_(Conversation.shop_id == shop_id, Conversation.agent_label == "", unlinked(), ~wrote.exists())


def nameless_imports(shop_id: int) -> list[NamelessImport]:
    """Imports with chats that have to be dealt out by hand, the latest first. One statement."""
    counted = (
        select(Conversation.import_id, func.count().label("n"))
        .where(nameless(shop_id))
        .group_by(Conversation.import_id)
        .subquery()
    )
    query = (
        select(ChatImport, counted.c.n)
        .join(counted, counted.c.import_id == ChatImport.id)
        .where(ChatImport.state == ImportState.DONE)
        .order_by(ChatImport.created_at.desc(), ChatImport.id.desc())
    )
    return [NamelessImport(made, n) for made, n in db.session.execute(query)]


def nameless_chats(chat_import: ChatImport) -> list[int]:
    """The conversations of an import that are to be dealt out, in the order of the file."""
    if chat_import.shop_id is None:
        return []
    query = (
        select(Conversation.id)
        .where(Conversation.import_id == chat_import.id, nameless(chat_import.shop_id))
        .order_by(Conversation.id)
    )
    return list(db.session.scalars(query))


def dealt_by_hand(chat_import: ChatImport) -> list[tuple[Person, int]]:
    """Who was given chats of the import by hand, and how many."""
    query = (
        select(Person, func.count())
        .join(ChatAgent, ChatAgent.person_id == Person.id)
        .join(Conversation, Conversation.id == ChatAgent.conversation_id)
        .where(Conversation.import_id == chat_import.id, ChatAgent.source == AgentSource.BY_HAND)
        .group_by(Person)
        .order_by(Person.name)
    )
    return [(person, n) for person, n in db.session.execute(query)]
