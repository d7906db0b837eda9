"""Tasks, records and progress, each list limited to what its viewer may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from lms.kernel.db import db
from lms.learning.enums import AssignmentState, Dimension
from lms.learning.models import BY_CODE, Activity, ActivityCompetency, Assignment, Competency, Record
from lms.people.enums import BRANCH_ROLES, Role
from lms.people.models import Person, RoleGrant
from lms.people.queries import assignable_filter, branch_ids, person_filter, serving_filter, shop_filter

MANAGER_ROLES = BRANCH_ROLES | {Role.ADMIN}


def progress_filter(viewer: Person, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Rows whose person's progress ``viewer`` may see; the list side of ``rules.can_see_progress``."""
    return or_(person_filter(viewer, column), assignable_filter(viewer, column))


def activity_filter(viewer: Person) -> ColumnElement[bool]:
    """Activities that ``viewer`` may see; the list side of ``rules.can_see_activity``."""
    return shop_filter(viewer, Activity.shop_id)


def is_overdue(at: datetime) -> ColumnElement[bool]:
    """Open past its due time; the list side of ``Assignment.is_overdue``."""
    return (Assignment.state == AssignmentState.OPEN) & (Assignment.due_at < at)


def is_finished() -> ColumnElement[bool]:
    """Records that tell of something completed: a completion that is not a failure."""
    return Record.completion.is_(True) & func.coalesce(Record.success, true())


def is_manager() -> ColumnElement[bool]:
    """People who lead others. They are not chased in lists of overdue people."""
    return Person.grants.any(RoleGrant.role.in_(MANAGER_ROLES))


# --- one's own -----------------------------------------------------------------------------------------------------


def tasks_of(person_id: int, state: AssignmentState) -> Select[Any]:
    """A person's tasks in one state: open ones by due time (those without one last), others newest first."""
    query = (
        select(Assignment)
        .where(Assignment.person_id == person_id, Assignment.state == state)
        .options(joinedload(Assignment.activity))
    )
    if state is AssignmentState.OPEN:
        return query.order_by(Assignment.due_at.is_(None), Assignment.due_at, Assignment.id)
    return query.order_by(Assignment.completed_at.desc(), Assignment.id.desc())


def records_of(person_id: int) -> Select[Any]:
    """A person's ledger, newest first."""
    return (
        select(Record)
        .where(Record.actor_id == person_id)
        .options(joinedload(Record.activity))
        .order_by(Record.at.desc(), Record.id.desc())
    )


def of_visible_shops(query: Select[Any], viewer: Person) -> Select[Any]:
    """The tasks or records of ``query`` whose activity belongs to a shop that ``viewer`` sees."""
    entity = query.column_descriptions[0]["entity"]
    if viewer.access.shop_ids is None:
        return query
    return query.where(entity.activity_id.in_(select(Activity.id).where(activity_filter(viewer)).scalar_subquery()))


@dataclass(frozen=True)
class DimensionProgress:
    """How many of a person's tasks of one dimension are done."""

    dimension: Dimension
    done: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def dimension_progress(person_id: int) -> list[DimensionProgress]:
    """Done and all tasks by dimension, cancelled ones left out. Always three entries; one statement."""
    counted = (
        select(Activity.dimension, Assignment.state, func.count(func.distinct(Assignment.activity_id)))
        .join(Activity, Assignment.activity_id == Activity.id)
        .where(Assignment.person_id == person_id, Assignment.state != AssignmentState.CANCELLED)
        .group_by(Activity.dimension, Assignment.state)
    )
    counts = {(dimension, state): n for dimension, state, n in db.session.execute(counted)}
    return [
        DimensionProgress(
            dimension,
            counts.get((dimension, AssignmentState.DONE), 0),
            counts.get((dimension, AssignmentState.DONE), 0) + counts.get((dimension, AssignmentState.OPEN), 0),
        )
        for dimension in Dimension
    ]


@dataclass(frozen=True)
class LedgerTotals:
    """A person's ledger in four figures; ``mean_score`` is the mean of the best score of each scored activity."""

    records: int
    completed: int
    mean_score: float | None
    seconds: int


def ledger_totals(person_id: int) -> LedgerTotals:
    """One statement."""
    by_activity = (
        select(
            func.count().label("records"),
            func.max(is_finished().cast(db.Integer)).label("completed"),
            func.max(Record.score).label("best"),
            func.sum(func.coalesce(Record.duration_seconds, 0)).label("seconds"),
        )
        .where(Record.actor_id == person_id)
        .group_by(Record.activity_id)
        .subquery()
    )
    row = db.session.execute(
        select(
            func.coalesce(func.sum(by_activity.c.records), 0),
            func.coalesce(func.sum(by_activity.c.completed), 0),
            func.avg(by_activity.c.best),
            func.coalesce(func.sum(by_activity.c.seconds), 0),
        )
    ).one()
    return LedgerTotals(int(row[0]), int(row[1]), None if row[2] is None else float(row[2]), int(row[3]))


# --- assigning -----------------------------------------------------------------------------------------------------


def assignable_people(viewer: Person, activity: Activity, *, text: str = "", team_id: int | None = None) -> Select[Any]:
    """Whom ``viewer`` may give the activity to: within reach, on duty, serving the activity's shop; by name."""
    query = (
        select(Person)
        .where(Person.active, assignable_filter(viewer, Person.id), serving_filter(activity.shop_id, Person.id))
        .order_by(Person.name, Person.id)
    )
    if text:
        named = Person.name.contains(text, autoescape=True)
        query = query.where(or_(named, Person.account.contains(text.casefold(), autoescape=True)))
    if team_id is not None:
        query = query.where(Person.team_id.in_(branch_ids(team_id)))
    return query


def people_with_open(activity_id: int, person_ids: Iterable[int]) -> set[int]:
    """Those of the people who have the activity open already."""
    waiting = select(Assignment.person_id).where(
        Assignment.activity_id == activity_id,
        Assignment.state == AssignmentState.OPEN,
        Assignment.person_id.in_(list(person_ids)),
    )
    return set(db.session.scalars(waiting))


def assignable_activities(viewer: Person, *, text: str = "", kind: str = "") -> Select[Any]:
    """Activities that can be given to people, newest first."""
    query = (
        select(Activity)
        .where(activity_filter(viewer), Activity.archived_at.is_(None))
        .order_by(Activity.created_at.desc(), Activity.id.desc())
    )
    if text:
        query = query.where(Activity.title.contains(text, autoescape=True))
    return query.where(Activity.kind == kind) if kind else query


# --- competencies --------------------------------------------------------------------------------------------------


def competencies(viewer: Person, *, archived: bool = False) -> Select[Any]:
    """(competency, number of activities) that ``viewer`` may see, by dimension and code."""
    used = (
        select(func.count())
        .select_from(ActivityCompetency)
        .join(Activity, ActivityCompetency.activity_id == Activity.id)
        .where(
            ActivityCompetency.competency_id == Competency.id, Activity.archived_at.is_(None), activity_filter(viewer)
        )
        .scalar_subquery()
    )
    state = Competency.archived_at.is_not(None) if archived else Competency.archived_at.is_(None)
    return (
        select(Competency, used.label("activities"))
        .where(shop_filter(viewer, Competency.shop_id), state)
        .order_by(Competency.dimension, *BY_CODE, Competency.id)
    )


# --- the team's overdue tasks --------------------------------------------------------------------------------------


def overdue_in_team(viewer: Person, at: datetime) -> Select[Any]:
    """Overdue tasks of people whom ``viewer`` looks after, longest overdue first; managers themselves are left out."""
    return (
        select(Assignment)
        .join(Person, Assignment.person_id == Person.id)
        .join(Activity, Assignment.activity_id == Activity.id)
        .where(
            is_overdue(at),
            Person.active,
            Person.id != viewer.id,
            ~is_manager(),
            progress_filter(viewer, Person.id),
            activity_filter(viewer),
        )
        .options(joinedload(Assignment.person).lazyload(Person.grants), joinedload(Assignment.activity))
        .order_by(Assignment.due_at, Assignment.id)
    )
