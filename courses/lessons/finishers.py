"""Who finished which version of a lesson, read from the ledger; and giving it again to those who know an older one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import newest_finished, records_on, version_of
from courses.lessons.services import LessonError
from lms.kernel.db import db
from lms.learning.enums import AssignmentReason, AssignmentState, Verb
from lms.learning.models import Assignment, Record
from lms.learning.services import assign
from lms.people.models import Person, Team
from lms.people.queries import assignable_filter, serving_filter


@dataclass(frozen=True)
class Finisher:
    """Somebody who finished the lesson: the newest version they finished, and when; what they have open now."""

    person_id: int
    name: str
    team: str
    active: bool
    version: int
    at: datetime
    times: int
    has_open: bool
    outdated: bool


def finishers(viewer: Person, lesson: Lesson, *, outdated_only: bool = False) -> list[Finisher]:
    """Everybody within the viewer's reach who finished it, those of the oldest version first. Two statements.

    Outdated is whose newest finished version is older than the published one.
    """
    facts = (
        select(Person.id, Person.name, Person.active, Team.name.label("team"), Record.at, Record.context)
        .join(Person, Person.id == Record.actor_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(
            Record.activity_id == lesson.activity_id,
            Record.verb == Verb.COMPLETED,
            Record.completion.is_(True),
            assignable_filter(viewer, Record.actor_id),
        )
        .order_by(Record.at, Record.id)
    )
    open_tasks = set(
        db.session.scalars(
            select(Assignment.person_id).where(
                Assignment.activity_id == lesson.activity_id, Assignment.state == AssignmentState.OPEN
            )
        )
    )
    best: dict[int, tuple[int, datetime]] = {}
    times: dict[int, int] = {}
    people = {}
    for row in db.session.execute(facts):
        number = int((row.context or {}).get("version", 0))
        best[row.id] = max(best.get(row.id, (0, row.at)), (number, row.at))
        times[row.id] = times.get(row.id, 0) + 1
        people[row.id] = row
    current = lesson.published_number or 0
    found = [
        Finisher(
            person_id=person_id,
            name=row.name,
            team=row.team or "",
            active=row.active,
            version=best[person_id][0],
            at=best[person_id][1],
            times=times[person_id],
            has_open=person_id in open_tasks,
            outdated=best[person_id][0] < current,
        )
        for person_id, row in people.items()
    ]
    found.sort(key=lambda finisher: (finisher.version, finisher.team, finisher.name, finisher.person_id))
    return [finisher for finisher in found if finisher.outdated or not outdated_only]


def give_again(*, actor: Person, lesson: Lesson, due_at: datetime | None, at: datetime) -> int:
    """Assign the lesson to everybody within reach who knows an older version only; returns how many got a new task.

    Who left, or serves the shop no more, is left out; who has it open already keeps that task.
    """
    ids = [finisher.person_id for finisher in finishers(actor, lesson, outdated_only=True) if finisher.active]
    people = db.session.scalars(
        select(Person).where(Person.id.in_(ids), Person.active, serving_filter(lesson.shop_id, Person.id))
    ).all()
    if not people:
        raise LessonError(_("没有学完旧版、还没学新版的人。"))
    made = assign(
        actor=actor,
        activity=lesson.activity,
        people=people,
        due_at=due_at,
        reason=AssignmentReason.BY_HAND,
        note=_("课时已更新到版本 %(n)s，请学习改动的部分。", n=lesson.published_number),
        at=at,
    )
    return len(made)


def finished_version(person: Person, lesson: Lesson) -> LessonVersion | None:
    """The newest version that the person finished, where it is older than what readers see now; else None."""
    number = newest_finished(records_on(person, lesson.activity_id))
    return version_of(lesson, number) if 0 < number < (lesson.published_number or 0) else None


def sheet_rows(found: Sequence[Finisher]) -> tuple[list[str], Iterator[list[object]]]:
    """Headers and rows of the download."""
    headers = [
        _("姓名"),
        _("团队"),
        _("在职"),
        _("学完的版本"),
        _("学完时间"),
        _("学完次数"),
        _("要学新版"),
        _("有未完成任务"),
    ]
    rows = ([f.name, f.team, f.active, f.version, f.at, f.times, f.outdated, f.has_open] for f in found)
    return headers, rows
