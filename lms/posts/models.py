"""Posts, what they require, who holds them, and the history of that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Json, UtcDateTime, append_only, db
from lms.learning.models import Competency
from lms.people.models import Person


class Post(db.Model):  # type: ignore[name-defined]
    """岗位: what somebody does in the team, such as 售前 or VIP; of one shop, or of all. Its name is data.

    ``slug`` names a post that ships. ``touched`` says that somebody changed what it requires: a start leaves it alone.
    """

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("shop_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    description: Mapped[str] = mapped_column(String(500), default="")
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    slug: Mapped[str | None] = mapped_column(String(40), unique=True)
    touched: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    competencies: Mapped[list[Competency]] = relationship(secondary="post_competency")


class PostCompetency(db.Model):  # type: ignore[name-defined]
    """What a post requires one to be able to do."""

    __tablename__ = "post_competency"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True, index=True)


class PersonPost(db.Model):  # type: ignore[name-defined]
    """A post that a person holds now; one of them is the main one."""

    __tablename__ = "person_post"
    __table_args__ = (
        Index(
            "uq_person_post_main",
            "person_id",
            unique=True,
            sqlite_where=text("main"),
            postgresql_where=text("main"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, index=True)
    main: Mapped[bool] = mapped_column(Boolean, default=False)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    post: Mapped[Post] = relationship()


@append_only
class PostChange(db.Model):  # type: ignore[name-defined]
    """调岗: from which posts to which, by whom and when. ``before`` and ``after`` are [{"id", "name"}], main first."""

    __tablename__ = "post_change"
    __table_args__ = (Index("ix_post_change_person_id_at", "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    before: Mapped[list[dict[str, object]]] = mapped_column(Json, default=list)
    after: Mapped[list[dict[str, object]]] = mapped_column(Json, default=list)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    by: Mapped[Person | None] = relationship(foreign_keys=[by_id])
