"""What the sign-in page says in a demo home."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from lms.demo.models import DemoAccount
from lms.kernel.db import db
from lms.people.models import Person


@dataclass(frozen=True)
class ShownAccount:
    """An account to sign in with: what to type, whose it is, and what the person does."""

    account: str
    name: str
    shown: str


def demo_accounts() -> list[ShownAccount]:
    """The demo accounts that still have the documented password; [] in a home that is no demo. One statement."""
    query = (
        select(Person.account, Person.name, DemoAccount.shown)
        .join(DemoAccount, DemoAccount.person_id == Person.id)
        .where(Person.active, Person.session_version == DemoAccount.session_version)
        .order_by(DemoAccount.position)
    )
    return [ShownAccount(account, name, shown) for account, name, shown in db.session.execute(query)]
