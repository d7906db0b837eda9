"""Slows down guessing: after a few failed tries an account waits, longer each time. Kept in the database, so that
any number of workers count together, and in transactions of its own, so that a failed sign-in is counted although
its request changes nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, delete, insert, literal, null, select, update
from sqlalchemy.exc import IntegrityError

from lms.kernel.db import UtcDateTime, db
from lms.people.sign_in_models import SignInThrottle

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(days=1)


def wait_after(failures: int) -> timedelta:
    """How long an account waits after so many failed tries in a row: 30 s after the fifth, then doubling."""
    if failures < FREE_TRIES:
        return timedelta()
    return min(FIRST_WAIT * 2 ** min(failures - FREE_TRIES, 20), LONGEST_WAIT)


def throttle_key(account: str, *, secret: str) -> str:
    """The row of an account. Hashed with the installation's key: people type passwords into the wrong field."""
    return hmac.new(secret.encode(), f"sign-in:{account}".encode(), hashlib.sha256).hexdigest()


def take_try(key: str, *, at: datetime) -> timedelta:
    """Count a try before the password is looked at. Returns the time still to wait; zero means: go on.

    Counting first means that a hundred tries sent at once get five looks, not a hundred. A success gives the try
    back through :func:`clear_tries`. While waiting, tries are refused without counting.
    """
    table = SignInThrottle.__table__
    waits: list[tuple[Any, Any]] = [(table.c.failures + 1 < FREE_TRIES, null())]
    waits += [(table.c.failures + 1 == n, _moment(at + wait_after(n))) for n in range(FREE_TRIES, FREE_TRIES + 10)]
    count = (
        update(table)
        .where(table.c.key == key, (table.c.blocked_until.is_(None)) | (table.c.blocked_until <= at))
        .values(
            failures=table.c.failures + 1,
            last_try_at=at,
            blocked_until=case(*waits, else_=_moment(at + LONGEST_WAIT)),
        )
    )
    with db.engine.begin() as connection:
        connection.execute(delete(table).where(table.c.last_try_at < at - FORGET_AFTER))
        if connection.execute(count).rowcount:
            return timedelta()
        until = connection.scalar(select(table.c.blocked_until).where(table.c.key == key))
    if until is not None:
        return max(until - at, timedelta(seconds=1))
    try:
        with db.engine.begin() as connection:
            connection.execute(insert(table).values(key=key, failures=1, last_try_at=at))
        return timedelta()
    except IntegrityError:  # another worker made the row meanwhile
        return take_try(key, at=at)


def clear_tries(key: str) -> None:
    """Forget the failed tries of an account, in the caller's transaction: its owner has proved to be the owner."""
    db.session.execute(delete(SignInThrottle).where(SignInThrottle.key == key))


def _moment(at: datetime) -> ColumnElement[Any]:
    return literal(at, UtcDateTime)
