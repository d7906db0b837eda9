"""The database tells the truth: append-only tables, times with a zone, and one commit a request."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import scoped_session

from lms.kernel.db import APPEND_ONLY, db, unit_of_work
from lms.learning.enums import Verb
from lms.learning.models import Record
from lms.learning.services import write_record
from lms.people.models import Shop
from tests.conftest import Cast
from tests.factories import make_activity

AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("statement", ["UPDATE record SET score = 1", "DELETE FROM record"])
def test_ledger_refuses_changes(session: scoped_session, cast: Cast, statement: str) -> None:
    write_record(actor=cast.agent, verb=Verb.OPENED, activity=make_activity(), at=AT, idempotency_key="k")
    session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()
    assert session.query(Record).count() == 1


def test_every_append_only_table_has_its_triggers(session: scoped_session) -> None:
    if db.engine.dialect.name != "sqlite":
        names = session.scalars(text("SELECT event_object_table FROM information_schema.triggers")).all()
    else:
        names = session.scalars(text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")).all()
    assert set(names) == APPEND_ONLY


def test_a_time_without_a_zone_is_refused(session: scoped_session) -> None:
    session.add(Shop(name="无时区", created_at=datetime(2026, 1, 1)))
    with pytest.raises(StatementError, match="without a zone"):
        session.flush()


def test_a_time_of_any_zone_comes_back_as_the_same_moment_in_utc(session: scoped_session) -> None:
    shanghai = datetime(2026, 11, 1, 16, 0, tzinfo=timezone(timedelta(hours=8)))
    session.add(Shop(name="有时区", created_at=shanghai))
    session.commit()
    session.expire_all()
    kept = session.query(Shop).filter_by(name="有时区").one().created_at
    assert (kept, kept.tzinfo) == (AT, UTC)


def test_unit_of_work_rolls_back_on_a_raise(session: scoped_session) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        session.add(Shop(name="不该留下"))
        session.flush()
        1 / 0  # noqa: B018
    assert session.query(Shop).filter_by(name="不该留下").count() == 0


def test_same_key_is_the_same_fact(session: scoped_session, cast: Cast) -> None:
    activity = make_activity()
    first = write_record(actor=cast.agent, verb=Verb.PASSED, activity=activity, at=AT, idempotency_key="k", score=0.9)
    again = write_record(actor=cast.agent, verb=Verb.PASSED, activity=activity, at=AT, idempotency_key="k", score=0.1)
    assert again is first
    assert session.query(Record).one().score == 0.9


def test_app_has_the_plugins_that_ship(app: Flask) -> None:
    from lms.kernel.plugins import BUILT_IN, plugins

    on = {info.name for info in plugins().found if info.enabled and info.distribution == "kefu-lms"}
    assert on == set(BUILT_IN)
