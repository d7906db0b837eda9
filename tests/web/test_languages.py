"""Simplified and traditional: the catalogue is whole and in step, and the choice stays with the person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.people.models import Person
from lms.web.translating import LOCALES, PLACEHOLDER, po_path, read, texts, to_traditional
from tests.conftest import Cast


@pytest.fixture(scope="module")
def wanted() -> list[str]:
    return texts()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated_with_the_same_placeholders(locale: str, wanted: list[str]) -> None:
    """Mended by python -m lms.web.translating, and for English by --missing and --add."""
    translated = read(locale)
    assert len(wanted) > 1500
    assert [text for text in wanted if text not in translated][:5] == []
    wrong = [t for t in wanted if sorted(PLACEHOLDER.findall(t)) != sorted(PLACEHOLDER.findall(translated[t]))]
    assert wrong == []
    assert set(translated) <= set(wanted)


def test_traditional_is_what_the_converter_says(wanted: list[str]) -> None:
    assert read("zh_TW") == to_traditional(wanted)


@pytest.mark.parametrize("locale", LOCALES)
def test_what_gettext_reads_is_in_step(locale: str) -> None:
    from babel.messages.mofile import read_mo

    with po_path(locale).with_suffix(".mo").open("rb") as file:
        compiled = {m.id: m.string for m in read_mo(file) if m.id}
    assert compiled == read(locale)


def test_the_choice_stays_with_the_person_and_shows_everywhere(
    app: Flask, cast: Cast, session: scoped_session, sign_in: Callable[[Person], FlaskClient]
) -> None:
    client = sign_in(cast.agent)
    answer = client.post("/language", data={"lang": "zh_TW", "next": "/learning/tasks"})
    assert (answer.status_code, answer.location) == (303, "/learning/tasks")
    page = client.get("/learning/tasks").get_data(as_text=True)
    assert 'lang="zh-Hant"' in page and "我的任務" in page
    client.post("/language", data={"lang": "xx", "next": "//evil.example"})
    session.expire_all()
    assert session.get(Person, cast.agent.id).locale == "zh_TW"
    stranger = app.test_client()
    stranger.post("/language", data={"lang": "zh_TW"})
    assert "密碼" in stranger.get("/sign-in").get_data(as_text=True)
