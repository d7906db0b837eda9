"""Imports, conversations and messages. Everything here is masked already; raw text never comes this far."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.conversations.enums import ImportState, MessageKind, Side
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.people.models import Person, Shop


class ChatImport(db.Model):  # type: ignore[name-defined]
    """One upload or one ``lms chats import``: its files, what came of each, and the totals.

    ok, duplicate and bad count messages (bad: lines that could not be read as one). ``files`` holds a report a file
    (see ``reports.FileReport``), with the storage key of the raw upload as long as it is there. ``errors`` holds the
    first problems ``{file, line, reason}``; ``error_count`` counts them all.
    """

    __tablename__ = "chat_import"
    __table_args__ = (
        enum_check("state", ImportState),
        CheckConstraint("(state IN ('done', 'failed')) = (finished_at IS NOT NULL)", name="finished_has_time"),
        Index("ix_chat_import_shop_id_created_at", "shop_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[ImportState] = mapped_column(StrEnumType(ImportState), default=ImportState.WAITING, index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    name: Mapped[str] = mapped_column(String(200), default="")
    wanted_format: Mapped[str] = mapped_column(String(40), default="auto")
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    conversations: Mapped[int] = mapped_column(Integer, default=0)
    messages: Mapped[int] = mapped_column(Integer, default=0)
    ok: Mapped[int] = mapped_column(Integer, default=0)
    duplicate: Mapped[int] = mapped_column(Integer, default=0)
    bad: Mapped[int] = mapped_column(Integer, default=0)
    dropped: Mapped[int] = mapped_column(Integer, default=0)
    masked: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    error_count: Mapped[int] = mapped_column(Integer, default=0)

    shop: Mapped[Shop | None] = relationship()
    created_by: Mapped[Person | None] = relationship()

    @property
    def is_over(self) -> bool:
        return self.state in (ImportState.DONE, ImportState.FAILED)


class ColumnMapping(db.Model):  # type: ignore[name-defined]
    """How a table's columns are to be read, saved per shop by the signature of its header, and used again."""

    __tablename__ = "chat_column_mapping"
    __table_args__ = (UniqueConstraint("scope", "signature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(20))
    signature: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, int]] = mapped_column(Json)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Conversation(db.Model):  # type: ignore[name-defined]
    """会话: one customer's chat.

    ``source_digest`` is a keyed digest of the session's key in the export; ``fingerprint`` adds the shop and an
    ordinal and is unique, so the same session can't be stored twice. ``customer_digest`` finds a customer's other
    chats without telling who it is; ``customer_label`` is a pseudonym.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_shop_id_started_at", "shop_id", "started_at"),
        Index("ix_conversation_shop_id_customer_digest", "shop_id", "customer_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("chat_import.id"), index=True)
    format: Mapped[str] = mapped_column(String(40))
    fingerprint: Mapped[str] = mapped_column(String(40), unique=True)
    source_digest: Mapped[str] = mapped_column(String(40), index=True)
    customer_digest: Mapped[str] = mapped_column(String(40))
    customer_label: Mapped[str] = mapped_column(String(40), default="")
    agent_label: Mapped[str] = mapped_column(String(100), default="")
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    product_ref: Mapped[str] = mapped_column(String(100), default="", index=True)
    product_name: Mapped[str] = mapped_column(String(200), default="")
    message_count: Mapped[int] = mapped_column(Integer, default=0)
    preview: Mapped[str] = mapped_column(String(120), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    shop: Mapped[Shop | None] = relationship()
    chat_import: Mapped[ChatImport] = relationship()
    messages: Mapped[list[Message]] = relationship(back_populates="conversation", order_by="Message.position")


class Message(db.Model):  # type: ignore[name-defined]
    """消息: one message, masked. ``digest`` is a keyed digest of what the export said, to know it again."""

    __tablename__ = "message"
    __table_args__ = (
        enum_check("side", Side),
        enum_check("kind", MessageKind),
        Index("ix_message_conversation_id_position", "conversation_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    position: Mapped[int] = mapped_column(Integer)
    side: Mapped[Side] = mapped_column(StrEnumType(Side))
    sender: Mapped[str] = mapped_column(String(100), default="")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kind: Mapped[MessageKind] = mapped_column(StrEnumType(MessageKind), default=MessageKind.TEXT)
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[int] = mapped_column(BigInteger)

    conversation: Mapped[Conversation] = relationship(back_populates="messages")


@append_only
class ChatView(db.Model):  # type: ignore[name-defined]
    """Who looked at which conversation, when. Appended for each view of a transcript, and never changed."""

    __tablename__ = "chat_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
