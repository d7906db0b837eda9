"""Hints of automatic checks stand beside their criterion, with the message, and never score."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.people.models import Person
from lms.qa.checks.settings import DEFAULTS
from lms.qa.evaluations.hints import ELSEWHERE, hints_for
from lms.qa.evaluations.queries import chat_lines
from lms.qa.scorecards.definition import CriterionSpec, Definition
from tests.conftest import Cast
from tests.factories import make_competency
from tests.qa.making import make_chat, make_entry, make_scorecard

LINES = (
    ("customer", "这款面霜能祛斑吗"),
    ("agent", "您好，这是全网第一的祛斑面霜，包治百病"),
    ("customer", "好的谢谢"),
    ("agent", "不客气，还有别的可以帮您吗"),
)


def test_a_hint_stands_beside_its_criterion_with_the_message(
    session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    words = CriterionSpec(
        code="w", name="用语合规", competency_id=make_competency("合规", shop=cast.shop).id, checks=("ad_words",)
    )
    version = make_scorecard(cast.shop, words)
    chat = make_chat(cast.shop, cast.agent, lines=LINES)
    definition = Definition.from_json(version.definition)
    (ident,) = definition.by_id()
    found = hints_for(chat_lines(chat.id), definition, DEFAULTS)
    assert found[ident] and {hint.number for hint in found[ident]} == {2}
    assert all(hint.check != "ad_words" for hint in found.get(ELSEWHERE, ()))
    entry = make_entry(chat, cast.agent, version.scorecard)
    page = sign_in(cast.evaluator).get(f"/qa/evaluations/score/{entry.id}").get_data(as_text=True)
    assert 'data-hint="2"' in page and " checked" not in page.split("data-desk")[1]
