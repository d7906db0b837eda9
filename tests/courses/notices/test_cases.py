"""The case library: whom a case is for, its parts, what happened again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.cases.models import CaseStudy
from courses.cases.queries import FoundAgain, cases_for, editable, found_again, readable, recurrences_of
from courses.cases.rules import can_edit_case, can_read_case
from courses.cases.services import CaseError, CaseText, create_case, publish_case, read_case, report_recurrence
from lms.kernel.errors import NotFound
from lms.learning.queries import assignable_activities
from lms.people.models import Person, Team
from lms.qa.evaluations.services import acknowledge
from lms.qa.scorecards.definition import Definition
from tests.conftest import Cast
from tests.qa.making import make_evaluation, make_scorecard

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def case_for(cast: Cast, *teams: Team, shop: bool = True, actor: Person | None = None) -> CaseStudy:
    text = CaseText("没核对就退款", "想让买家安心", "先退了款", "没核对", "两千元", "先核对", teams=tuple(teams))
    actor = actor or (cast.supervisor if shop else cast.admin)
    case = create_case(actor=actor, text=text, shop_id=cast.shop.id if shop else None, at=AT)
    return publish_case(actor=actor, case=case, at=AT)


def test_a_department_s_case_is_404_for_others_by_page_and_list(
    cast: Cast, session: scoped_session, sign_in: Callable[[Person], FlaskClient]
) -> None:
    case = case_for(cast, cast.team_a)
    session.commit()
    seen = {"agent": 200, "lead": 200, "supervisor": 200, "admin": 200, "agent2": 404, "evaluator": 404}
    for name, status in seen.items():
        client = sign_in(getattr(cast, name))
        assert client.get(f"/cases/{case.id}").status_code == status, name
        assert ("没核对就退款" in client.get("/cases/").get_data(as_text=True)) == (status == 200), name
    with pytest.raises(NotFound):
        read_case(actor=cast.agent2, case=case, at=AT)


def test_rules_agree_with_their_lists(cast: Cast, session: scoped_session) -> None:
    cases = [
        case_for(cast, cast.team_a),
        case_for(cast, cast.team, cast.team_b),
        case_for(cast),
        case_for(cast, shop=False),
        case_for(cast, cast.team_b, actor=cast.evaluator),
        create_case(actor=cast.trainer, text=CaseText("草稿"), shop_id=cast.shop.id, at=AT),
    ]
    assert [team.name for team in cases[1].teams] == ["甲客服部"]  # 甲B组 stands below it
    session.flush()
    for person in cast.people().values():
        for case in cases:
            here = select(CaseStudy.id).where(CaseStudy.id == case.id)
            assert (session.scalar(here.where(readable(person))) is not None) == can_read_case(person, case), (
                person.name
            )
            assert (session.scalar(here.where(editable(person))) is not None) == can_edit_case(person, case), (
                person.name
            )


def test_the_title_of_a_case_is_in_nobody_s_list_of_things_to_assign(cast: Cast, session: scoped_session) -> None:
    case_for(cast, cast.team_a)
    assert session.scalars(assignable_activities(cast.lead)).all() == []


def test_a_case_without_its_new_rule_is_not_published(cast: Cast) -> None:
    case = create_case(actor=cast.trainer, text=CaseText("题", events="经过"), shop_id=cast.shop.id, at=AT)
    with pytest.raises(CaseError, match="新规矩"):
        publish_case(actor=cast.trainer, case=case, at=AT)


def test_recurrences_are_counted_and_never_lie_ahead(cast: Cast, session: scoped_session) -> None:
    case = case_for(cast)
    later = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    report_recurrence(actor=cast.evaluator, case=case, happened_on=date(2026, 11, 18), note="又漏了", at=later)
    with pytest.raises(CaseError, match="还没到"):
        report_recurrence(actor=cast.evaluator, case=case, happened_on=date(2026, 11, 21), note="", at=later)
    assert [(row.happened_on.day, row.note) for row in recurrences_of(case)] == [(18, "又漏了")]
    assert [(n, read) for _case, n, read in session.execute(cases_for(cast.agent))] == [(1, 0)]
    first = read_case(actor=cast.agent, case=case, at=later)
    assert read_case(actor=cast.agent, case=case, at=later).id == first.id
    assert [read for _case, _n, read in session.execute(cases_for(cast.agent))] == [1]


def test_findings_on_the_case_s_criterion_count_as_recurrences(
    cast: Cast, session: scoped_session, sign_in: Callable[[Person], FlaskClient]
) -> None:
    version = make_scorecard(cast.shop)
    criterion_id = Definition.from_json(version.definition).criteria[1].id
    text = CaseText("没核对就退款", "", "先退了款", "没核对", "", "先核对", criterion_id=criterion_id)
    case = create_case(actor=cast.supervisor, text=text, shop_id=cast.shop.id, at=AT)
    assert found_again(case) is None
    publish_case(actor=cast.supervisor, case=case, at=AT)
    for days, agent in ((-1, cast.agent), (1, cast.agent), (2, cast.agent), (3, cast.agent2)):
        at = AT + timedelta(days=days)
        made = make_evaluation(
            cast.evaluator, agent, cast.shop, version, failed=("right",), served_at=at, at=at + timedelta(hours=1)
        )
        acknowledge(actor=agent, evaluation=made, at=at + timedelta(hours=2))
    assert found_again(case) == FoundAgain(3, 2)
    session.commit()
    page = sign_in(cast.agent2).get(f"/cases/{case.id}").get_data(as_text=True)
    assert "又发现 3 次，涉及 2 人" in page and cast.agent.name not in page
    theirs = Definition.from_json(make_scorecard(cast.other_shop).definition).criteria[0].id
    with pytest.raises(NotFound):
        create_case(actor=cast.supervisor, text=CaseText("别家的", criterion_id=theirs), shop_id=cast.shop.id, at=AT)
