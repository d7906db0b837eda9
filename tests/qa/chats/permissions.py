"""Who may say who served which chat."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import scoped_session

from tests.conftest import Cast
from tests.qa.making import make_chat

_HEADS = {
    "anonymous": 302,
    "agent": 403,
    "lead": 403,
    "supervisor": 200,
    "evaluator": 200,
    "trainer": 403,
    "admin": 200,
}
_DONE = _HEADS | {"supervisor": 302, "evaluator": 302, "admin": 302}

EXPECTED = {
    "qa_chats.agents": _HEADS,
    "qa_chats.name": _DONE,
    "qa_chats.deal": _HEADS | {"other": 403},
    "qa_chats.deal [POST]": _DONE | {"other": 403},
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    chat = make_chat(cast.shop, None)
    chat.agent_label = "甲店:小安"
    nameless = make_chat(cast.shop, None)
    nameless.chat_import.shop_id = cast.shop.id
    nameless.chat_import.name = "甲店会话.jsonl"
    session.flush()
    of_import = {"import_id": nameless.import_id}
    return {
        "qa_chats.name": {
            "data": {"shop_id": cast.shop.id, "label": "甲店:小安", "person": f"{cast.agent.name}（agent）"}
        },
        "qa_chats.deal": {"args": of_import},
        "qa_chats.deal [POST]": {"args": of_import, "data": {"people": [cast.agent2.id]}},
    }
