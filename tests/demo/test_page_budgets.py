"""With the demo data no page runs more than ten SQL statements or sends more than 60 kB of HTML."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.config import settings
from lms.kernel.db import db
from tests.permissions.test_two_shops import LINK, SKIP

MOST_STATEMENTS = 10
MOST_BYTES = 60_000
MOST_PAGES = 120

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home filled by ``lms demo``, once."""
    home = tmp_path_factory.mktemp("demo") / "home"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    run = subprocess.run(
        [sys.executable, "-m", "lms", "demo"],
        env=clean | {"LMS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return home


@pytest.fixture
def demo_app(demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    from lms.app import create_app

    shutil.copytree(demo_home, tmp_path / "home")
    monkeypatch.setenv("LMS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LMS_JOBS_URL", "memory://")
    settings.cache_clear()
    app = create_app({"TESTING": True, "JOBS_INLINE": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("account", ["agent", "lead", "supervisor", "trainer", "evaluator", "admin"])
def test_pages_stay_within_the_budget(demo_app: Flask, account: str) -> None:
    from lms.demo.people import PASSWORD

    client = demo_app.test_client()
    answer = client.post("/sign-in", data={"account": account, "password": PASSWORD})
    assert answer.status_code == 302
    over = {}
    visited = 0
    for url, statements, size in measured(client):
        visited += 1
        if statements > MOST_STATEMENTS or size > MOST_BYTES:
            over[url] = (statements, size)
    assert over == {}
    assert visited >= 8


def measured(client: FlaskClient) -> Iterator[tuple[str, int, int]]:
    """Pages within reach of the start page, three of a kind at most: the address, statements, bytes of HTML."""
    seen: set[str] = set()
    kinds: dict[str, int] = {}
    waiting = ["/"]
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            counted.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        while waiting and len(seen) < MOST_PAGES:
            url = waiting.pop(0)
            kind = re.sub(r"\d+", "#", url.split("?")[0])
            if url in seen or url.startswith(SKIP) or kinds.get(kind, 0) >= 3:
                continue
            seen.add(url)
            kinds[kind] = kinds.get(kind, 0) + 1
            db.session.remove()
            counted.clear()
            answer = client.get(url)
            html = answer.get_data()
            assert answer.status_code < 500, url
            if answer.mimetype == "text/html" and answer.status_code == 200:
                yield url, len(counted), len(html)
                waiting += [link.replace("&amp;", "&") for link in LINK.findall(html.decode()) if link.startswith("/")]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
