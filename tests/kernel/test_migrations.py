"""Migrations run up and down, and leave exactly what the models say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from lms.kernel.db import APPEND_ONLY, db
from lms.kernel.migrations import current_heads, differences, downgrade, shipped_heads, upgrade


@pytest.fixture
def empty(app: Flask) -> Iterator[None]:
    """A database with nothing in it."""
    db.session.remove()
    db.drop_all()
    yield
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


@pytest.mark.usefixtures("empty")
def test_up_gives_what_the_models_say() -> None:
    assert tables() == set()
    upgrade(db.engine)
    assert differences(db.engine) == []
    assert current_heads(db.engine) == shipped_heads()
    downgrade(db.engine)


@pytest.mark.usefixtures("empty")
def test_down_leaves_nothing_and_up_again_works() -> None:
    upgrade(db.engine)
    downgrade(db.engine)
    assert tables() == set()
    upgrade(db.engine)
    assert tables() == set(db.metadata.tables)
    downgrade(db.engine)


@pytest.mark.usefixtures("empty")
def test_migrated_tables_are_append_only_too() -> None:
    upgrade(db.engine)
    query = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if db.engine.dialect.name == "sqlite"
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers"
    )
    with db.engine.connect() as connection:
        assert set(connection.execute(text(query)).scalars()) == APPEND_ONLY
    downgrade(db.engine)


@pytest.mark.usefixtures("empty")
def test_checks_of_states_are_in_the_migrated_database() -> None:
    """compare_metadata does not look at CHECK constraints, so they are compared by name here."""
    upgrade(db.engine)
    found = {(table, check["name"]) for table in tables() for check in inspect(db.engine).get_check_constraints(table)}
    from sqlalchemy import CheckConstraint

    expected = {
        (table.name, str(constraint.name))
        for table in db.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    # Names in the metadata are templates until DDL is rendered: ck_<table>_<name>.
    expected = {(table, name if name.startswith("ck_") else f"ck_{table}_{name}") for table, name in expected}
    assert found == expected
    downgrade(db.engine)


OLD_HOME = (
    "INSERT INTO person (id, account, name, password_hash, must_change_password, session_version, active, locale,"
    " created_at) VALUES (1, 'a', '甲', '', false, 1, true, 'zh_CN', '2026-01-01 00:00:00')",
    "INSERT INTO activity (id, kind, title, dimension, created_at)"
    " VALUES (1, 'lesson', '站在买家一边', 'attitude', '2026-01-01 00:00:00')",
    "INSERT INTO lesson (id, activity_id, slug, type, state, position, latest_number, published_number, created_at,"
    " updated_at) VALUES (1, 1, 'buyer-eyes', 'markdown', 'published', 1, 1, 1, '2026-01-01 00:00:00',"
    " '2026-01-01 00:00:00')",
    "INSERT INTO lesson_version (id, lesson_id, number, title, summary, body, minutes, created_at)"
    " VALUES (1, 1, 1, '站在买家一边', '', '正文', 5, '2026-01-01 00:00:00')",
    "INSERT INTO record (id, actor_id, verb, activity_id, completion, at, context, idempotency_key)"
    " VALUES (1, 1, 'completed', 1, true, '2026-01-02 00:00:00', '{}', 'k1')",
)


@pytest.mark.usefixtures("empty")
def test_a_home_of_the_first_release_keeps_its_records() -> None:
    upgrade(db.engine, "0001")
    with db.engine.begin() as connection:
        for statement in OLD_HOME:
            connection.execute(text(statement))
    upgrade(db.engine)
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT idempotency_key FROM record")).scalars().all() == ["k1"]
        assert connection.execute(text("SELECT slug FROM activity")).scalars().all() == ["lesson:buyer-eyes"]
        assert connection.execute(text("SELECT body FROM lesson_version")).scalars().all() == ["正文"]
    downgrade(db.engine, "0001")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM record")).scalar() == 1
    downgrade(db.engine)
