"""The column 培训计划 of the import of people."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.programmes.models import Enrolment
from lms.inbox.models import Notification
from lms.learning.models import Assignment
from lms.people.columns import header_names
from lms.people.importers import apply_import, plan_import
from lms.people.models import Person
from lms.people.sheets import read_people
from lms.posts.services import create_post
from tests.conftest import Cast
from tests.courses.programmes.conftest import Week, build_week, clock
from tests.factories import make_activity, make_competency


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


def test_a_first_post_in_the_same_sheet_does_not_bury_the_programme(
    session: scoped_session, cast: Cast, week: Week
) -> None:
    listening = make_competency("倾听")
    extra = [make_activity(f"倾听课{n}") for n in range(5)]
    exam = make_activity("倾听考试", kind="quiz")
    for activity in (*extra, exam, week.lesson, week.lesson2, week.gate2):
        activity.competencies.append(listening)
    session.flush()
    create_post(actor=cast.admin, name="售前", description="", shop_id=None, competencies=[listening], at=clock(1, 9))
    rows = [
        ["账号", "姓名", "团队", "岗位", "培训计划"],
        ["agent", "安小客", "", "售前", "甲店新人周"],
        ["agent2", "白小客", "", "售前", ""],
    ]
    apply_import(actor=cast.admin, sheet=read_people(rows, header_names()), at=clock(2, 9))

    def tasks(person: Person) -> dict[int, Assignment]:
        found = select(Assignment).where(Assignment.person_id == person.id)
        return {task.activity_id: task for task in session.scalars(found)}

    def told(person: Person) -> list[str]:
        return list(session.scalars(select(Notification.title).where(Notification.person_id == person.id)))

    # With a programme: its first day once, what else the post asks for without a date, no exam, nothing of later days.
    given, first_day = tasks(cast.agent), {week.lesson.id, week.checklist.id, week.gate1.id}
    assert set(given) == {week.programme.activity_id, *first_day, *(activity.id for activity in extra)}
    assert {given[activity.id].due_at for activity in extra} == {None}
    assert [title for title in told(cast.agent) if "任务" in title] == [
        "新的培训任务：甲店新人周",
        "新的培训任务：5 项",
    ]
    # Without one everything is given as before, and told of together.
    assert exam.id in tasks(cast.agent2) and None not in {task.due_at for task in tasks(cast.agent2).values()}
    assert len([title for title in told(cast.agent2) if "任务" in title]) == 1
