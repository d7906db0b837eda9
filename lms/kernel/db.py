"""The database: one session, typed columns, append-only tables.

Services flush; the request, a command or a job commits once, through :func:`unit_of_work`; a raise rolls back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, CheckConstraint, DateTime, Engine, MetaData, String, Table, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.types import JSON, TypeDecorator

from lms.kernel.errors import NotFound

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table; names of constraints are fixed, so that migrations run down as well as up."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in Python, naive UTC in the database (SQLite keeps no zone). A naive value is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Json(TypeDecorator[Any]):
    """JSON, Chinese kept readable. Assign a new value to change it: changes inside are not tracked."""

    impl = JSON
    cache_ok = True


class StrEnumType(TypeDecorator[Any]):
    """A StrEnum as VARCHAR. Pair it with :func:`enum_check` so that the database knows the states too."""

    impl = String
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        self.enum = enum
        super().__init__(max(32, *(len(member.value) for member in enum)))

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.enum(value)


def enum_check(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """The CHECK that holds ``column`` to the values of ``enum``; goes into ``__table_args__``."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({values})", name=column)


APPEND_ONLY: set[str] = set()
M = TypeVar("M", bound=type)


def append_only_statements(table: str, dialect: str) -> list[str]:
    """The SQL that makes the database refuse UPDATE and DELETE on ``table``. Migrations use it too."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
    ]


def append_only_drops(table: str, dialect: str) -> list[str]:
    """What to drop once ``table`` is gone: SQLite's triggers went with it, PostgreSQL's function stays."""
    return [] if dialect == "sqlite" else [f"DROP FUNCTION IF EXISTS {table}_append_only() CASCADE"]


def append_only(model: M) -> M:
    """Class decorator: facts are appended, not edited. The database itself refuses UPDATE and DELETE."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    APPEND_ONLY.add(table.name)
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_statements(table.name, dialect):
            ddl = DDL(statement.replace("%", "%%"))
            event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    return model


@event.listens_for(Engine, "connect")
def _tune_sqlite(connection: Any, _record: Any) -> None:
    if type(connection).__module__.startswith("sqlite3"):
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=15000")
        cursor.close()


@event.listens_for(Engine, "savepoint")
def _begin_before_savepoint(connection: Connection, _name: str) -> None:
    """SQLite's driver opens a transaction at the first write only; a savepoint before it would commit when released."""
    driver = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite" and driver is not None and not driver.in_transaction:
        driver.execute("BEGIN IMMEDIATE")  # a read before the write would otherwise lose to another writer


def engine_options(url: str) -> dict[str, Any]:
    """Options of the engine for ``url``; JSON keeps Chinese readable in the database."""
    options: dict[str, Any] = {"json_serializer": lambda value: json.dumps(value, ensure_ascii=False)}
    if not url.startswith("sqlite"):
        options["pool_pre_ping"] = True
    return options


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit once at the end; a raise rolls back everything. For commands and jobs; requests have their own."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


T = TypeVar("T")


def get_or_404(model: type[T], ident: int, *options: ORMOption) -> T:
    """The row, or NotFound. ``options`` say what is loaded with it, in the same statement."""
    row = db.session.get(model, ident, options=options)
    if row is None:
        raise NotFound(_("找不到您要的内容，它可能已被删除，或者不在您的可见范围内。"))
    return row
