"""Who may do what with chats."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy.orm import scoped_session

from lms.conversations.enums import ImportState, MessageKind, Side
from lms.conversations.models import ChatImport, Conversation, Message
from lms.kernel.clock import now
from lms.kernel.storage import files
from tests.conftest import Cast
from tests.conversations.chats import TABLE

_READ = {"anonymous": 302, "agent": 403, "lead": 403, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}
_IMPORT = {
    "anonymous": 302, "agent": 403, "lead": 403, "supervisor": 403, "evaluator": 403, "trainer": 200, "admin": 200,
}  # fmt: skip
_SENT = _IMPORT | {"trainer": 302, "admin": 302}

EXPECTED = {
    "conversations.index": _READ,
    "conversations.show": _READ,
    "conversations.imports": _IMPORT,
    "conversations.upload": _IMPORT,
    "conversations.upload [POST]": _SENT,
    "conversations.report": _IMPORT,
    "conversations.choose_format": _SENT,
    "conversations.map_columns": _SENT,
    "conversations.abandon": _SENT,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    done = ChatImport(shop_id=cast.shop.id, state=ImportState.DONE, finished_at=now(), name="a.csv", files=[])
    session.add(done)
    session.flush()
    chat = Conversation(
        shop_id=cast.shop.id,
        import_id=done.id,
        format="table",
        fingerprint=f"{done.id}-0",
        source_digest=str(done.id),
        customer_digest="",
        message_count=1,
    )
    session.add(chat)
    session.flush()
    session.add(
        Message(conversation_id=chat.id, position=0, side=Side.CUSTOMER, kind=MessageKind.TEXT, text="有货吗", digest=1)
    )
    key = files().save(io.BytesIO("一二三\n四五六\n".encode())).key
    waiting = ChatImport(
        shop_id=cast.shop.id,
        state=ImportState.CHOICE,
        name="b.txt",
        files=[{"name": "b.txt", "key": key, "needs": {"format": True}, "error": "认不出"}],
    )
    session.add(waiting)
    session.flush()
    report, choice = {"import_id": done.id}, {"import_id": waiting.id}
    upload = {"chats": (io.BytesIO(TABLE.encode()), "chats.csv"), "format": "auto", "shop": str(cast.shop.id)}
    return {
        "conversations.show": {"args": {"conversation_id": chat.id}},
        "conversations.report": {"args": report},
        "conversations.choose_format": {"args": choice, "data": {"format": "jsonl"}},
        "conversations.map_columns": {"args": choice},
        "conversations.abandon": {"args": choice},
        "conversations.upload [POST]": {"data": upload},
    }
