"""Fixtures that every test may use: a fresh home, a fixed cast, a client for each of them, a statement counter.

The database is SQLite in the fresh home, or the one that LMS_TEST_DATABASE_URL names (emptied before each test; tests
marked sqlite_only are left out there by tests/run).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, request_started
from flask import session as flask_session
from flask.testing import FlaskClient
from sqlalchemy import Table, event, select, text
from sqlalchemy.orm import scoped_session

from lms.config import prepare_home, settings
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.jobs import queue
from lms.people.enums import Role
from lms.people.models import Person, Shop, Team
from lms.people.sessions import start_session
from lms.web.setup import limiter
from tests.factories import make_person, make_shop, make_team

# Workers that run side by side have a database each: tests/postgresql.sh makes lms, lms_gw0 and lms_gw1.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
TEST_URL = os.environ.get("LMS_TEST_DATABASE_URL", "").replace("/lms?", f"/lms_{_WORKER}?" if _WORKER else "/lms?")
# Where a run of several pytests keeps the demo home that they share; tests/run says it.
DEMO_FOLDER = os.environ.get("LMS_TEST_DEMO_FOLDER", "")
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_report_header() -> list[str]:
    shown = "found" if SHARED_DATA.is_dir() else "missing: the tests that read it are skipped"
    return [f"database: {TEST_URL.split('@')[-1] or 'SQLite'}", f"shared data: {shown}"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another database than SQLite only tests that use the database say anything new; the rest is deselected."""
    if not TEST_URL:
        return
    kept = [
        item
        for item in items
        if "app" in getattr(item, "fixturenames", ()) and item.get_closest_marker("sqlite_only") is None
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the research data; skips, saying so, where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is missing: this test reads the research chats")
    return SHARED_DATA


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home filled by ``lms demo``, once for all that run side by side. Only to be read: a test that writes copies it.

    The environment of the command has none of this machine's settings.
    """
    base = tmp_path_factory.getbasetemp()
    folder = Path(DEMO_FOLDER) if DEMO_FOLDER else base.parent if _WORKER else base
    home, filling = folder / "demo-home", folder / "demo-filling"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    with open(folder / "demo.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            shutil.rmtree(filling, ignore_errors=True)
            command = [sys.executable, "-m", "lms", "demo"]
            environment = clean | {"LMS_HOME": str(filling)}
            run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert run.returncode == 0, run.stderr
            filling.rename(home)
    return home


@pytest.fixture(autouse=True)
def _clean_settings() -> Iterator[None]:
    """No setting of this machine reaches a test."""
    yield
    settings.cache_clear()
    queue.cache_clear()


@pytest.fixture(scope="session")
def _home_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where every test of this process has its LMS_HOME: the app, which is made once, knows one address."""
    return tmp_path_factory.mktemp("lms") / "home"


@pytest.fixture
def home(_home_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An LMS_HOME that is not there yet."""
    shutil.rmtree(_home_path, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith("LMS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LMS_HOME", str(_home_path))
    monkeypatch.setenv("LMS_JOBS_URL", "memory://")
    if TEST_URL:
        monkeypatch.setenv("LMS_DATABASE_URL", TEST_URL)
    settings.cache_clear()
    queue.cache_clear()
    return _home_path


@pytest.fixture(scope="session")
def _empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no rows; copied for each test, since making tables takes longer."""
    from sqlalchemy import create_engine

    import lms.kernel.jobs  # noqa: F401  its table
    from lms.kernel.plugins import plugins

    plugins()
    path = tmp_path_factory.mktemp("database") / "empty.db"
    engine = create_engine(f"sqlite:///{path}")
    db.Model.metadata.create_all(engine)
    with engine.connect() as connection:
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    return path


@pytest.fixture
def own_app() -> None:
    """Asked for by what changes the app itself (adds routes, say): the test then gets an app that nobody else has."""


_apps: dict[frozenset[str], Flask] = {}


def _app(*, fresh: bool) -> Flask:
    """The app of this process, made once for the plugins that are on: making one takes longer than most tests."""
    from lms.app import create_app
    from lms.kernel.plugins import plugins

    on = frozenset(name for name, plugin in plugins().manager.list_name_plugin() if plugin)
    app = None if fresh else _apps.get(on)
    if app is None:
        app = create_app({"TESTING": True, "JOBS_INLINE": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
        if not fresh:
            _apps[on] = app
        return app
    limiter.enabled = app.config["RATELIMIT_ENABLED"]  # one object for every app of the process; the newest one set it
    prepare_home(settings())
    (settings().home / "secret_key").write_text(app.config["SECRET_KEY"])
    app.extensions["lms.web"].pop("navigation", None)
    return app


def _empty_server_database() -> None:
    """Every table made, no row in any, all numbers from 1 again. Truncating a hundred empty tables takes far longer."""
    names = set(db.metadata.tables)
    there = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    if not names <= set(db.session.scalars(text(there))):
        db.session.rollback()
        db.create_all()
    filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in sorted(names))
    db.session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
    for name in db.session.scalars(text(filled)).all():
        db.session.execute(text(f"DELETE FROM {name}"))
    db.session.execute(
        text(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )
    )
    db.session.commit()


@pytest.fixture
def app(home: Path, _empty_database: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app on a fresh home, its tables made; jobs run at once. A context is pushed for the test."""
    home.mkdir()
    if not TEST_URL:
        shutil.copy(_empty_database, home / "lms.db")
    app = _app(fresh="own_app" in request.fixturenames)
    config = dict(app.config)
    # The context below outlives a request, and with it "g": who signed in, the language, the CSRF token. Start clean.
    with request_started.connected_to(lambda *_sender, **_more: g.__dict__.clear(), app), app.app_context():
        if TEST_URL:
            _empty_server_database()
        yield app
        db.session.remove()
        db.engine.dispose()
    app.config.clear()
    app.config.update(config)


@pytest.fixture
def session(app: Flask) -> scoped_session:
    return db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@dataclass
class Cast:
    """The fixed people. 甲 and 乙 are two clients of one firm; nobody of one may see anything of the other.

    team is the root of 甲 with team_a (agent, lead) and team_b (agent2) below; trainer, evaluator and supervisor
    belong to the root.
    """

    shop: Shop
    other_shop: Shop
    team: Team
    team_a: Team
    team_b: Team
    other_team: Team
    agent: Person
    agent2: Person
    lead: Person
    supervisor: Person
    trainer: Person
    evaluator: Person
    admin: Person
    other_agent: Person
    other_lead: Person
    other_supervisor: Person
    other_trainer: Person
    other_evaluator: Person

    def people(self) -> dict[str, Person]:
        shown = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: person for name, person in shown if isinstance(person, Person)}


def _make_cast() -> Cast:
    shop, other_shop = make_shop("甲店"), make_shop("乙店")
    team = make_team("甲客服部", shops=[shop])
    team_a, team_b = make_team("甲A组", parent=team), make_team("甲B组", parent=team)
    other_team = make_team("乙客服部", shops=[other_shop])
    return Cast(
        shop=shop,
        other_shop=other_shop,
        team=team,
        team_a=team_a,
        team_b=team_b,
        other_team=other_team,
        agent=make_person("安小客", Role.AGENT, team=team_a, account="agent"),
        agent2=make_person("白小客", Role.AGENT, team=team_b, account="agent2"),
        lead=make_person("李组长", Role.LEAD, team=team_a, account="lead"),
        supervisor=make_person("苏主管", Role.SUPERVISOR, team=team, account="supervisor"),
        trainer=make_person("唐培训", Role.TRAINER, team=team, account="trainer"),
        evaluator=make_person("伊质检", Role.EVALUATOR, team=team, account="evaluator"),
        admin=make_person("管理员", Role.ADMIN, account="admin"),
        other_agent=make_person("乙客服", Role.AGENT, team=other_team, account="other_agent"),
        other_lead=make_person("乙组长", Role.LEAD, team=other_team, account="other_lead"),
        other_supervisor=make_person("乙主管", Role.SUPERVISOR, team=other_team, account="other_supervisor"),
        other_trainer=make_person("乙培训", Role.TRAINER, team=other_team, account="other_trainer"),
        other_evaluator=make_person("乙质检", Role.EVALUATOR, team=other_team, account="other_evaluator"),
    )


@dataclass(frozen=True)
class Kept:
    """The rows of the cast as they were first made in this process, and which of them is which member."""

    rows: list[tuple[Table, list[dict[str, Any]]]]
    numbers: dict[str, tuple[type, int]]


_kept_cast: list[Kept] = []


def _keep_cast(made: Cast) -> Kept:
    rows = []
    for table in db.metadata.sorted_tables:
        found = [dict(row) for row in db.session.execute(select(table)).mappings()]
        if found:
            rows.append((table, found))
    members = ((field.name, getattr(made, field.name)) for field in fields(made))
    return Kept(rows, {name: (type(member), member.id) for name, member in members})


def _put_cast(kept: Kept) -> Cast:
    """The same rows at once, by one INSERT a table: making them one by one takes longer than most tests."""
    at = now()
    for table, rows in kept.rows:
        fresh = [{name: at if isinstance(value, datetime) else value for name, value in row.items()} for row in rows]
        db.session.execute(table.insert(), fresh)
        if TEST_URL and "id" in table.columns:
            column = f"pg_get_serial_sequence('{table.name}', 'id')"
            db.session.execute(text(f"SELECT setval({column}, {max(row['id'] for row in rows)})"))
    for kind in {kind for kind, _number in kept.numbers.values()}:  # one statement a kind fills the session
        db.session.scalars(select(kind)).unique().all()
    return Cast(**{name: db.session.get(kind, number) for name, (kind, number) in kept.numbers.items()})


@pytest.fixture
def cast(session: scoped_session) -> Cast:
    if session.scalar(select(Person.id).limit(1)) is not None or session.scalar(select(Shop.id).limit(1)) is not None:
        made = _make_cast()  # the test has rows of its own already: take what numbers are left
    elif _kept_cast:
        made = _put_cast(_kept_cast[0])
    else:
        made = _make_cast()
        _kept_cast.append(_keep_cast(made))
    session.commit()
    return made


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Person], FlaskClient]:
    """A client of its own, signed in as the person: with the session that the sign-in page starts, but not its work.

    tests/people/test_sign_in.py goes through the page itself; thousands of others need only what it leaves behind.
    """

    def sign_in_as(person: Person) -> FlaskClient:
        client = app.test_client()
        db.session.commit()
        with app.test_request_context():
            start_session(person, at=now())
            started = dict(flask_session)
        with client.session_transaction() as kept:
            kept.update(started)
        return client

    return sign_in_as


@dataclass
class Counted:
    """Statements that ran inside the block."""

    statements: list[str]

    @property
    def count(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[Counted]]:
    """``with count_queries() as q: …; assert q.count == 7``; reads and writes, but not BEGIN, COMMIT or PRAGMA."""

    @contextmanager
    def counting() -> Iterator[Counted]:
        counted = Counted([])

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
                counted.statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield counted
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting
