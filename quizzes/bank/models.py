"""题库: items, their versions, where they come from, and what was decided about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.conversations.models import Conversation as Conversation
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.knowledge.sop.models import SopEntry
from lms.learning.enums import Dimension
from lms.learning.models import BY_CODE, Competency
from lms.people.models import Person, Shop
from quizzes.bank.enums import Decision, ItemState
from quizzes.mining.models import QuestionGroup


class DraftBatch(db.Model):  # type: ignore[name-defined]
    """One pressing of 出题: which groups and types were asked for, and what came of it.

    ``rejected`` counts the drafts that the quality gate refused, by reason (quizzes.drafting.REASONS).
    """

    __tablename__ = "draft_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    group_ids: Mapped[list[int]] = mapped_column(Json, default=list)
    types: Mapped[list[str]] = mapped_column(Json, default=list)
    drafted: Mapped[int] = mapped_column(Integer, default=0)
    rejected: Mapped[dict[str, int]] = mapped_column(Json, default=dict)

    created_by: Mapped[Person | None] = relationship()
    shop: Mapped[Shop | None] = relationship()


class ItemCompetency(db.Model):  # type: ignore[name-defined]
    """Which competencies an item tests."""

    __tablename__ = "item_competency"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True, index=True)


class Item(db.Model):  # type: ignore[name-defined]
    """试题. What it says stands in its versions; ``current_version`` is the one that is drawn.

    ``type`` is the name of a question type; rows of a type whose plugin is gone stay readable. ``stale`` items have
    lost their ground (the rule they quote was replaced) and leave the draws: ``sop_entry`` is that rule and
    ``sop_version`` the number of its version that the item was checked against. ``slug`` names what ships.
    """

    __tablename__ = "item"
    __table_args__ = (
        enum_check("state", ItemState),
        enum_check("dimension", Dimension),
        CheckConstraint("state <> 'accepted' OR current_version_id IS NOT NULL", name="accepted_has_version"),
        Index("uq_item_slug", "slug", unique=True),
        Index("ix_item_shop_id_state", "shop_id", "state"),
        Index("ix_item_batch_id_state", "batch_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str | None] = mapped_column(String(120))
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    type: Mapped[str] = mapped_column(String(40))
    state: Mapped[ItemState] = mapped_column(StrEnumType(ItemState), default=ItemState.DRAFT)
    current_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("item_version.id", use_alter=True, name="fk_item_current_version_id_item_version"), index=True
    )
    group_id: Mapped[int | None] = mapped_column(ForeignKey("question_group.id", ondelete="SET NULL"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("draft_batch.id"))
    dimension: Mapped[Dimension] = mapped_column(StrEnumType(Dimension), default=Dimension.KNOWLEDGE)
    stale: Mapped[bool] = mapped_column(Boolean, default=False)
    sop_entry_id: Mapped[int | None] = mapped_column(ForeignKey("sop_entry.id"), index=True)
    sop_version: Mapped[int | None] = mapped_column(Integer)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    current_version: Mapped[ItemVersion | None] = relationship(foreign_keys=[current_version_id], post_update=True)
    versions: Mapped[list[ItemVersion]] = relationship(
        back_populates="item", foreign_keys="ItemVersion.item_id", order_by="ItemVersion.number"
    )
    competencies: Mapped[list[Competency]] = relationship(secondary="item_competency", order_by=BY_CODE)
    sources: Mapped[list[ItemSource]] = relationship(back_populates="item", order_by="ItemSource.id")
    group: Mapped[QuestionGroup | None] = relationship()
    shop: Mapped[Shop | None] = relationship()
    sop_entry: Mapped[SopEntry | None] = relationship()


@append_only
class ItemVersion(db.Model):  # type: ignore[name-defined]
    """试题版本: what an item says. An edit adds a version; attempts keep the one they were drawn with."""

    __tablename__ = "item_version"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int] = mapped_column(Integer)
    stem: Mapped[str] = mapped_column(Text)
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    rationale: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    item: Mapped[Item] = relationship(back_populates="versions", foreign_keys=[item_id])
    created_by: Mapped[Person | None] = relationship()


class ItemSource(db.Model):  # type: ignore[name-defined]
    """A message that an item comes from. The quote stays when the chat is deleted."""

    __tablename__ = "item_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id", ondelete="SET NULL"), index=True)
    quote: Mapped[str] = mapped_column(Text, default="")

    item: Mapped[Item] = relationship(back_populates="sources")


@append_only
class ReviewDecision(db.Model):  # type: ignore[name-defined]
    """审题记录: who decided what about which version, and why. An undo is a line of its own."""

    __tablename__ = "review_decision"
    __table_args__ = (enum_check("decision", Decision), Index("ix_review_decision_person_id_at", "person_id", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("item_version.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[Decision] = mapped_column(StrEnumType(Decision))
    reason: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person | None] = relationship()
    version: Mapped[ItemVersion] = relationship()
