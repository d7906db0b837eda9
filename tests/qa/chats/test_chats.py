"""Who served which chat: accounts named once, chats without an account dealt out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.conversations.models import Conversation
from lms.conversations.services import begin_import, finish_import
from lms.kernel.errors import NotFound
from lms.people.models import Person, Shop
from lms.qa.chats.models import AgentAccount, ChatAgent
from lms.qa.chats.queries import accounts_of, guess_person, nameless_imports, people_serving
from lms.qa.chats.services import ChatAgentError, deal_chats, name_agent, runs
from lms.qa.enums import AgentSource
from tests.conftest import Cast, Counted
from tests.qa.making import MONDAY, make_chat

Counter = Callable[[], AbstractContextManager[Counted]]


def chat_of(shop: Shop, label: str = "", *, senders: tuple[str, ...] = ()) -> Conversation:
    made = make_chat(shop, None)
    made.agent_label = label
    said = [message for message in made.messages if message.side == "agent"]
    for message, sender in zip(said, senders, strict=False):
        message.sender = sender
    return made


def agent_of(chat: Conversation, session: scoped_session) -> str | None:
    session.flush()
    found = session.scalar(select(ChatAgent).where(ChatAgent.conversation_id == chat.id))
    return found.person.name if found else None


def test_naming_an_account_links_its_chats_and_those_to_come(session: scoped_session, cast: Cast) -> None:
    by_label, by_sender = chat_of(cast.shop, "甲店:小安"), chat_of(cast.shop, senders=("甲店:小安", "甲店:小安"))
    other = chat_of(cast.other_shop, "甲店:小安")
    session.flush()
    linked = name_agent(actor=cast.supervisor, shop_id=cast.shop.id, label="甲店:小安", person=cast.agent, at=MONDAY)
    assert linked == 2
    assert [agent_of(chat, session) for chat in (by_label, by_sender, other)] == ["安小客", "安小客", None]
    row = session.get(ChatAgent, by_label.id)
    assert (row.served_at, row.source, row.shop_id) == (MONDAY, AgentSource.ACCOUNT, cast.shop.id)

    chat_import = begin_import(actor=cast.trainer, names=["a.csv"], shop_id=cast.shop.id, at=MONDAY)
    late = chat_of(cast.shop, "甲店:小安")
    late.import_id, late.started_at = chat_import.id, None
    session.flush()
    finish_import(chat_import, at=MONDAY + timedelta(hours=1))
    assert agent_of(late, session) == "安小客"
    assert session.get(ChatAgent, late.id).served_at == MONDAY  # nobody knows when it was: the import's time


def test_an_account_may_be_named_anew_or_be_nobody_of_ours(session: scoped_session, cast: Cast) -> None:
    chat, by_hand = chat_of(cast.shop, "店铺:小白"), make_chat(cast.shop, cast.agent)
    by_hand.agent_label = "店铺:小白"
    session.flush()
    where = {"actor": cast.supervisor, "shop_id": cast.shop.id, "label": "店铺:小白", "at": MONDAY}
    name_agent(**where, person=cast.agent)
    assert name_agent(**where, person=cast.agent2) == 1
    assert (agent_of(chat, session), agent_of(by_hand, session)) == ("白小客", "安小客")
    assert name_agent(**where, person=None) == 0
    assert (agent_of(chat, session), agent_of(by_hand, session)) == (None, "安小客")
    assert session.scalars(select(AgentAccount.person_id)).all() == [None]


def test_a_guess_is_offered_and_never_applied(session: scoped_session, cast: Cast) -> None:
    for label in ("安小客", "甲店：AGENT2", "机器人"):
        chat_of(cast.shop, label)
    session.flush()
    people = people_serving(cast.shop.id)
    shown = {account.label: account.guess for account in accounts_of(cast.shop.id, people)}
    assert shown == {"安小客": cast.agent, "甲店：AGENT2": cast.agent2, "机器人": None}
    assert session.scalars(select(ChatAgent)).all() == []
    assert guess_person("安小客", [cast.agent, Person(name="安小客", account="x")]) is None


def test_accounts_nobody_named_come_first(session: scoped_session, cast: Cast, count_queries: Counter) -> None:
    for label in ("b", "b", "a", "c"):
        chat_of(cast.shop, label)
    session.flush()
    name_agent(actor=cast.supervisor, shop_id=cast.shop.id, label="a", person=cast.agent, at=MONDAY)
    with count_queries() as counted:
        rows = accounts_of(cast.shop.id, [])
    assert [(row.label, row.chats, row.named is None) for row in rows] == [
        ("b", 2, True),
        ("c", 1, True),
        ("a", 1, False),
    ]
    assert counted.count == 3


def test_chats_without_an_account_are_dealt_in_equal_runs(session: scoped_session, cast: Cast) -> None:
    chat_import = begin_import(actor=cast.trainer, names=["a.jsonl"], shop_id=cast.shop.id, at=MONDAY)
    chats = [chat_of(cast.shop) for _ in range(5)]
    named = chat_of(cast.shop, "小安")
    for chat in (*chats, named):
        chat.import_id, chat.started_at = chat_import.id, None
    finish_import(chat_import, at=MONDAY)
    assert [(row.chat_import.id, row.chats) for row in nameless_imports(cast.shop.id)] == [(chat_import.id, 5)]
    deal = {"actor": cast.supervisor, "chat_import": chat_import, "at": MONDAY}
    dealt = deal_chats(**deal, people=[cast.agent, cast.agent2])
    assert dealt == {cast.agent.id: 3, cast.agent2.id: 2}
    assert [agent_of(chat, session) for chat in (*chats, named)] == ["安小客"] * 3 + ["白小客"] * 2 + [None]
    row = session.get(ChatAgent, chats[0].id)
    assert (row.source, row.served_at) == (AgentSource.BY_HAND, MONDAY)
    with pytest.raises(ChatAgentError):
        deal_chats(**deal, people=[cast.agent])
    assert deal_chats(**deal, people=[cast.agent2], anew=True) == {cast.agent2.id: 5}


def test_dealing_goes_only_to_people_of_the_shop(session: scoped_session, cast: Cast) -> None:
    chat = chat_of(cast.shop)
    chat.chat_import.shop_id = cast.shop.id
    session.flush()
    deal = {"chat_import": chat.chat_import, "at": MONDAY}
    with pytest.raises(ChatAgentError, match="乙客服"):
        deal_chats(actor=cast.supervisor, people=[cast.other_agent], **deal)
    with pytest.raises(ChatAgentError):
        deal_chats(actor=cast.supervisor, people=[], **deal)
    with pytest.raises(NotFound):
        deal_chats(actor=cast.other_supervisor, people=[cast.agent], **deal)
    with pytest.raises(NotFound):
        name_agent(actor=cast.other_supervisor, shop_id=cast.shop.id, label="x", person=None, at=MONDAY)


def test_runs_differ_by_one_at_most() -> None:
    assert [list(run) for run in runs([1, 2, 3, 4, 5, 6, 7], 3)] == [[1, 2, 3], [4, 5], [6, 7]]
    assert [len(run) for run in runs([1], 3)] == [1, 0, 0]


def test_the_page_names_an_account(
    session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient], count_queries: Counter
) -> None:
    chat = chat_of(cast.shop, "甲店:小安")
    session.commit()
    client = sign_in(cast.supervisor)
    form = {"shop_id": cast.shop.id, "label": "甲店:小安"}
    assert "没有找到这位客服" in client.post(
        "/qa/chats/agents/name", data=form | {"person": "谁"}, follow_redirects=True
    ).get_data(as_text=True)
    page = client.post("/qa/chats/agents/name", data=form | {"person": "安小客（agent）"}, follow_redirects=True)
    assert "已关联 1 通会话" in page.get_data(as_text=True)
    assert agent_of(chat, session) == "安小客"
    with count_queries() as counted:
        assert client.get("/qa/chats/agents").status_code == 200
    assert counted.count <= 10
    assert client.get(f"/qa/chats/agents?shop={cast.other_shop.id}").status_code == 404
