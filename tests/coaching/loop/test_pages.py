"""The loop's pages: what stands on them, and in how many statements."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.coaching.enums import CaseState, RuleKind
from lms.coaching.loop.models import LoopRule, RemedialCase
from lms.people.models import Person
from lms.qa.enums import EntrySource
from tests.coaching.loop.permissions import RULE
from tests.coaching.making import check, learn, make_taught
from tests.conftest import Cast, Counted
from tests.factories import make_person
from tests.qa.making import MONDAY

SignIn = Callable[[Person], FlaskClient]
Counting = Callable[[], AbstractContextManager[Counted]]


def test_the_board_tells_where_every_failed_check_stands(session: scoped_session, cast: Cast, sign_in: SignIn) -> None:
    version, lesson, quiz = make_taught(cast.shop)
    check(cast, version, 0)
    session.commit()
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        text = sign_in(cast.lead).get("/coaching/loop").get_data(as_text=True)
        assert "目前 1 次不合格，规则要求 2 次。" in text and "布置补训" in text
        assert cast.agent.name not in sign_in(cast.other_lead).get("/coaching/loop").get_data(as_text=True)
    check(cast, version, 1)
    learn(cast.agent, lesson, quiz, at=MONDAY + timedelta(days=2))
    session.commit()
    with time_machine.travel(MONDAY + timedelta(days=10), tick=False):
        lead = sign_in(cast.lead)
        unfollowed = lead.get("/coaching/loop?trouble=unfollowed").get_data(as_text=True)
        assert cast.agent.name in unfollowed and "还没有复检结果" in unfollowed
    for n in range(5):
        check(cast, version, 3 + n, ok=True, source=EntrySource.FOLLOW_UP)
    session.commit()
    case = session.scalars(select(RemedialCase)).one()
    with time_machine.travel(MONDAY + timedelta(days=10), tick=False):
        page = sign_in(cast.lead).get(f"/coaching/loop/cases/{case.id}").get_data(as_text=True)
    assert "看来改好了：合格率在 57–100% 之间（5 通里 5 通合格）。" in page


def test_the_agent_is_not_told_which_chats_are_follow_up_checks(
    session: scoped_session, cast: Cast, sign_in: SignIn
) -> None:
    version, lesson, quiz = make_taught(cast.shop)
    check(cast, version, 0)
    check(cast, version, 1)
    learn(cast.agent, lesson, quiz, at=MONDAY + timedelta(days=2))
    seen = check(cast, version, 3, ok=True, source=EntrySource.FOLLOW_UP)
    session.commit()
    case = session.scalars(select(RemedialCase)).one()
    assert (case.state, case.checks) == (CaseState.FOLLOWING, 1)
    page = sign_in(cast.agent).get(f"/coaching/loop/cases/{case.id}").get_data(as_text=True)
    assert f"/qa/evaluations/{seen.id}" not in page and "1 通" not in page
    assert f"/qa/evaluations/{seen.id}" in sign_in(cast.lead).get(f"/coaching/loop/cases/{case.id}").get_data(
        as_text=True
    )


def test_a_supervisor_reads_and_sets_the_rule(session: scoped_session, cast: Cast, sign_in: SignIn) -> None:
    session.commit()
    client = sign_in(cast.supervisor)
    text = client.get("/coaching/loop/rules").get_data(as_text=True)
    assert "同一评分项连续 2 次不合格，就布置对应的课时和测验，7 天内完成；14 天内不重复布置。" in text
    wrong = client.post(
        f"/coaching/loop/rules/{cast.shop.id}", data=RULE | {"kind": "of_last", "fails": "4", "last": "3"}
    )
    assert wrong.status_code == 400 and "不能少于不合格次数" in wrong.get_data(as_text=True)
    client.post(f"/coaching/loop/rules/{cast.shop.id}", data=RULE | {"kind": "of_last", "fails": "3", "last": "5"})
    rule = session.scalars(select(LoopRule)).one()
    assert (rule.kind, rule.fails, rule.last) == (RuleKind.OF_LAST, 3, 5)
    assert "最近 5 次里有 3 次不合格" in client.get("/coaching/loop/rules").get_data(as_text=True)


@pytest.mark.parametrize("people", [1, 3])
def test_the_board_takes_the_same_statements_however_many(
    session: scoped_session, cast: Cast, sign_in: SignIn, count_queries: Counting, people: int
) -> None:
    version, _lesson, _quiz = make_taught(cast.shop)
    for _n in range(people):
        agent = make_person(team=cast.team_a)
        check(cast, version, 0, agent=agent)
        check(cast, version, 1, agent=agent)
        check(cast, version, 2, agent=agent)
    session.commit()
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        client = sign_in(cast.lead)
        for url in ("/coaching/loop", "/coaching/loop?stage=training", "/coaching/loop/decisions"):
            client.get(url)
            with count_queries() as counted:
                assert client.get(url).status_code == 200
            assert counted.count <= 10, (url, counted.statements)
