"""The column 培训计划 of the import of people."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.programmes.models import Enrolment
from lms.people.columns import header_names
from lms.people.importers import apply_import, plan_import
from lms.people.sheets import read_people
from tests.conftest import Cast
from tests.courses.programmes.conftest import Week, build_week, clock


def sheet(*rows: tuple[str, str, str]) -> list[list[str]]:
    return [["账号", "姓名", "培训计划"], *[list(row) for row in rows]]


def test_an_import_enrols_and_repeating_it_changes_nothing(session: scoped_session, cast: Cast, week: Week) -> None:
    everybodys = build_week(cast.admin, None, title="全员入职周")
    rows = sheet(("agent", "安小客", "甲店新人周"), ("agent2", "白小客", "甲店新人周、全员入职周"))
    done = apply_import(actor=cast.admin, sheet=read_people(rows, header_names()), at=clock(2, 9))
    assert done.errors == []
    by_person = {
        (person_id, programme_id)
        for person_id, programme_id in session.execute(select(Enrolment.person_id, Enrolment.programme_id))
    }
    assert by_person == {
        (cast.agent.id, week.programme.id),
        (cast.agent2.id, week.programme.id),
        (cast.agent2.id, everybodys.programme.id),
    }
    again = plan_import(actor=cast.admin, sheet=read_people(rows, header_names()))
    assert [row.kind for row in again.rows] == ["same", "same"]


def test_an_unknown_programme_and_one_of_another_shop_are_refused(
    session: scoped_session, cast: Cast, week: Week
) -> None:
    rows = sheet(("lead", "李组长", "没有这份"), ("other_agent", "乙客服", "甲店新人周"))
    done = apply_import(actor=cast.admin, sheet=read_people(rows, header_names()), at=clock(2, 9))
    messages = " ".join(str(error.reason) for error in done.errors)
    assert "没有培训计划“没有这份”" in messages
    assert "属于乙客服不服务的店铺" in messages
    assert session.scalars(select(Enrolment)).all() == []
