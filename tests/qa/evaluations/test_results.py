"""Results as pages: who reaches which, what they say, the export, the figures of reviewers, what people are told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.conversations.models import ChatView
from lms.inbox.models import Notification
from lms.kernel.db import db
from lms.people.models import Person
from lms.qa.enums import EvaluationState, FindingState, Origin, RootCause
from lms.qa.evaluations.cards import own_card, queue_card, transcript_of
from lms.qa.evaluations.labels import time_left
from lms.qa.evaluations.listing import EvaluationFilter, evaluation_list, figures, reviewer_figures
from lms.qa.evaluations.models import Evaluation
from lms.qa.evaluations.services import LineAnswer, Praise, Quote, findings_of, standing_of, submit_evaluation
from lms.qa.evaluations.tasks import settle_due
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion
from lms.web.sheets import read_sheet
from tests.conftest import Cast, Counted
from tests.qa.making import MONDAY, make_chat, make_entry, make_evaluation, make_scorecard

AT = MONDAY + timedelta(hours=3)
SignIn = Callable[[Person], FlaskClient]
Counter = Callable[[], AbstractContextManager[Counted]]
SECRET = "没有核对订单就答了"


@pytest.fixture
def version(cast: Cast) -> ScorecardVersion:
    return make_scorecard(cast.shop)


@pytest.fixture
def faulty(cast: Cast, version: ScorecardVersion) -> Evaluation:
    """A result of 安小客 with a fault whose comment is SECRET, a formula as its comment, and a praise."""
    chat = make_chat(cast.shop, cast.agent)
    fast, right = Definition.from_json(version.definition).by_id()
    said = [message.id for message in chat.messages]
    return submit_evaluation(
        actor=cast.evaluator,
        agent=cast.agent,
        shop_id=cast.shop.id,
        version=version,
        answers=[
            LineAnswer(fast, 1),
            LineAnswer(right, 0, RootCause.PERSON, comment=SECRET, quotes=(Quote(said[1]),)),
        ],
        at=AT,
        origin=Origin.BY_HAND,
        served_at=MONDAY,
        conversation=chat,
        comment="=1+1",
        praise=[Praise(said[3], "主动多问一句")],
        seconds=40,
    )


@pytest.mark.parametrize(
    "who", ["agent2", "trainer", "other_agent", "other_lead", "other_evaluator", "other_supervisor"]
)
def test_nobody_outside_reaches_a_result(
    session: scoped_session, cast: Cast, sign_in: SignIn, faulty: Evaluation, who: str
) -> None:
    """By its address, the list, its filters, the export, the transcript, the dashboard, or by answering."""
    viewer = getattr(cast, who)
    client = sign_in(viewer)
    finding = findings_of(faulty.id)[0]
    assert client.get(f"/qa/evaluations/{faulty.id}").status_code == 404
    assert client.get(f"/qa/disputes/evaluation/{faulty.id}").status_code == 404
    assert client.post(f"/qa/evaluations/{faulty.id}/acknowledge").status_code == 404
    assert client.post(f"/qa/disputes/of/{finding.id}", data={"reason": "代他申诉"}).status_code == 404
    for url in (
        f"/qa/evaluations?agent={cast.agent.id}",
        f"/qa/evaluations?criterion={finding.criterion_id}",
        "/qa/mine",
        "/",
        "/cards?plugin=qa-evaluations",
    ):
        page = client.get(url).get_data(as_text=True)
        assert SECRET not in page and cast.agent.name not in page, url
    assert transcript_of(cast.agent, viewer, AT) == []
    assert db.session.execute(evaluation_list(viewer, EvaluationFilter(agent_id=cast.agent.id))).all() == []


def test_the_agent_sees_praise_first_then_the_fault_with_its_quote(
    session: scoped_session, cast: Cast, sign_in: SignIn, faulty: Evaluation
) -> None:
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        page = sign_in(cast.agent).get(f"/qa/evaluations/{faulty.id}").get_data(as_text=True)
        mine = sign_in(cast.agent).get("/qa/mine").get_data(as_text=True)
    assert page.index("主动多问一句") < page.index(SECRET)
    assert "您好，今天下午五点前发出" in page and "2 天 23 小时" in page
    assert cast.evaluator.name not in page.split("<main")[1]
    assert standing_of(faulty.id).seen_at == AT + timedelta(hours=1)
    assert session.scalars(select(ChatView.person_id)).all() == [cast.agent.id]
    assert mine.index("主动多问一句") < mine.index("请确认或申诉")


def test_a_lead_sees_who_scored_and_leaves_no_trace_of_seeing(
    session: scoped_session, cast: Cast, sign_in: SignIn, faulty: Evaluation
) -> None:
    page = sign_in(cast.lead).get(f"/qa/evaluations/{faulty.id}").get_data(as_text=True)
    assert cast.evaluator.name in page and "全部确认" not in page
    assert standing_of(faulty.id).seen_at is None


def test_lines_are_acknowledged_one_by_one(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion
) -> None:
    made = make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("fast", "right"), at=AT)
    fast, right = findings_of(made.id)
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        client = sign_in(cast.agent)
        client.post(f"/qa/evaluations/{made.id}/acknowledge", data={"finding": fast.id})
        assert (fast.standing.state, right.standing.state) == (FindingState.CONFIRMED, FindingState.WAITING)
        client.post(f"/qa/disputes/of/{right.id}", data={"reason": "客户问的是另一件事"})
    assert right.standing.state is FindingState.DISPUTED
    with time_machine.travel(AT + timedelta(days=4)):
        late = make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("fast",), at=AT)
        session.commit()
        assert sign_in(cast.agent).post(f"/qa/evaluations/{late.id}/acknowledge").status_code == 409


def test_the_job_settles_what_nobody_answered(session: scoped_session, cast: Cast, faulty: Evaluation) -> None:
    settle_due(AT + timedelta(hours=71))
    assert standing_of(faulty.id).state is EvaluationState.OPEN
    settle_due(AT + timedelta(hours=72))
    assert standing_of(faulty.id).state is EvaluationState.SETTLED


def test_the_list_is_narrowed_and_its_export_is_the_same(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion, faulty: Evaluation
) -> None:
    make_evaluation(cast.evaluator, cast.agent2, cast.shop, version, at=AT + timedelta(days=1))
    criterion = findings_of(faulty.id)[0].criterion_id
    client = sign_in(cast.supervisor)

    def ids(query: str) -> list[int]:
        sheet = read_sheet(client.get(f"/qa/evaluations/export?{query}").get_data(), "x.xlsx")
        return [int(row[0]) for row in sheet[1:]]

    both = ids("")
    assert len(both) == 2
    for query in (
        f"agent={cast.agent.id}",
        f"criterion={criterion}",
        f"team={cast.team_a.id}",
        "state=open",
        "to=2026-03-02",
    ):
        assert ids(query) == [faulty.id], query
        page = client.get(f"/qa/evaluations?{query}").get_data(as_text=True)
        assert f"/qa/evaluations/{faulty.id}" in page and f'/qa/evaluations/{both[0]}"' not in page
    assert figures(cast.supervisor, EvaluationFilter()).mean == 70.0
    row = read_sheet(client.get("/qa/evaluations/export?state=open").get_data(), "x.xlsx")[1]
    assert row[-1] == "=1+1"  # text, not a formula


def test_the_pages_take_few_statements(
    session: scoped_session, cast: Cast, sign_in: SignIn, count_queries: Counter, version: ScorecardVersion
) -> None:
    made = [
        make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("right",), at=AT) for _n in range(3)
    ]
    heads, own = sign_in(cast.supervisor), sign_in(cast.agent)
    one = f"/qa/evaluations/{made[0].id}"
    pages = (
        (heads, "/qa/evaluations"),
        (heads, one),
        (heads, "/qa/evaluations/reviewers"),
        (own, "/qa/mine"),
        (own, one),
    )
    db.session.remove()
    for client, url in pages:
        with count_queries() as counted:
            assert client.get(url).status_code == 200
        assert counted.count <= 10, (url, counted.statements)


def test_people_are_told_once(
    session: scoped_session, cast: Cast, version: ScorecardVersion, faulty: Evaluation
) -> None:
    make_evaluation(cast.evaluator, cast.agent2, cast.shop, version, at=AT)  # nothing to say
    told = session.scalars(select(Notification).where(Notification.kind == "qa")).all()
    assert [(one.person_id, one.url) for one in told] == [(cast.agent.id, f"/qa/evaluations/{faulty.id}")]
    assert "做得好" in told[0].body


def test_cards_are_for_whom_they_concern(
    session: scoped_session, cast: Cast, version: ScorecardVersion, faulty: Evaluation
) -> None:
    make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)
    assert [card.context for card in own_card(cast.agent)] == [{"count": 1}]
    assert own_card(cast.agent2) == []
    assert [card.context for card in queue_card(cast.evaluator)] == [{"waiting": 1, "claimed": 0}]
    assert queue_card(cast.agent2) == queue_card(cast.other_evaluator) == []
    assert len(transcript_of(cast.agent, cast.agent, AT)) == len(transcript_of(cast.agent, cast.lead, AT)) == 1


def test_reviewers_are_compared_by_what_they_praise_too(
    session: scoped_session, cast: Cast, version: ScorecardVersion, faulty: Evaluation
) -> None:
    make_evaluation(cast.evaluator, cast.agent2, cast.shop, version, at=AT)
    (row,) = reviewer_figures(cast.supervisor, MONDAY, AT + timedelta(hours=1))
    assert (row.name, row.chats, row.mean, row.faults, row.praise) == (cast.evaluator.name, 2, 70.0, 0.5, 0.5)
    assert (row.praise_to_faults, row.seconds) == (1.0, 40)
    assert reviewer_figures(cast.other_supervisor, MONDAY, AT + timedelta(hours=1)) == []


def test_time_left_is_said_in_words() -> None:
    assert [time_left(AT + timedelta(minutes=m), AT) for m in (-5, 59, 60, 1500)] == [
        "0 分钟",
        "59 分钟",
        "1 小时",
        "1 天 1 小时",
    ]
