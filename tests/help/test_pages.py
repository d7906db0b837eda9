"""The manual in the app: who sees it, that its links lead somewhere, that its commands exist."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.help.queries import document, shelves
from lms.people.enums import Role
from lms.people.models import Person
from tests.conftest import Cast
from tests.factories import make_person


def test_everybody_signed_in_reads_the_manual_and_nobody_else(
    cast: Cast, client: FlaskClient, sign_in: Callable[[Person], FlaskClient]
) -> None:
    assert client.get("/help/").status_code == 302
    agent = sign_in(cast.agent)
    index = agent.get("/help/").get_data(as_text=True)
    for slug in ("start", "agent", "lead", "trainer", "import-formats", "admin", "plugin-guide"):
        assert f'href="/help/{slug}"' in index
        page = agent.get(f"/help/{slug}")
        assert page.status_code == 200, slug
        assert 'class="prose' in page.get_data(as_text=True)
    assert agent.get("/help/nowhere").status_code == 404
    assert agent.get("/help/..%2f..%2fconfig").status_code == 404


def test_pages_have_contents_whose_links_work(app: Flask) -> None:
    pages = [page for shelf in shelves() for page in shelf.pages]
    slugs = {page.slug for page in pages}
    assert len(pages) >= 7
    for page in pages:
        shown = document(page)
        ids = set(re.findall(r'id="([^"]+)"', str(shown.html)))
        assert {id for _level, id, _heading in shown.contents} <= ids
        for target in re.findall(r'href="([^"]+)"', str(shown.html)):
            if target.startswith("#"):
                assert target[1:] in ids, (page.slug, target)
            elif target.startswith("/help/"):
                assert target.removeprefix("/help/").split("#")[0] in slugs, (page.slug, target)


def test_every_command_in_the_manual_exists(app: Flask) -> None:
    from lms.cli import main

    text = "\n".join(page.path.read_text(encoding="utf-8") for shelf in shelves() for page in shelf.pages)
    named = set(
        re.findall(r"\blms ((?:[a-z]+ )?[a-z]+)", " ".join(re.findall(r"(?:```sh\n.*?```|`[^`\n]+`)", text, re.S)))
    )
    assert named
    context = main.make_context("lms", ["--help"], resilient_parsing=True)
    for words in named:
        first, *rest = words.split()
        command = main.get_command(context, first)
        if command is None:
            pytest.fail(f"lms {words}")
        if rest and hasattr(command, "get_command"):
            assert command.get_command(context, rest[0]), f"lms {words}"


def test_a_lone_administrator_is_told_the_first_steps_and_nobody_else_is(
    app: Flask, session: scoped_session, sign_in: Callable[[Person], FlaskClient]
) -> None:
    admin = make_person("管理员", Role.ADMIN)
    session.commit()
    assert "第一天怎么用起来" in sign_in(admin).get("/").get_data(as_text=True)
    agent = make_person("客服", Role.AGENT)
    session.commit()
    assert "第一天怎么用起来" not in sign_in(admin).get("/").get_data(as_text=True)
    assert "第一天怎么用起来" not in sign_in(agent).get("/").get_data(as_text=True)
