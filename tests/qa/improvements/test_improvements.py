"""Improvements: one for each criterion, cause and shop, and no names for who may not see scores."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.inbox.models import Notification
from lms.people.models import Person
from lms.qa.disputes.models import Dispute, DisputeDecision
from lms.qa.enums import ImprovementState, RootCause
from lms.qa.evaluations.models import Finding
from lms.qa.evaluations.services import acknowledge, findings_of, overturn_finding
from lms.qa.improvements.models import Improvement
from lms.qa.improvements.plugin import dispute_decided
from lms.qa.improvements.queries import ImprovementFilter, askings_of, improvement_filter, improvement_list
from lms.qa.improvements.rules import can_see_improvement
from lms.qa.improvements.services import ImprovementError, ImprovementMoved, follow_up, gather
from lms.qa.scorecards.models import ScorecardVersion
from lms.web.sheet_reading import read_sheet
from tests.conftest import Cast, Counted
from tests.factories import save
from tests.qa.making import MONDAY, make_evaluation, make_scorecard

SignIn = Callable[[Person], FlaskClient]
Counter = Callable[[], AbstractContextManager[Counted]]
LATER = MONDAY + timedelta(hours=5)


@pytest.fixture
def version(cast: Cast) -> ScorecardVersion:
    return make_scorecard(cast.shop)


def fault(
    cast: Cast,
    version: ScorecardVersion,
    *failed: str,
    agent: Person | None = None,
    cause: RootCause = RootCause.PROCESS,
) -> Finding:
    """A standing finding."""
    agent = agent or cast.agent
    evaluation = make_evaluation(cast.evaluator, agent, cast.shop, version, failed=failed or ("fast",), cause=cause)
    acknowledge(actor=agent, evaluation=evaluation, at=LATER)
    return findings_of(evaluation.id)[0]


def keep(cast: Cast, improvement: Improvement, **changed: object) -> None:
    values = {
        "state": ImprovementState.DOING, "title": "改流程", "proposal": "加一条规则", "outcome": "",
        "owner_id": None, "due_on": None, "at": LATER,
    } | changed  # fmt: skip
    follow_up(actor=cast.lead, improvement=improvement, **values)


def test_hook_finding_confirmed_gathers_by_criterion_and_cause(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    first = fault(cast, version)
    fault(cast, version, agent=cast.agent2)
    fault(cast, version, "fast", "right", cause=RootCause.PRODUCT)
    fault(cast, version, cause=RootCause.PERSON)
    fault(cast, version, cause=RootCause.RARE)
    rows = session.execute(improvement_list(cast.lead, ImprovementFilter(), at=LATER)).all()
    assert [(one.title, count, recent) for one, count, recent in rows] == [
        ("及时：改流程", 2, 2),
        ("及时：改商品", 1, 1),
        ("准确：改商品", 1, 1),
    ]
    assert gather(finding=first, at=LATER) is rows[0][0]
    assert session.execute(improvement_list(cast.other_lead, ImprovementFilter(), at=LATER)).all() == []
    keep(cast, rows[0][0], state=ImprovementState.DONE, outcome="已加规则")
    fault(cast, version)  # after it was closed: asked for anew
    assert len(session.scalars(select(Improvement).where(Improvement.title == "及时：改流程")).all()) == 1
    assert len(session.scalars(select(Improvement)).all()) == 4


def test_hook_dispute_decided_takes_overturned_findings_out(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    findings = [fault(cast, version), fault(cast, version)]
    improvement = session.scalars(select(Improvement)).one()
    for left, finding in ((1, findings[0]), (0, findings[1])):
        dispute = save(
            Dispute(finding_id=finding.id, shop_id=cast.shop.id, agent_id=cast.agent.id, reason="x", filed_at=LATER)
        )
        overturn_finding(finding=finding, value=1, at=LATER)
        assert askings_of(cast.supervisor, improvement).total == left
        decision = save(
            DisputeDecision(dispute_id=dispute.id, arbiter_id=cast.supervisor.id, upheld=True, reason="y", at=LATER)
        )
        dispute_decided(decision=decision)
    assert session.scalars(select(Improvement)).all() == []  # nobody had touched it


def test_names_only_for_those_who_see_scores(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    fault(cast, version)
    fault(cast, version, agent=cast.agent2)
    improvement = session.scalars(select(Improvement)).one()

    def seen(viewer: Person) -> tuple[set[str], int, int]:
        askings = askings_of(viewer, improvement)
        return {one.agent for one in askings.shown}, len(askings.shown), askings.hidden

    assert seen(cast.supervisor) == seen(cast.evaluator) == ({cast.agent.name, cast.agent2.name}, 2, 0)
    assert seen(cast.lead) == ({cast.agent.name}, 1, 1)  # of the own branch
    assert seen(cast.trainer) == ({""}, 2, 0)
    assert all(one.evaluation_id is None for one in askings_of(cast.trainer, improvement).shown)


def test_rule_and_filter_agree(session: scoped_session, cast: Cast, version: ScorecardVersion) -> None:
    fault(cast, version)
    rows = session.scalars(select(Improvement)).all()
    for person in cast.people().values():
        listed = set(session.scalars(select(Improvement.id).where(improvement_filter(person))))
        assert listed == {row.id for row in rows if can_see_improvement(person, row)}, person.name


def test_follow_up_asks_for_outcome_and_tells_the_owner(
    session: scoped_session, cast: Cast, version: ScorecardVersion
) -> None:
    fault(cast, version)
    improvement = session.scalars(select(Improvement)).one()
    opened = improvement.changed_at
    for bad in (
        {"state": ImprovementState.DONE},
        {"title": " "},
        {"owner_id": cast.other_lead.id},
        {"owner_id": cast.agent.id},
    ):
        with pytest.raises(ImprovementError):
            keep(cast, improvement, **bad)
    keep(cast, improvement, owner_id=cast.trainer.id, due_on=date(2026, 4, 1), at=LATER + timedelta(minutes=1))
    assert session.scalars(select(Notification.title).where(Notification.kind == "improvement")).all() == [
        "请跟进改进事项：改流程"
    ]
    with pytest.raises(ImprovementMoved):
        keep(cast, improvement, known=opened)
    keep(cast, improvement, state=ImprovementState.DECLINED, outcome="不改：一年一次")
    assert improvement.closed_at == LATER
    fault(cast, version)
    with pytest.raises(ImprovementError, match="已经有一条"):
        keep(cast, improvement)


def test_pages_and_sheet(
    session: scoped_session, cast: Cast, version: ScorecardVersion, sign_in: SignIn, count_queries: Counter
) -> None:
    fault(cast, version)
    improvement = session.scalars(select(Improvement)).one()
    keep(cast, improvement, title="=1+1", proposal="改规则")
    session.commit()
    client = sign_in(cast.trainer)
    for url in ("/qa/improvements", f"/qa/improvements/{improvement.id}"):
        with count_queries() as counted:
            page = client.get(url).get_data(as_text=True)
        assert counted.count <= 10, url
        assert "=1+1" in page and cast.agent.name not in page
    answer = client.post(f"/qa/improvements/{improvement.id}", data={"title": "我的字", "state": "done"})
    assert answer.status_code == 400 and "我的字" in answer.get_data(as_text=True)
    sheet = read_sheet(client.get("/qa/improvements/export.xlsx").data, "x.xlsx")
    assert sheet[1][1:6] == ["=1+1", "及时", "流程", "改进中", 1]
