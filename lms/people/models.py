"""Shops, teams (a tree), people and the roles they hold."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from flask_login import UserMixin
from sqlalchemy import Boolean, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import StrEnumType, UtcDateTime, db, enum_check
from lms.people.enums import Role

if TYPE_CHECKING:
    from lms.people.queries import Access


class Shop(db.Model):  # type: ignore[name-defined]
    """店铺: a shop, brand or client whose chats and content are kept apart from the others'."""

    __tablename__ = "shop"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Team(db.Model):  # type: ignore[name-defined]
    """A team in the tree. ``path`` is "/1/4/": the ids from the root down to the team itself."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("parent_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    path: Mapped[str] = mapped_column(String(255), default="", index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    parent: Mapped[Team | None] = relationship(remote_side=[id])
    shops: Mapped[list[Shop]] = relationship(secondary="team_shop")


class TeamShop(db.Model):  # type: ignore[name-defined]
    """Which shops a team serves; the teams below it serve them too."""

    __tablename__ = "team_shop"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id", ondelete="CASCADE"), primary_key=True, index=True)


class Person(UserMixin, db.Model):  # type: ignore[name-defined]
    """Somebody who signs in. Leavers are switched off, never deleted: their records stay."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(255), default="")
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=True)
    session_version: Mapped[int] = mapped_column(Integer, default=1)
    active: Mapped[bool] = mapped_column(Boolean, default=True, index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    locale: Mapped[str] = mapped_column(String(10), default="zh_CN")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    team: Mapped[Team | None] = relationship()
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="person", cascade="all, delete-orphan", lazy="selectin", order_by="RoleGrant.id"
    )

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def is_authenticated(self) -> bool:
        """Only a session that holds leads to a person. Without a look at the row, which a commit has just expired."""
        return True

    @property
    def access(self) -> Access:
        """What this person may do and see, worked out once for this instance."""
        from lms.people.queries import access_of  # the model is where people look for it; queries stand above

        return access_of(self)


class RoleGrant(db.Model):  # type: ignore[name-defined]
    """A role that a person holds. For leads and supervisors ``team_id`` names the branch; none = the own team."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "team_id"), enum_check("role", Role))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(StrEnumType(Role))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)

    person: Mapped[Person] = relationship(back_populates="grants")
