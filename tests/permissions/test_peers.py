"""Nobody reaches a peer's score: not by a link, not by an address with the id changed, not in a search or an export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.people.models import Person
from lms.qa.enums import Origin, RootCause
from lms.qa.evaluations.models import Evaluation
from lms.qa.evaluations.services import LineAnswer, Praise, Quote, submit_evaluation
from lms.qa.sampling.models import Reviewer
from lms.qa.scorecards.definition import Definition
from tests.coaching.making import check, make_taught
from tests.conftest import Cast
from tests.factories import save
from tests.permissions.test_two_shops import inside, pages
from tests.qa.making import MONDAY, make_chat

MARK = "仅本人可见的评语"
PRAISED = "仅本人可见的点赞"
PREFIXES = ("/qa/", "/coaching/", "/learning/", "/live")
HIGHEST = 6


def fill(cast: Cast, session: scoped_session) -> Evaluation:
    """The agent's scored chat with telling words, findings that opened a case, and a session about them."""
    version, _lesson, _quiz = make_taught(cast.shop)
    check(cast, version, 0)
    check(cast, version, 1)
    chat = make_chat(cast.shop, cast.agent, at=MONDAY + timedelta(days=2))
    fast, right = Definition.from_json(version.definition).by_id()
    made = submit_evaluation(
        actor=cast.evaluator,
        agent=cast.agent,
        shop_id=cast.shop.id,
        version=version,
        answers=[
            LineAnswer(fast, 1),
            LineAnswer(right, 0, RootCause.PERSON, MARK, MARK, (Quote(chat.messages[1].id),)),
        ],
        at=MONDAY + timedelta(days=2, hours=1),
        origin=Origin.BY_HAND,
        served_at=MONDAY + timedelta(days=2),
        conversation=chat,
        comment=MARK,
        praise=[Praise(chat.messages[3].id, PRAISED)],
    )
    # The peer is a part-time reviewer of the shop: whoever scores chats still sees nobody's results.
    save(Reviewer(shop_id=cast.shop.id, person_id=cast.agent2.id, weekly_quota=5))
    session.commit()
    return made


def changed_ids(app: Flask, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Every page with numbers in its address, at every small number."""
    with app.test_request_context():
        urls = [
            url_for(rule.endpoint, **dict(zip(sorted(rule.arguments), numbers, strict=True)))
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or set())
            and rule.rule.startswith(PREFIXES)
            and "<int:" in rule.rule
            and rule.rule.count("<") == rule.rule.count("<int:")
            for numbers in product(range(1, HIGHEST if len(rule.arguments) == 1 else 4), repeat=len(rule.arguments))
        ]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code < 500, url
        yield url, inside(answer.get_data())
        answer.close()


@pytest.mark.parametrize("who", ["agent2", "other_supervisor"])
def test_a_peers_result_is_reached_by_no_address(
    app: Flask, session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient], who: str
) -> None:
    fill(cast, session)
    client = sign_in(getattr(cast, who))
    # Only the peer follows every link as well: what one meets by links is a part of what one meets by changed ids.
    for walk in (pages, changed_ids) if who == "agent2" else (changed_ids,):
        for url, text in walk(app, client):
            assert MARK not in text and PRAISED not in text, url


def test_the_agent_and_the_lead_do_read_it(
    app: Flask, session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    """The test above is not blind."""
    made = fill(cast, session)
    for who in (cast.agent, cast.lead, cast.evaluator):
        text = sign_in(who).get(f"/qa/evaluations/{made.id}").get_data(as_text=True)
        assert MARK in text and PRAISED in text
    assert MARK in "".join(text for _url, text in pages(app, sign_in(cast.agent)))
