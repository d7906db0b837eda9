"""Makes the rows that tests need, with believable defaults. Each returns a flushed row of the current session."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from lms.kernel.clock import now
from lms.kernel.db import db
from lms.learning.enums import AssignmentReason, Dimension
from lms.learning.models import Activity, Assignment, Competency
from lms.people.enums import Role
from lms.people.models import Person, RoleGrant, Shop, Team
from lms.people.passwords import hash_one_time_password

PASSWORD = "correct horse"
_numbers = count(1)
_hash: dict[str, str] = {}


def password_hash() -> str:
    """One hash of PASSWORD for the whole run, with the cheap parameters: thousands of sign-ins would take minutes."""
    if PASSWORD not in _hash:
        _hash[PASSWORD] = hash_one_time_password(PASSWORD)
    return _hash[PASSWORD]


def save(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def make_shop(name: str = "") -> Shop:
    return save(Shop(name=name or f"店铺{next(_numbers)}"))


def make_team(name: str = "", *, parent: Team | None = None, shops: list[Shop] | None = None) -> Team:
    team = save(Team(name=name or f"团队{next(_numbers)}", parent=parent, shops=shops or []))
    team.path = f"{parent.path if parent else '/'}{team.id}/"
    db.session.flush()
    return team


def make_person(
    name: str = "",
    *roles: Role,
    team: Team | None = None,
    account: str = "",
    branch: Team | None = None,
    active: bool = True,
    must_change_password: bool = False,
) -> Person:
    n = next(_numbers)
    person = Person(
        account=account or f"user{n}",
        name=name or f"员工{n}",
        team=team,
        active=active,
        password_hash=password_hash(),
        must_change_password=must_change_password,
        grants=[RoleGrant(role=role, team_id=branch.id if branch else None) for role in roles or (Role.AGENT,)],
    )
    return save(person)


def make_competency(
    name: str = "", *, dimension: Dimension = Dimension.KNOWLEDGE, shop: Shop | None = None
) -> Competency:
    n = next(_numbers)
    return save(
        Competency(code=f"K{n}", name=name or f"能力项{n}", dimension=dimension, shop_id=shop.id if shop else None)
    )


def make_activity(
    title: str = "", *, kind: str = "lesson", dimension: Dimension = Dimension.KNOWLEDGE, shop: Shop | None = None
) -> Activity:
    n = next(_numbers)
    return save(
        Activity(kind=kind, title=title or f"学习活动{n}", dimension=dimension, shop_id=shop.id if shop else None)
    )


def make_assignment(
    person: Person, activity: Activity, *, due_at: datetime | None = None, at: datetime | None = None
) -> Assignment:
    at = at or now()
    return save(
        Assignment(
            person_id=person.id,
            activity_id=activity.id,
            reason=AssignmentReason.BY_HAND,
            due_at=due_at or at + timedelta(days=7),
            created_at=at,
        )
    )
