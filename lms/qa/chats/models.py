"""Who served which conversation: by the agent's account in the export, or named by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.conversations.models import Conversation
from lms.kernel.clock import now
from lms.kernel.db import StrEnumType, UtcDateTime, db, enum_check
from lms.people.models import Person
from lms.qa.enums import AgentSource


class AgentAccount(db.Model):  # type: ignore[name-defined]
    """客服账号: the name that an export has for an agent of a shop, and who that is. None: nobody of ours (a robot)."""

    __tablename__ = "agent_account"
    __table_args__ = (UniqueConstraint("shop_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    label: Mapped[str] = mapped_column(String(100))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    named_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class ChatAgent(db.Model):  # type: ignore[name-defined]
    """The agent of a conversation. ``served_at`` is when the chat began, or when it was imported if nobody knows.

    ``signals`` names what makes the chat risky (``sampling.signals``), with commas; None until it was read for that.
    """

    __tablename__ = "chat_agent"
    __table_args__ = (
        enum_check("source", AgentSource),
        Index("ix_chat_agent_person_id_served_at", "person_id", "served_at"),
        Index("ix_chat_agent_shop_id_served_at", "shop_id", "served_at"),
    )

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    served_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[AgentSource] = mapped_column(StrEnumType(AgentSource))
    signals: Mapped[str | None] = mapped_column(String(120))

    conversation: Mapped[Conversation] = relationship()
    person: Mapped[Person] = relationship()
