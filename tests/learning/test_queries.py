"""Lists and figures of learning, by worked examples."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lms.kernel.clock import now
from lms.learning.enums import AssignmentState, Dimension, Verb
from lms.learning.matrix import (
    MatrixFilter,
    all_cells,
    matrix_cells,
    matrix_people,
    matrix_tasks,
    task_counts,
    task_people,
)
from lms.learning.models import Competency
from lms.learning.queries import (
    assignable_activities,
    assignable_people,
    competencies,
    dimension_progress,
    ledger_totals,
    overdue_in_team,
    tasks_of,
)
from lms.learning.services import write_record
from lms.people.enums import Role
from tests.factories import make_activity, make_assignment, make_person, save


def finish(person, activity, key, score=None, *, at=None, success=True):
    return write_record(
        actor=person,
        verb=Verb.PASSED if success else Verb.FAILED,
        activity=activity,
        at=at or now(),
        idempotency_key=key,
        score=score,
        success=success,
        completion=True,
        duration_seconds=90,
    )


def names(session, query):
    return [row.name for row in session.execute(query)]


def test_open_tasks_come_by_due_time_and_endless_ones_last(cast, session):
    at = now()
    tasks = [
        make_assignment(cast.agent, make_activity(title), due_at=due)
        for title, due in (("后天", at + timedelta(days=2)), ("无期限", at), ("昨天", at - timedelta(days=1)))
    ]
    tasks[1].due_at = None
    session.flush()
    listed = session.scalars(tasks_of(cast.agent.id, AssignmentState.OPEN)).all()
    assert [task.activity.title for task in listed] == ["昨天", "后天", "无期限"]
    assert [task.is_overdue(at) for task in listed] == [True, False, False]


def test_progress_by_dimension(cast, session):
    activities = [make_activity(dimension=d) for d in (Dimension.SKILL, Dimension.SKILL, Dimension.KNOWLEDGE)]
    for activity in activities:
        make_assignment(cast.agent, activity)
    make_assignment(cast.agent, make_activity(dimension=Dimension.ATTITUDE)).state = AssignmentState.CANCELLED
    finish(cast.agent, activities[0], "k")
    shown = [(each.dimension, each.done, each.total, each.percent) for each in dimension_progress(cast.agent.id)]
    assert shown == [(Dimension.ATTITUDE, 0, 0, 0), (Dimension.KNOWLEDGE, 0, 1, 0), (Dimension.SKILL, 1, 2, 50)]


def test_totals_take_the_best_score_of_each_activity(cast):
    first, second, lesson = make_activity(), make_activity(), make_activity()
    finish(cast.agent, first, "a", 0.4, success=False)
    finish(cast.agent, first, "b", 0.8)
    finish(cast.agent, second, "c", 0.5, success=False)
    finish(cast.agent, lesson, "d")
    finish(cast.agent2, first, "e", 1.0)
    totals = ledger_totals(cast.agent.id)
    assert (totals.records, totals.completed, totals.seconds) == (4, 2, 360)
    assert totals.mean_score == pytest.approx(0.65)  # (0.8 + 0.5) / 2
    assert ledger_totals(cast.lead.id).mean_score is None


def test_overdue_list_names_agents_of_the_own_branch_but_no_managers(cast, session):
    late, activity = now() - timedelta(hours=1), make_activity(shop=cast.shop)
    for person in cast.people().values():
        make_assignment(person, make_activity() if "乙" in person.name else activity, due_at=late)
    done = make_person("做完的", team=cast.team_a)
    make_assignment(done, activity, due_at=late)
    finish(done, activity, "k")
    make_assignment(make_person("走了", team=cast.team_a, active=False), activity, due_at=late)

    def late_ones(viewer):
        return {a.person.name for a in session.scalars(overdue_in_team(viewer, now()))}

    assert late_ones(cast.lead) == {"安小客"}
    assert late_ones(cast.supervisor) == {"安小客", "白小客", "唐培训", "伊质检"}
    assert late_ones(cast.trainer) == {"安小客", "白小客", "伊质检"}
    assert late_ones(cast.agent) == set()
    assert late_ones(cast.other_supervisor) == {"乙客服", "乙培训", "乙质检"}


# --- the matrix ----------------------------------------------------------------------------------------------------


@pytest.fixture
def board(cast, session):
    """Three tasks: the agent is late with one, has failed one and passed one; the second agent has one open."""
    at = now()
    late, tried, done = (make_activity(title, shop=cast.shop) for title in ("逾期课", "没过的练习", "做完的练习"))
    make_assignment(cast.agent, late, due_at=at - timedelta(days=1))
    make_assignment(cast.agent, tried)
    make_assignment(cast.agent, done)
    make_assignment(cast.agent2, tried)
    finish(cast.agent, tried, "t", 0.3, success=False)
    finish(cast.agent, done, "d1", 0.7)
    finish(cast.agent, done, "d2", 0.9)
    make_assignment(cast.lead, late, due_at=at - timedelta(days=1))
    make_assignment(cast.other_agent, make_activity("乙店的课", shop=cast.other_shop), due_at=at - timedelta(days=1))
    session.flush()
    return {"late": late, "tried": tried, "done": done, "at": at}


def test_rows_columns_and_cells(cast, session, board):
    everything = MatrixFilter()
    assert set(names(session, matrix_people(cast.supervisor, everything, board["at"]))) == {
        "安小客", "白小客", "李组长", "唐培训", "伊质检",
    }  # fmt: skip
    tasks = matrix_tasks(cast.supervisor, everything)
    assert {task.title for task in tasks} == {"逾期课", "没过的练习", "做完的练习"}
    cells = matrix_cells([cast.agent.id, cast.agent2.id], [task.id for task in tasks])
    shown = {key: (cell.shown_state(board["at"]), cell.score) for key, cell in cells.items()}
    assert shown == {
        (cast.agent.id, board["late"].id): ("overdue", None),
        (cast.agent.id, board["tried"].id): ("open", 0.3),
        (cast.agent.id, board["done"].id): ("done", 0.9),
        (cast.agent2.id, board["tried"].id): ("open", None),
    }


@pytest.mark.parametrize(
    ("wanted", "people"),
    [
        ({"state": "overdue"}, {"安小客"}),
        ({"state": "done"}, {"安小客"}),
        ({"state": "open"}, {"安小客", "白小客"}),
        ({"activity_id": "tried"}, {"安小客", "白小客"}),
        ({"activity_id": "tried", "state": "done"}, set()),
        ({"activity_id": "late"}, {"安小客", "李组长"}),
        ({"activity_id": "late", "state": "overdue"}, {"安小客"}),
        ({"team_id": "team_b"}, {"白小客"}),
        ({"team_id": "team_b", "state": "overdue"}, set()),
        ({"team_id": "other_team"}, set()),
    ],
)
def test_filters(cast, session, board, wanted, people):
    found = {
        key: board[v].id if key == "activity_id" else getattr(cast, v).id if key == "team_id" else v
        for key, v in wanted.items()
    }
    assert set(names(session, matrix_people(cast.supervisor, MatrixFilter(**found), board["at"]))) == people


def test_leads_see_their_group_and_trainers_their_shop(cast, session, board):
    assert names(session, matrix_people(cast.lead, MatrixFilter(), board["at"])) == ["安小客"]
    trainer = set(names(session, matrix_people(cast.trainer, MatrixFilter(), board["at"])))
    assert trainer == {"安小客", "白小客", "李组长", "苏主管", "伊质检"}
    assert {t.title for t in matrix_tasks(cast.other_supervisor, MatrixFilter())} == {"乙店的课"}
    assert matrix_tasks(cast.agent, MatrixFilter()) == []


def test_a_cancelled_task_is_gone_and_a_new_one_counts(cast, session, board):
    old = session.scalars(tasks_of(cast.agent.id, AssignmentState.OPEN)).first()
    old.state = AssignmentState.CANCELLED
    session.flush()
    assert (cast.agent.id, old.activity_id) not in matrix_cells([cast.agent.id], [old.activity_id])
    make_assignment(cast.agent, old.activity)
    cell = matrix_cells([cast.agent.id], [old.activity_id])[cast.agent.id, old.activity_id]
    assert cell.shown_state(board["at"]) == "open"


def test_export_rows_are_the_rows_of_the_screen(cast, session, board):
    for wanted in (MatrixFilter(), MatrixFilter(state="overdue"), MatrixFilter(team_id=cast.team_b.id)):
        screen = names(session, matrix_people(cast.supervisor, wanted, board["at"]))
        assert [
            member.name
            for member, _ in all_cells(
                cast.supervisor, wanted, matrix_tasks(cast.supervisor, wanted), board["at"], batch=2
            )
        ] == screen


def test_one_task(cast, session, board):
    assert task_counts(cast.supervisor, board["late"], board["at"]) == {"open": 0, "overdue": 2, "done": 0}
    assert task_counts(cast.lead, board["tried"], board["at"]) == {"open": 1, "overdue": 0, "done": 0}
    rows = session.execute(task_people(cast.supervisor, board["done"], MatrixFilter(), board["at"])).all()
    assert [(row.name, row.score) for row in rows] == [("安小客", 0.9)]
    assert session.execute(task_people(cast.other_supervisor, board["done"], MatrixFilter(), board["at"])).all() == []


# --- whom and what to assign ---------------------------------------------------------------------------------------


def test_choice_of_people(cast, session):
    activity = make_activity(shop=cast.shop)

    def offered(viewer, **more):
        return {person.name for person in session.scalars(assignable_people(viewer, activity, **more))}

    assert offered(cast.lead) == {"安小客", "李组长"}
    assert offered(cast.supervisor, text="小客") == {"安小客", "白小客"}
    assert offered(cast.supervisor, team_id=cast.team_b.id) == {"白小客"}
    assert offered(cast.trainer, text="乙") == set()
    assert offered(cast.other_supervisor) == set()  # they don't serve the shop
    assert offered(cast.agent) == set()


def test_choice_of_activities(cast, session):
    make_activity("甲的课", shop=cast.shop)
    make_activity("乙的课", shop=cast.other_shop)
    make_activity("共用的练习", kind="quiz")
    make_activity("归档的", shop=cast.shop).archived_at = now()
    session.flush()

    def offered(viewer, **more):
        return {activity.title for activity in session.scalars(assignable_activities(viewer, **more))}

    assert offered(cast.lead) == {"甲的课", "共用的练习"}
    assert offered(cast.admin) == {"甲的课", "乙的课", "共用的练习"}
    assert offered(cast.lead, kind="quiz") == {"共用的练习"}
    assert offered(cast.lead, text="课") == {"甲的课"}


def test_managers_with_an_agents_role_are_managers(cast, session):
    working_lead = make_person("带班组长", Role.AGENT, Role.LEAD, team=cast.team_a)
    make_assignment(working_lead, make_activity(), due_at=now() - timedelta(days=1))
    assert list(session.scalars(overdue_in_team(cast.supervisor, now()))) == []


def test_competencies_stand_as_people_count(cast, session):
    for code in ("K10", "K2", "K1"):
        save(Competency(code=code, name=code, dimension=Dimension.KNOWLEDGE))
    assert [row[0].code for row in session.execute(competencies(cast.admin))] == ["K1", "K2", "K10"]
