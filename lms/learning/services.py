"""Writing to the learning core: activities, assignments, records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, or_, select
from sqlalchemy.exc import IntegrityError

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.plugins import hooks
from lms.learning.enums import AssignmentReason, AssignmentState, Dimension, Verb
from lms.learning.models import Activity, Assignment, Competency, Record
from lms.learning.rules import can_cancel
from lms.people.models import Person, Team
from lms.people.queries import assignable_filter, serving_filter
from lms.people.rules import can_see_shop, require_visible


class AssignmentError(DomainError):
    """Work that can't be given like this."""


class AssignmentTaken(Conflict):
    """Two people gave out the same work at once."""


class RecordError(DomainError):
    """A statement that the ledger does not take."""


def create_activity(
    *,
    actor: Person,
    kind: str,
    title: str,
    dimension: Dimension,
    shop_id: int | None,
    competencies: Iterable[Competency] = (),
    at: datetime,
    slug: str | None = None,
) -> Activity:
    """Make something that can be assigned; the caller's own table points at it. ``slug`` is for what ships."""
    require_visible(can_see_shop(actor, shop_id))
    activity = Activity(
        kind=kind,
        title=title,
        dimension=dimension,
        shop_id=shop_id,
        slug=slug,
        created_by_id=actor.id,
        created_at=at,
        competencies=list(competencies),
    )
    db.session.add(activity)
    db.session.flush()
    return activity


def write_record(
    *,
    actor: Person,
    verb: Verb,
    activity: Activity,
    at: datetime,
    idempotency_key: str,
    score: float | None = None,
    success: bool | None = None,
    completion: bool | None = None,
    duration_seconds: int | None = None,
    context: dict[str, Any] | None = None,
    looked: bool = False,
) -> Record:
    """Append a fact about ``actor`` to the ledger. ``looked``: the caller has just seen that the key is new.

    A second call with the same key returns the first row and changes nothing. A completion that is not a failure
    closes the actor's open assignment of the activity. Fires the hook ``record_written``.
    """
    by_key = select(Record).where(Record.idempotency_key == idempotency_key)
    known = None if looked else db.session.scalars(by_key).one_or_none()
    if known is not None:
        if (known.actor_id, known.activity_id) != (actor.id, activity.id):
            raise RecordError(_("这条学习记录的编号已用于别的记录。"), where=idempotency_key)
        return known
    if score is not None and not 0 <= score <= 1:
        raise RecordError(_("得分率必须在 0 和 1 之间。"), where=str(score))
    record = Record(
        actor_id=actor.id,
        verb=verb,
        activity_id=activity.id,
        score=score,
        success=success,
        completion=completion,
        duration_seconds=duration_seconds,
        at=at,
        context=context or {},
        idempotency_key=idempotency_key,
    )
    try:
        with db.session.begin_nested():
            db.session.add(record)
    except IntegrityError:  # told twice at the same moment: the other one was first
        return db.session.scalars(by_key).one()
    if completion and success is not False:
        _close_assignments(actor, activity, at)
    hooks().record_written(record=record)
    return record


def _close_assignments(actor: Person, activity: Activity, at: datetime) -> None:
    waiting = select(Assignment).where(
        Assignment.person_id == actor.id,
        Assignment.activity_id == activity.id,
        Assignment.state == AssignmentState.OPEN,
    )
    for assignment in db.session.scalars(waiting):
        assignment.state, assignment.completed_at = AssignmentState.DONE, at
    db.session.flush()


def assign(
    *,
    actor: Person,
    activity: Activity,
    people: Sequence[Person],
    due_at: datetime | None,
    reason: AssignmentReason,
    at: datetime,
    note: str = "",
) -> list[Assignment]:
    """Give an activity to people within the actor's reach. Returns the new assignments only.

    Somebody who has it open already keeps that one. Nobody outside the actor's reach, nobody who left, and nobody
    who does not serve the activity's shop gets it: AssignmentError names them and nothing is assigned.
    """
    require_visible(can_see_shop(actor, activity.shop_id))
    if activity.archived_at is not None:
        raise AssignmentError(_("该学习活动已归档，不能再布置。"), where=activity.title)
    if due_at is not None and due_at <= at:
        raise AssignmentError(_("截止时间必须晚于现在。"))
    ids = {person.id for person in people}
    reachable = _reachable(actor, activity, ids)
    outside = [person for person in people if person.id not in reachable]
    if outside:
        names = "、".join(person.name for person in outside[:5])
        raise AssignmentError(_("有人不在您的管理范围内、不服务这个店铺，或已离职。"), where=names)
    has_open = set(
        db.session.scalars(
            select(Assignment.person_id).where(
                Assignment.activity_id == activity.id,
                Assignment.person_id.in_(ids),
                Assignment.state == AssignmentState.OPEN,
            )
        )
    )
    waiting = [person_id for person_id in dict.fromkeys(person.id for person in people) if person_id not in has_open]
    return _give(activity, waiting, giver_id=actor.id, due_at=due_at, reason=reason, note=note, at=at)


def _give(
    activity: Activity,
    person_ids: Iterable[int],
    *,
    giver_id: int | None,
    due_at: datetime | None,
    reason: AssignmentReason,
    note: str,
    at: datetime,
) -> list[Assignment]:
    """The rows of :func:`assign` and :func:`hand_out`, in the order of the people, in one go; plugins hear of them."""
    rows = [
        {
            "person_id": person_id,
            "activity_id": activity.id,
            "reason": reason,
            "state": AssignmentState.OPEN,
            "due_at": due_at,
            "note": note,
            "assigned_by_id": giver_id,
            "created_at": at,
        }
        for person_id in person_ids
    ]
    if not rows:
        return []
    in_order = insert(Assignment).returning(Assignment, sort_by_parameter_order=True)
    try:
        made = list(db.session.scalars(in_order, rows))
    except IntegrityError as error:  # somebody else gave the same people the same thing at this very moment
        raise AssignmentTaken(_("刚刚有人布置了同一个任务，请刷新页面后再试。")) from error
    hooks().assignments_made(assignments=made)
    return made


def assign_team(
    *,
    actor: Person,
    activity: Activity,
    team: Team,
    due_at: datetime | None,
    reason: AssignmentReason,
    at: datetime,
    note: str = "",
) -> list[Assignment]:
    """Give an activity to everybody in the branch of ``team`` whom the actor may give it to."""
    people = branch_members(actor=actor, activity=activity, teams=[team])
    if not people:
        raise AssignmentError(_("这个团队里没有您可以布置这项任务的人。"), where=team.name)
    return assign(actor=actor, activity=activity, people=people, due_at=due_at, reason=reason, at=at, note=note)


def branch_members(*, actor: Person, activity: Activity, teams: Iterable[Team]) -> list[Person]:
    """Everybody on duty in the branches of ``teams`` whom the actor may give the activity to, each once."""
    branches = [Team.path.startswith(team.path) for team in teams]
    if not branches:
        return []
    members = (
        select(Person)
        .join(Team, Person.team_id == Team.id)
        .where(
            Person.active,
            or_(*branches),
            assignable_filter(actor, Person.id),
            serving_filter(activity.shop_id, Person.id),
        )
        .order_by(Person.id)
    )
    return list(db.session.scalars(members))


def _reachable(actor: Person, activity: Activity, ids: set[int]) -> set[int]:
    reach = [Person.active, assignable_filter(actor, Person.id), serving_filter(activity.shop_id, Person.id)]
    return set(db.session.scalars(select(Person.id).where(Person.id.in_(ids), *reach)))


def hand_out(
    *,
    activity: Activity,
    person_ids: Iterable[int],
    due_at: datetime | None,
    reason: AssignmentReason,
    at: datetime,
    note: str = "",
) -> list[Assignment]:
    """Give an activity by a rule instead of by a person, such as a programme's day that opens. Returns the new ones.

    Nobody is named as the giver, and nobody is told: the rule does that, once. Left out without a word: who left, who
    does not serve the activity's shop, who has it open already; everybody when the activity is archived. Thousands of
    people take a second or two.
    """
    ids = list(dict.fromkeys(person_ids))
    if activity.archived_at is not None or not ids:
        return []
    has_open = select(Assignment.person_id).where(
        Assignment.activity_id == activity.id, Assignment.state == AssignmentState.OPEN
    )
    reach = [
        Person.active,
        serving_filter(activity.shop_id, Person.id),
        Person.id.not_in(has_open.where(Assignment.person_id.in_(ids)).scalar_subquery()),
    ]
    waiting = db.session.scalars(select(Person.id).where(Person.id.in_(ids), *reach).order_by(Person.id))
    return _give(activity, waiting, giver_id=None, due_at=due_at, reason=reason, note=note, at=at)


def take_back(
    *, person_id: int, activity_ids: Iterable[int], reason: AssignmentReason, at: datetime
) -> list[Assignment]:
    """Cancel the open tasks that :func:`hand_out` gave for this reason; what a person gave stays."""
    waiting = select(Assignment).where(
        Assignment.person_id == person_id,
        Assignment.activity_id.in_(list(activity_ids)),
        Assignment.state == AssignmentState.OPEN,
        Assignment.reason == reason,
        Assignment.assigned_by_id.is_(None),
    )
    found = list(db.session.scalars(waiting))
    for assignment in found:
        assignment.state = AssignmentState.CANCELLED
    db.session.flush()
    for assignment in found:
        hooks().assignment_cancelled(assignment=assignment)
    return found


def move_due(
    *, person_id: int, activity_ids: Iterable[int], reason: AssignmentReason, due_at: datetime | None
) -> list[Assignment]:
    """Set when the open tasks that :func:`hand_out` gave for this reason are due; None while they wait."""
    waiting = select(Assignment).where(
        Assignment.person_id == person_id,
        Assignment.activity_id.in_(list(activity_ids)),
        Assignment.state == AssignmentState.OPEN,
        Assignment.reason == reason,
        Assignment.assigned_by_id.is_(None),
    )
    found = list(db.session.scalars(waiting))
    for assignment in found:
        assignment.due_at = due_at
    db.session.flush()
    return found


def cancel_assignment(*, actor: Person, assignment: Assignment, at: datetime) -> Assignment:
    """Take an open assignment back; one that is done stays done. Raises NotFound for whom the actor does not reach."""
    require_visible(can_cancel(actor, assignment))
    if assignment.state is AssignmentState.OPEN:
        assignment.state = AssignmentState.CANCELLED
        db.session.flush()
        hooks().assignment_cancelled(assignment=assignment)
    return assignment
