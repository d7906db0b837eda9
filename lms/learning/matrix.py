"""团队任务矩阵: people × tasks of one's own teams, with the same filter on screen and in the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from lms.kernel.db import db
from lms.learning.enums import AssignmentState
from lms.learning.models import Activity, Assignment, Record
from lms.learning.queries import activity_filter, is_manager, is_overdue, progress_filter
from lms.people.models import Person
from lms.people.queries import branch_ids

PEOPLE_PER_PAGE = 25
TASKS_PER_PAGE = 8
STATES = ("open", "overdue", "done")
# More tasks than this are reached through the filter by task; the choice stays usable and the page small.
TASK_CHOICES = 150


@dataclass(frozen=True)
class MatrixFilter:
    """What the matrix is narrowed to. ``state`` is one of STATES or ""."""

    team_id: int | None = None
    activity_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class Task:
    """A column: an activity that somebody in view has as a task."""

    id: int
    title: str
    kind: str


@dataclass(frozen=True)
class Cell:
    """Where one person stands with one task: the newest task that was not cancelled, and the best score so far."""

    assignment_id: int
    state: AssignmentState
    due_at: datetime | None
    completed_at: datetime | None
    score: float | None

    def shown_state(self, at: datetime) -> str:
        """ "open", "overdue" or "done"."""
        if self.state is AssignmentState.OPEN and self.due_at is not None and self.due_at < at:
            return "overdue"
        return self.state.value


@dataclass(frozen=True)
class Member:
    """A row: a person, without what the matrix does not show."""

    id: int
    name: str
    account: str
    team_id: int | None


def matrix_people(viewer: Person, wanted: MatrixFilter, at: datetime) -> Select[*tuple[Any, ...]]:
    """The rows: people in view, on duty, not the viewer; with a state, those who have such a task.

    Among the overdue, managers themselves are left out.
    """
    query: Select[*tuple[Any, ...]] = (
        select(Person.id, Person.name, Person.account, Person.team_id)
        .where(Person.active, Person.id != viewer.id, progress_filter(viewer, Person.id))
        .order_by(Person.team_id, Person.name, Person.id)
    )
    if wanted.team_id is not None:
        query = query.where(Person.team_id.in_(branch_ids(wanted.team_id)))
    if wanted.activity_id is not None or wanted.state:
        query = query.where(Person.id.in_(_matching(viewer, wanted, at).scalar_subquery()))
    if wanted.state == "overdue":
        query = query.where(~is_manager())
    return query


def matrix_tasks(viewer: Person, wanted: MatrixFilter) -> list[Task]:
    """The columns: what people in view have as tasks, newest activity first. One statement."""
    people = select(Person.id).where(Person.active, Person.id != viewer.id, progress_filter(viewer, Person.id))
    if wanted.team_id is not None:
        people = people.where(Person.team_id.in_(branch_ids(wanted.team_id)))
    given = select(Assignment.activity_id).where(
        Assignment.state != AssignmentState.CANCELLED, Assignment.person_id.in_(people.scalar_subquery())
    )
    query = (
        select(Activity.id, Activity.title, Activity.kind)
        .where(Activity.id.in_(given.scalar_subquery()), activity_filter(viewer))
        .order_by(Activity.created_at.desc(), Activity.id.desc())
    )
    return [Task(*row) for row in db.session.execute(query)]


def matrix_cells(person_ids: Sequence[int], activity_ids: Sequence[int]) -> dict[tuple[int, int], Cell]:
    """The cells of these people and tasks. One statement. The caller has made sure that they may be seen."""
    if not person_ids or not activity_ids:
        return {}
    newest = (
        select(func.max(Assignment.id).label("id"))
        .where(
            Assignment.person_id.in_(person_ids),
            Assignment.activity_id.in_(activity_ids),
            Assignment.state != AssignmentState.CANCELLED,
        )
        .group_by(Assignment.person_id, Assignment.activity_id)
        .subquery()
    )
    best = (
        select(func.max(Record.score))
        .where(Record.actor_id == Assignment.person_id, Record.activity_id == Assignment.activity_id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    query = select(
        Assignment.person_id,
        Assignment.activity_id,
        Assignment.id,
        Assignment.state,
        Assignment.due_at,
        Assignment.completed_at,
        best,
    ).join(newest, newest.c.id == Assignment.id)
    return {(row[0], row[1]): Cell(*row[2:]) for row in db.session.execute(query)}


def task_people(viewer: Person, activity: Activity, wanted: MatrixFilter, at: datetime) -> Select[Any]:
    """(assignment, person's name, account, team, best score) of everybody in view who has the activity as a task."""
    best = (
        select(func.max(Record.score))
        .where(Record.actor_id == Assignment.person_id, Record.activity_id == Assignment.activity_id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    query = (
        select(Assignment, Person.name, Person.account, Person.team_id, best.label("score"))
        .join(Person, Assignment.person_id == Person.id)
        .where(
            Assignment.activity_id == activity.id,
            Assignment.state != AssignmentState.CANCELLED,
            Person.active,
            progress_filter(viewer, Person.id),
        )
        .order_by(Assignment.state.desc(), Assignment.due_at, Person.name, Assignment.id)
    )
    if wanted.team_id is not None:
        query = query.where(Person.team_id.in_(branch_ids(wanted.team_id)))
    if wanted.state:
        query = query.where(_state_is(wanted.state, at))
    return query


def task_counts(viewer: Person, activity: Activity, at: datetime) -> dict[str, int]:
    """How many people in view are at each state: {"open", "overdue", "done"}. One statement."""
    overdue = func.count().filter(is_overdue(at))
    counted = (
        select(Assignment.state, func.count(), overdue)
        .join(Person, Assignment.person_id == Person.id)
        .where(Assignment.activity_id == activity.id, Person.active, progress_filter(viewer, Person.id))
        .group_by(Assignment.state)
    )
    rows = {state: (n, late) for state, n, late in db.session.execute(counted)}
    total, late = rows.get(AssignmentState.OPEN, (0, 0))
    return {"open": total - late, "overdue": late, "done": rows.get(AssignmentState.DONE, (0, 0))[0]}


def _matching(viewer: Person, wanted: MatrixFilter, at: datetime) -> Select[Any]:
    query = select(Assignment.person_id).join(Activity, Assignment.activity_id == Activity.id)
    query = query.where(Assignment.state != AssignmentState.CANCELLED, activity_filter(viewer))
    if wanted.activity_id is not None:
        query = query.where(Assignment.activity_id == wanted.activity_id)
    return query.where(_state_is(wanted.state, at)) if wanted.state else query


def _state_is(state: str, at: datetime) -> Any:
    if state == "overdue":
        return is_overdue(at)
    if state == "open":
        not_due = or_(Assignment.due_at.is_(None), Assignment.due_at >= at)
        return and_(Assignment.state == AssignmentState.OPEN, not_due)
    return Assignment.state == AssignmentState.DONE


def columns_shown(tasks: Sequence[Task], wanted: MatrixFilter) -> Sequence[Task]:
    """The tasks that a filter leaves: the one asked for, or all."""
    return tasks if wanted.activity_id is None else [task for task in tasks if task.id == wanted.activity_id]


def all_cells(
    viewer: Person, wanted: MatrixFilter, columns: Sequence[Task], at: datetime, *, batch: int = 200
) -> Iterator[tuple[Member, dict[int, Cell]]]:
    """Every row of the matrix with its cells by task, a few hundred people at a time, for the export."""
    tasks = [task.id for task in columns]
    people = [Member(*row) for row in db.session.execute(matrix_people(viewer, wanted, at))]
    for start in range(0, len(people), batch):
        some = people[start : start + batch]
        cells: dict[int, dict[int, Cell]] = {}
        # Databases take a limited number of parameters in one statement.
        for first in range(0, len(tasks), 500):
            found = matrix_cells([member.id for member in some], tasks[first : first + 500])
            for (person_id, task_id), cell in found.items():
                cells.setdefault(person_id, {})[task_id] = cell
        yield from ((member, cells.get(member.id, {})) for member in some)
