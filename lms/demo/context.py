"""What a step of the demo is given: its time, and the people, teams and shops that the earlier steps made."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.demo.people import FIRM, SHOP_NAMES, TEAMS, agents_of
from lms.kernel.clock import from_local, to_local
from lms.kernel.db import db
from lms.people.models import Person, Shop, Team


@dataclass(frozen=True)
class DemoContext:
    """``at`` is when the demo was begun; a resumed run has the same, so that every step comes out alike."""

    at: datetime

    def days_ago(self, days: int, *, hour: int = 10, minute: int = 0) -> datetime:
        """That hour in Shanghai, so many days before ``at``."""
        day = to_local(self.at) - timedelta(days=days)
        return from_local(datetime(day.year, day.month, day.day, hour, minute))

    def rng(self, name: str) -> random.Random:
        """Chance that comes out alike on every run."""
        return random.Random(f"kefu-demo/{name}")  # noqa: S311

    def person(self, account: str) -> Person:
        return db.session.scalars(select(Person).where(Person.account == account)).one()

    def shop(self, key: str) -> Shop:
        """The shop "songguo" or "shanyue"."""
        return db.session.scalars(select(Shop).where(Shop.name == SHOP_NAMES[key])).one()

    def team(self, key: str) -> Team:
        """A team by its key in ``people.TEAMS``; "" is the firm."""
        if not key:
            return db.session.scalars(select(Team).where(Team.name == FIRM, Team.parent_id.is_(None))).one()
        name, above, _shops = TEAMS[key]
        return db.session.scalars(select(Team).where(Team.name == name, Team.parent_id == self.team(above).id)).one()

    def agents(self, shop: str) -> list[Person]:
        """Those who answer the chats of a shop, in the order of the cast."""
        accounts = [member.account for member in agents_of(shop)]
        found = {p.account: p for p in db.session.scalars(select(Person).where(Person.account.in_(accounts)))}
        return [found[account] for account in accounts]
