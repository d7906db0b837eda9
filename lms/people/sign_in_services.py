"""Signing in, changing and resetting passwords."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from lms.config import secret_key, settings
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.accounts import ACCOUNT_MAX, normalise_account
from lms.people.models import Person
from lms.people.passwords import (
    hash_one_time_password,
    hash_password,
    needs_rehash,
    one_time_password,
    password_problem,
    verify_password,
)
from lms.people.sign_in_models import EndedSession
from lms.people.throttle import clear_tries, take_try, throttle_key


class SignInRefused(DomainError):
    """Wrong account or password; which of the two is not said."""

    status = 401


class SignInThrottled(DomainError):
    """Too many failed tries for this account; ``wait`` says how long to hold on."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        message = _("密码错误次数太多，请 %(wait)s后再试。", wait=wait_in_words(wait))
        super().__init__(message, hint=_("忘记密码请联系管理员重置。"))


class PasswordError(DomainError):
    """A new password that will not do."""


def wait_in_words(wait: timedelta) -> str:
    """ "30 秒", "2 分钟": rounded up, so that a try after it works."""
    seconds = ceil(wait.total_seconds())
    return _("%(n)s 秒", n=seconds) if seconds < 60 else _("%(n)s 分钟", n=ceil(seconds / 60))


def authenticate(*, account: str, password: str, at: datetime) -> Person:
    """The person who owns account and password.

    An unknown account costs the same time and gives the same SignInRefused as a wrong password, and is throttled
    alike. Raises SignInThrottled without looking at the password while the account has to wait.
    """
    account = normalise_account(account)[:ACCOUNT_MAX]
    key = _key(account)
    wait = take_try(key, at=at)
    if wait:
        raise SignInThrottled(wait)
    person = db.session.scalars(select(Person).where(Person.account == account)).one_or_none()
    if not verify_password(person.password_hash if person else "", password) or person is None:
        raise SignInRefused(_("账号或密码不对，请检查后再试。"))
    if not person.active:
        raise SignInRefused(_("这个账号已停用，请联系管理员。"))
    clear_tries(key)
    if not person.must_change_password and needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    person.last_sign_in_at = at
    db.session.flush()
    return person


def change_password(*, actor: Person, current: str, new: str, at: datetime) -> None:
    """Change one's own password; every session of the account that does not learn the new version ends.

    Wrong guesses of the current password count like failed sign-ins. Raises PasswordError or SignInThrottled.
    """
    if problem := password_problem(new, account=actor.account, name=actor.name):
        raise PasswordError(problem, where="new")
    if new == current:
        raise PasswordError(_("新密码不能和当前密码一样。"), where="new")
    key = _key(actor.account)
    wait = take_try(key, at=at)
    if wait:
        raise SignInThrottled(wait)
    if not verify_password(actor.password_hash, current):
        raise PasswordError(_("当前密码不对。"), where="current")
    clear_tries(key)
    actor.password_hash = hash_password(new)
    actor.must_change_password = False
    actor.session_version += 1
    db.session.flush()


def give_one_time_password(person: Person) -> str:
    """Give ``person`` a one-time password, to be changed at the next sign-in, and end all sessions.

    The password is returned once and stored nowhere in clear.
    """
    password = one_time_password()
    person.password_hash = hash_one_time_password(password)
    person.must_change_password = True
    person.session_version += 1
    db.session.flush()
    clear_tries(_key(person.account))
    return password


def end_session(session_id: str, *, at: datetime) -> None:
    """Sign a session out for good; a copy of its cookie is refused from now on. Old entries are swept out."""
    lapsed = at - timedelta(hours=settings().session_hours)
    db.session.execute(delete(EndedSession).where(EndedSession.ended_at < lapsed))
    db.session.merge(EndedSession(id=session_id, ended_at=at))
    db.session.flush()


def person_of_session(person_id: int, *, session_id: str, version: int) -> Person | None:
    """The person a session belongs to: switched on, password unchanged since, not signed out. One statement."""
    query = (
        select(Person)
        .options(joinedload(Person.grants))
        .outerjoin(EndedSession, EndedSession.id == session_id)
        .where(Person.id == person_id, Person.active, Person.session_version == version, EndedSession.id.is_(None))
    )
    return db.session.scalars(query).unique().one_or_none()


def _key(account: str) -> str:
    return throttle_key(account, secret=secret_key(settings()))
