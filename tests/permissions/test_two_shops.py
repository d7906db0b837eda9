"""Two clients of one firm: whoever works for 乙 finds no word of 甲 on any page, export or fragment they can reach.

A crawler signs in as each of 乙's people, opens every address without parameters and follows every link it meets.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urldefrag, urlsplit

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import String, Text, inspect, select
from sqlalchemy.orm import scoped_session

from lms.kernel.db import db
from lms.people.models import Person, Team
from lms.web.sheets import read_sheet
from tests.conftest import Cast
from tests.permissions.test_matrix import modules

MOST_PAGES = 400
LINK = re.compile(r'(?:href|hx-get|action)="([^"#][^"]*)"')
SKIP = ("/sign-out", "/assets/", "/help")


def fill(cast: Cast, session: scoped_session) -> None:
    """Everything that the features' permission tests build, all of it 甲's."""
    for module in modules():
        if hasattr(module, "build"):
            module.build(cast, session)
    session.commit()


def secrets(cast: Cast) -> set[str]:
    """Every telling text of a row that belongs to 甲: people, teams, and all rows of tables that have a shop_id."""
    found = {person.name for name, person in cast.people().items() if not name.startswith("other") and name != "admin"}
    found |= set(db.session.scalars(select(Team.name).where(Team.path.startswith(cast.team.path))))
    found.add(cast.shop.name)
    shared: set[str] = set()
    for mapper in db.Model.registry.mappers:
        columns = inspect(mapper.class_).columns
        if "shop_id" not in columns or mapper.class_.__name__ == "TeamShop":
            continue
        texts = [c for c in columns if isinstance(c.type, String | Text)]
        if not texts:
            continue
        for row in db.session.execute(select(*texts).where(columns["shop_id"] == cast.shop.id)):
            found |= {value for value in row if isinstance(value, str)}
        for row in db.session.execute(select(*texts).where(columns["shop_id"].is_(None))):
            shared |= {value for value in row if isinstance(value, str)}
    found -= shared  # what belongs to all shops is no secret of one
    # Codes, states and keys are words of the program; only Chinese of some length tells anything.
    return {text for text in found if len(re.findall(r"[\u4e00-\u9fff]", text)) >= 2}


def inside(data: bytes) -> str:
    """What can be read in a download: a zip is opened, anything else (a picture, a PDF) is taken as it is."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "\n".join(name + archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def pages(app: Flask, client: FlaskClient) -> Iterator[tuple[str, str]]:
    with app.test_request_context():
        rules = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or set()) and not r.arguments]
        waiting = [url_for(rule.endpoint) for rule in rules]
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        url = waiting.pop(0)
        if url in seen or url.startswith(SKIP):
            continue
        seen.add(url)
        answer = client.get(url)
        assert answer.status_code < 500, url
        if "spreadsheet" in (answer.content_type or ""):
            yield url, "\n".join(str(cell) for row in read_sheet(answer.get_data(), "x.xlsx") for cell in row)
            continue
        if not (answer.mimetype or "").startswith(("text/", "application/json")):
            yield url, inside(answer.get_data())
            continue
        text = unescape(answer.get_data(as_text=True))
        yield url, text
        for link in LINK.findall(text):
            target = urldefrag(unescape(link)).url
            if target and not urlsplit(target).netloc and target.startswith("/"):
                waiting.append(target)
        answer.close()


@pytest.mark.parametrize("who", ["other_agent", "other_lead", "other_supervisor", "other_trainer", "other_evaluator"])
def test_nobody_of_the_other_shop_reads_a_word_of_this_one(
    app: Flask, session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient], who: str
) -> None:
    fill(cast, session)
    telling = secrets(cast)
    assert len(telling) > 10  # something that could leak is there
    visited = 0
    for url, text in pages(app, sign_in(getattr(cast, who))):
        visited += 1
        leaked = sorted(word for word in telling if word in text)
        assert leaked == [], url
    assert visited > 10


def test_the_crawler_would_see_a_leak(
    app: Flask, session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    """The same crawl as 甲's own trainer meets many of the telling words: the test above is not blind."""
    fill(cast, session)
    telling = secrets(cast)
    met = {word for _, text in pages(app, sign_in(cast.trainer)) for word in telling if word in text}
    assert len(met) > 10


def test_an_agent_never_reads_a_peers_name(
    app: Flask, session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    fill(cast, session)
    for url, text in pages(app, sign_in(cast.agent)):
        assert cast.agent2.name not in text, url
