"""What the pages of lessons show. Each list is a fixed number of statements, whatever its length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from courses.lessons.enums import LessonState, ReadingState
from courses.lessons.models import Course, CourseModule, Lesson, LessonVersion
from courses.lessons.rules import can_manage_lesson, can_read_lesson, can_write_for
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.learning.enums import AssignmentState, Dimension, Verb
from lms.learning.models import BY_CODE, Activity, ActivityCompetency, Assignment, Competency, Record
from lms.people.models import Person, Shop
from lms.people.queries import assignable_filter, shop_filter
from lms.people.rules import require_visible

KIND = "lesson"


@dataclass(frozen=True)
class Reading:
    """A lesson together with how far one person is with it, and the time by which they should have read it."""

    lesson: Lesson
    version: LessonVersion
    state: ReadingState
    due_at: datetime | None = None
    assigned: bool = False
    changed_since: bool = False


@dataclass(frozen=True)
class Shelf:
    """The lessons of one dimension."""

    dimension: Dimension
    readings: tuple[Reading, ...]

    @property
    def done(self) -> int:
        return sum(reading.state is ReadingState.DONE for reading in self.readings)

    @property
    def percent(self) -> float:
        return 100 * self.done / len(self.readings) if self.readings else 0.0


def readable(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_read_lesson``."""
    return and_(Lesson.state == LessonState.PUBLISHED, shop_filter(person, Lesson.shop_id))


def all_shop_ids() -> frozenset[int]:
    """Every shop there is, for ``rules.can_write_for``."""
    return frozenset(db.session.scalars(select(Shop.id)))


def _with_version(number: ColumnElement[Any]) -> Any:
    """Select of (lesson, version); untyped, since SQLAlchemy 2.0 and 2.1 write such a type differently."""
    return (
        select(Lesson, LessonVersion)
        .join(LessonVersion, and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.number == number))
        .join(Activity, Activity.id == Lesson.activity_id)
        .options(
            contains_eager(Lesson.activity).joinedload(Activity.competencies),
            joinedload(Lesson.course),
            joinedload(Lesson.module),
            joinedload(Lesson.shop),
        )
    )


def _dimension_order() -> ColumnElement[int]:
    return case({dimension.value: i for i, dimension in enumerate(Dimension)}, value=Activity.dimension)


def lesson_for_reading(person: Person, lesson_id: int) -> tuple[Lesson, LessonVersion]:
    """The lesson and the version that readers see. NotFound unless the person may read it. One statement."""
    query = _with_version(Lesson.published_number.expression).where(Lesson.id == lesson_id)
    row = db.session.execute(query).unique().one_or_none()
    require_visible(row is not None and can_read_lesson(person, row[0]))
    assert row is not None
    return row[0], row[1]


def lesson_for_authors(person: Person, lesson_id: int) -> tuple[Lesson, LessonVersion]:
    """The lesson and its newest version. NotFound unless the person may look behind it. One statement."""
    query = _with_version(Lesson.latest_number.expression).where(Lesson.id == lesson_id)
    row = db.session.execute(query).unique().one_or_none()
    require_visible(row is not None and can_manage_lesson(person, row[0]))
    assert row is not None
    return row[0], row[1]


def place_for_new(person: Person, course_id: int, module_id: int) -> tuple[Course | None, CourseModule | None]:
    """The course and module that a new lesson goes into; 0 for none. NotFound unless the person may write there."""
    if not course_id:
        return None, None
    course = db.session.get(Course, course_id)
    require_visible(course is not None and can_write_for(person, course.shop_id, shop_ids=all_shop_ids()))
    module = db.session.get(CourseModule, module_id) if module_id else None
    require_visible(module is None or module.course_id == course_id)
    return course, module


def lesson_of_activity(activity_id: int) -> Lesson:
    """The lesson that an activity stands for."""
    lesson = db.session.scalars(select(Lesson).where(Lesson.activity_id == activity_id)).one_or_none()
    if lesson is None:
        raise NotFound(_("找不到这节课时。"))
    return lesson


def version_of(lesson: Lesson, number: int) -> LessonVersion:
    """A version by its number."""
    query = select(LessonVersion).where(LessonVersion.lesson_id == lesson.id, LessonVersion.number == number)
    version = db.session.scalars(query).one_or_none()
    if version is None:
        raise NotFound(_("这节课时没有这个版本。"))
    return version


def versions_of(lesson: Lesson) -> Sequence[LessonVersion]:
    """All versions, the newest first, each with its author."""
    query = (
        select(LessonVersion)
        .where(LessonVersion.lesson_id == lesson.id)
        .options(joinedload(LessonVersion.created_by))
        .order_by(LessonVersion.number.desc())
    )
    return db.session.scalars(query).all()


def latest_task(person: Person, activity_id: int) -> Assignment | None:
    """The newest task of this person on this activity that was not taken back, open or done."""
    query = (
        select(Assignment)
        .where(
            Assignment.person_id == person.id,
            Assignment.activity_id == activity_id,
            Assignment.state != AssignmentState.CANCELLED,
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def records_by_key(keys: Iterable[str]) -> dict[str, Record]:
    """Records by their idempotency keys. One statement."""
    query = select(Record).where(Record.idempotency_key.in_(list(keys)))
    return {record.idempotency_key: record for record in db.session.scalars(query)}


def records_on(person: Person, activity_id: int) -> Sequence[Record]:
    """What the ledger says about one person and activity. One statement."""
    query = select(Record).where(Record.actor_id == person.id, Record.activity_id == activity_id)
    return db.session.scalars(query).all()


def task_and_records(person: Person, activity_id: int) -> tuple[Assignment | None, list[Record]]:
    """:func:`latest_task` and :func:`records_on` in one statement: every page of a lesson asks for both."""
    newest = select(func.max(Assignment.id)).where(
        Assignment.person_id == person.id,
        Assignment.activity_id == activity_id,
        Assignment.state != AssignmentState.CANCELLED,
    )
    query = (
        select(Assignment, Record)
        .select_from(Activity)
        .outerjoin(Assignment, Assignment.id == newest.scalar_subquery())
        .outerjoin(Record, and_(Record.activity_id == Activity.id, Record.actor_id == person.id))
        .where(Activity.id == activity_id)
    )
    rows = db.session.execute(query).all()
    return rows[0][0], [record for _task, record in rows if record is not None]


def newest_finished(records: Iterable[Record]) -> int:
    """The newest version that these records of one person and lesson say was finished; 0 for none."""
    finished = (r for r in records if r.verb is Verb.COMPLETED and r.completion)
    return max((int((record.context or {}).get("version", 0)) for record in finished), default=0)


def readings_of(person: Person, *, course_id: int | None = None) -> list[Reading]:
    """Every lesson (of a course) that the person may read, with how far they are. Three statements."""
    wanted = readable(person) if course_id is None else and_(readable(person), Lesson.course_id == course_id)
    query = (
        _with_version(Lesson.published_number.expression)
        .where(wanted)
        .order_by(_dimension_order(), Lesson.position, Lesson.id)
    )
    rows = db.session.execute(query).unique().all()
    if not rows:
        return []
    facts = select(Record.activity_id, Record.verb, Record.completion, Record.at, Record.context).where(
        Record.actor_id == person.id,
        Record.activity_id.in_(select(Lesson.activity_id).where(wanted).scalar_subquery()),
    )
    opened: dict[int, datetime] = {}
    finished: dict[int, tuple[datetime, int]] = {}
    for activity_id, verb, completion, at, context in db.session.execute(facts):
        if verb is Verb.COMPLETED and completion:
            finished[activity_id] = max(finished.get(activity_id, (at, 0)), (at, int(context.get("version", 0))))
        else:
            opened[activity_id] = max(opened.get(activity_id, at), at)
    tasks = select(Assignment.activity_id, Assignment.due_at).where(
        Assignment.person_id == person.id, Assignment.state == AssignmentState.OPEN
    )
    due = {activity_id: due_at for activity_id, due_at in db.session.execute(tasks)}
    return [
        Reading(
            lesson,
            version,
            _state(lesson.activity_id, opened, finished, due),
            due_at=due.get(lesson.activity_id),
            assigned=lesson.activity_id in due,
            changed_since=lesson.activity_id in finished and finished[lesson.activity_id][1] < version.number,
        )
        for lesson, version in rows
    ]


def _state(
    activity_id: int,
    opened: dict[int, datetime],
    finished: dict[int, tuple[datetime, int]],
    due: dict[int, datetime | None],
) -> ReadingState:
    """A task that is open has not been done, even where the lesson was read before it was given."""
    if activity_id in finished and activity_id not in due:
        return ReadingState.DONE
    begun = activity_id in opened
    if begun and (activity_id not in finished or opened[activity_id] > finished[activity_id][0]):
        return ReadingState.READING
    return ReadingState.UNREAD


def shelves_of(person: Person) -> list[Shelf]:
    """The readings of a person, one shelf a dimension, in the order attitude, knowledge, skill. Three statements."""
    readings = readings_of(person)
    return [
        Shelf(dimension, tuple(reading for reading in readings if reading.lesson.activity.dimension is dimension))
        for dimension in Dimension
    ]


def next_to_read(person: Person, *, limit: int = 3) -> list[Reading]:
    """What to go on with: given lessons by their due time, then those begun, then the unread ones in order."""
    waiting = [reading for reading in readings_of(person) if reading.state is not ReadingState.DONE]

    def urgency(reading: Reading) -> tuple[bool, float, bool]:
        due = reading.due_at.timestamp() if reading.due_at else float("inf")
        return (not reading.assigned, due, reading.state is not ReadingState.READING)

    return sorted(waiting, key=urgency)[:limit]


def course_order() -> tuple[Any, ...]:
    """Lessons of one course as its outline has them, for queries that outer-join CourseModule."""
    return (func.coalesce(CourseModule.position, 0), Lesson.position, Lesson.id)


def neighbours(person: Person, lesson: Lesson) -> tuple[tuple[int, str] | None, tuple[int, str] | None]:
    """The lessons before and after this one, as (id, title): in its course, else in the order of the list."""
    query = (
        select(Lesson.id, Activity.title)
        .join(Activity, Activity.id == Lesson.activity_id)
        .outerjoin(CourseModule, CourseModule.id == Lesson.module_id)
        .where(readable(person))
    )
    if lesson.course_id is not None:
        query = query.where(Lesson.course_id == lesson.course_id).order_by(*course_order())
    else:
        query = query.order_by(_dimension_order(), Lesson.position, Lesson.id)
    rows = [(row.id, row.title) for row in db.session.execute(query)]
    at = next((i for i, (lesson_id, _title) in enumerate(rows) if lesson_id == lesson.id), None)
    if at is None:
        return None, None
    return (rows[at - 1] if at else None), (rows[at + 1] if at + 1 < len(rows) else None)


@dataclass(frozen=True)
class LessonFilter:
    """What authors narrow their list by; the defaults leave everything in. ``overdue_on``: rules to check before it."""

    state: LessonState | None = None
    dimension: Dimension | None = None
    text: str = ""
    overdue_on: date | None = None


def managed_lessons(person: Person, wanted: LessonFilter) -> Any:
    """Rows of (lesson, newest version, people who finished it) for authors, to be paginated. Archived ones last.

    Counted are the people whom the author may assign to: of a lesson for all shops, not the other clients' people.
    """
    readers = (
        select(func.count(Record.actor_id.distinct()))
        .where(
            Record.activity_id == Lesson.activity_id,
            Record.verb == Verb.COMPLETED,
            assignable_filter(person, Record.actor_id),
        )
        .correlate(Lesson)
        .scalar_subquery()
    )
    newest = and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.number == Lesson.latest_number)
    query = (
        select(Lesson, LessonVersion, readers.label("readers"))
        .join(LessonVersion, newest)
        .join(Activity, Activity.id == Lesson.activity_id)
        .options(contains_eager(Lesson.activity), joinedload(Lesson.shop))
        .where(shop_filter(person, Lesson.shop_id), *_narrowed(wanted))
    )
    archived_last = case((Lesson.state == LessonState.ARCHIVED, 1), else_=0)
    return query.order_by(archived_last, _dimension_order(), Lesson.position, Lesson.id)


def _narrowed(wanted: LessonFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        conditions.append(Lesson.state == wanted.state)
    if wanted.dimension is not None:
        conditions.append(Activity.dimension == wanted.dimension)
    if words := wanted.text.strip():
        columns = (LessonVersion.title, LessonVersion.body)
        conditions.append(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if wanted.overdue_on is not None:
        conditions.append(LessonVersion.check_by < wanted.overdue_on)
    return conditions


def competencies_visible_to(person: Person) -> Sequence[Competency]:
    """The competencies that the person may choose from, by dimension and code."""
    order = case({dimension.value: i for i, dimension in enumerate(Dimension)}, value=Competency.dimension)
    visible = shop_filter(person, Competency.shop_id)
    query = select(Competency).where(visible, Competency.archived_at.is_(None)).order_by(order, *BY_CODE)
    return db.session.scalars(query).all()


def lessons_by_competency(competency_ids: Sequence[int], shop_id: int | None) -> dict[int, int]:
    """How many lessons that a shop's people can read teach each competency; None counts what all shops share."""
    own = Lesson.shop_id.is_(None) if shop_id is None else or_(Lesson.shop_id.is_(None), Lesson.shop_id == shop_id)
    query = (
        select(ActivityCompetency.competency_id, func.count())
        .join(Lesson, Lesson.activity_id == ActivityCompetency.activity_id)
        .where(ActivityCompetency.competency_id.in_(competency_ids), Lesson.state == LessonState.PUBLISHED, own)
        .group_by(ActivityCompetency.competency_id)
    )
    return {ident: count for ident, count in db.session.execute(query)}
