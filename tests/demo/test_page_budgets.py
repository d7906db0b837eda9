"""With the demo data no page runs more than ten SQL statements or sends more than 60 kB of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.kernel.db import db
from tests.permissions.test_two_shops import LINK, SKIP

MOST_STATEMENTS = 10
MOST_BYTES = 60_000
MOST_PAGES = 120

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize("account", ["agent", "lead", "supervisor", "trainer", "evaluator", "admin"])
def test_pages_stay_within_the_budget(demo_app: Flask, account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from lms.demo.people import PASSWORD

    # What a page hands to the job process (drawing a PDF, say) runs there, not in the page.
    monkeypatch.setattr("lms.app.run_pending_inline", lambda: None)

    client = demo_app.test_client()
    answer = client.post("/sign-in", data={"account": account, "password": PASSWORD})
    assert answer.status_code == 302
    over = {}
    visited = 0
    for url, statements, size in measured(demo_app, client):
        visited += 1
        if statements > MOST_STATEMENTS or size > MOST_BYTES:
            over[url] = (statements, size)
    assert over == {}
    assert visited >= 8


def measured(app: Flask, client: FlaskClient) -> Iterator[tuple[str, int, int]]:
    """Pages within reach of the start page, three of a kind at most: the address, statements, bytes of HTML."""
    seen: set[str] = set()
    kinds: dict[str, int] = {}
    waiting = ["/"]
    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            counted.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        while waiting and len(seen) < MOST_PAGES:
            url = waiting.pop(0)
            kind = re.sub(r"\d+", "#", url.split("?")[0])
            if url in seen or url.startswith(SKIP) or kinds.get(kind, 0) >= 3:
                continue
            seen.add(url)
            kinds[kind] = kinds.get(kind, 0) + 1
            counted.clear()
            answer = client.get(url)
            html = answer.get_data()
            assert answer.status_code < 500, url
            if answer.mimetype == "text/html" and answer.status_code == 200:
                yield url, len(counted), len(html)
                waiting += [link.replace("&amp;", "&") for link in LINK.findall(html.decode()) if link.startswith("/")]
    finally:
        event.remove(engine, "before_cursor_execute", note)
