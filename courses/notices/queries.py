"""Lists of notices, and who has acknowledged one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import joinedload

from courses.notices.enums import NoticeState
from courses.notices.models import Notice, NoticeVersion
from courses.notices.rules import can_edit_notice, can_read_notice
from lms.kernel.db import db
from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Assignment, Record
from lms.learning.queries import progress_filter
from lms.people.models import Person
from lms.people.queries import shop_filter
from lms.people.rules import require_visible

KIND = "notice"


@dataclass(frozen=True)
class Follow:
    """Who was told and who has not acknowledged yet: the task of one person."""

    assignment_id: int
    person_id: int
    name: str
    account: str
    team_id: int | None
    told_at: datetime
    acknowledged_at: datetime | None
    first_try: float | None


def readable(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_read_notice``."""
    return and_(Notice.state != NoticeState.DRAFT, shop_filter(person, Notice.shop_id))


def _with_text(number: Any) -> Any:
    wanted = and_(NoticeVersion.notice_id == Notice.id, NoticeVersion.number == number)
    return select(Notice, NoticeVersion).join(NoticeVersion, wanted).options(joinedload(Notice.shop))


def notices_for(person: Person) -> Select[Any]:
    """(notice, version, acknowledged version or None, open task's due time, has an open task), newest first."""
    mine = (
        select(func.max(Record.at))
        .where(Record.actor_id == person.id, Record.activity_id == Notice.activity_id, Record.verb == Verb.COMPLETED)
        .correlate(Notice)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .select_from(Assignment)
        .where(
            Assignment.person_id == person.id,
            Assignment.activity_id == Notice.activity_id,
            Assignment.state == AssignmentState.OPEN,
        )
        .correlate(Notice)
        .scalar_subquery()
    )
    query = (
        _with_text(Notice.number)
        .add_columns(mine.label("acknowledged_at"), waiting.label("waiting"))
        .where(readable(person))
    )
    return query.order_by(waiting.desc(), Notice.published_at.desc(), Notice.id.desc())


def managed_notices(person: Person) -> Select[Any]:
    """(notice, version, told, acknowledged) for authors and leads: drafts first, then the newest.

    Counted are people whose progress the viewer may see.
    """
    seen = progress_filter(person, Assignment.person_id)
    told = (
        select(func.count())
        .select_from(Assignment)
        .where(Assignment.activity_id == Notice.activity_id, Assignment.state != AssignmentState.CANCELLED, seen)
    )
    done = told.where(Assignment.state == AssignmentState.DONE)
    query = _with_text(Notice.latest_number).add_columns(
        told.correlate(Notice).scalar_subquery().label("told"), done.correlate(Notice).scalar_subquery().label("done")
    )
    drafts_first = case((Notice.state == NoticeState.DRAFT, 0), else_=1)
    return query.where(shop_filter(person, Notice.shop_id)).order_by(drafts_first, Notice.id.desc())


def notice_for_reading(person: Person, notice_id: int) -> tuple[Notice, NoticeVersion]:
    """The notice and its text. NotFound unless the person may read it."""
    row = db.session.execute(_with_text(Notice.number).where(Notice.id == notice_id)).one_or_none()
    require_visible(row is not None and can_read_notice(person, row[0]))
    assert row is not None
    return row[0], row[1]


def notice_for_authors(person: Person, notice_id: int) -> tuple[Notice, NoticeVersion]:
    """The notice and its newest text. NotFound unless the person may write it."""
    row = db.session.execute(_with_text(Notice.latest_number).where(Notice.id == notice_id)).one_or_none()
    require_visible(row is not None and can_edit_notice(person, row[0]))
    assert row is not None
    return row[0], row[1]


def notice_of_activity(activity_id: int) -> Notice | None:
    """The notice that an activity stands for."""
    return db.session.scalars(select(Notice).where(Notice.activity_id == activity_id)).one_or_none()


def followed(viewer: Person, notice: Notice) -> Sequence[Follow]:
    """Everybody in view who was told of the current version; who has not acknowledged comes first."""
    scores = (
        select(func.max(Record.score))
        .where(
            Record.actor_id == Assignment.person_id,
            Record.activity_id == Assignment.activity_id,
            Record.verb == Verb.COMPLETED,
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
    newest = (
        select(func.max(Assignment.id))
        .where(Assignment.activity_id == notice.activity_id, Assignment.state != AssignmentState.CANCELLED)
        .group_by(Assignment.person_id)
    )
    query = (
        select(
            Assignment.id,
            Person.id,
            Person.name,
            Person.account,
            Person.team_id,
            Assignment.created_at,
            Assignment.completed_at,
            scores,
        )
        .join(Person, Person.id == Assignment.person_id)
        .where(Assignment.id.in_(newest), Person.active, progress_filter(viewer, Person.id))
        .order_by(Assignment.completed_at.is_not(None), Assignment.created_at, Person.name, Person.id)
    )
    return [Follow(*row) for row in db.session.execute(query)]


def latest_task(person: Person, notice: Notice) -> Assignment | None:
    """The newest task of the person on the notice that was not taken back."""
    query = (
        select(Assignment)
        .where(
            Assignment.person_id == person.id,
            Assignment.activity_id == notice.activity_id,
            Assignment.state != AssignmentState.CANCELLED,
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def acknowledgement(person: Person, notice: Notice) -> Record | None:
    """The record that the person acknowledged the current version; None when not yet."""
    query = select(Record).where(Record.idempotency_key == acknowledged_key(person, notice))
    return db.session.scalars(query).one_or_none()


def acknowledged_key(person: Person, notice: Notice) -> str:
    """The name of the fact that a person acknowledged a version."""
    return f"notice:{notice.id}:v{notice.number}:p{person.id}:acknowledged"
