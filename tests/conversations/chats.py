"""Small chats written for these tests, and stored the way an import stores them."""

from __future__ import annotations

from pathlib import Path

from lms.conversations.models import ChatImport, Conversation
from lms.conversations.reading import Wanted
from lms.conversations.reports import FileReport
from lms.conversations.services import begin_import, finish_import, import_file, note_file
from lms.kernel.clock import now
from lms.kernel.db import db

TABLE = (
    "会话ID,客户名,发送时间,发送方,发送账号,发送内容,商品编号\n"
    "S1,小雨伞,2026-03-01 10:00:00,客户,小雨伞,这款保温杯能装多少水？,88001\n"
    "S1,小雨伞,2026-03-01 10:00:09,客服,甲店:晓晓,亲，这款是 500 毫升的,88001\n"
    "S2,大脸猫爱鱼,2026-03-02 20:15:00,客户,大脸猫爱鱼,我的手机号13812345678，什么时候发货,88002\n"
    "S2,大脸猫爱鱼,2026-03-02 20:15:10,客服,甲店:晓晓,48小时内发货的,88002\n"
)


def import_text(
    folder: Path,
    text: str | bytes,
    name: str = "chats.csv",
    *,
    shop_id: int | None = None,
    format_name: str = "auto",
    columns: dict[str, str] | None = None,
) -> tuple[ChatImport, list[FileReport]]:
    """Import a file of this content and commit."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    made = begin_import(actor=None, names=[name], shop_id=shop_id, at=now(), format_name=format_name)
    reports = import_file(made, path, name, wanted=Wanted(format_name, columns or {}))
    note_file(made, 0, reports)
    finish_import(made, at=now())
    db.session.commit()
    return made, reports


def stored() -> list[Conversation]:
    """All conversations, in the order they were stored."""
    return list(db.session.query(Conversation).order_by(Conversation.id))


def transcript(conversation: Conversation) -> list[tuple[str, str]]:
    """(side, text) of each message in order."""
    db.session.expire_all()
    return [(message.side.value, message.text) for message in conversation.messages]
