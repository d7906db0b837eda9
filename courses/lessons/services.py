"""Writing lessons, and telling the ledger who read what. Who may publish what stands in ``publishing``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from flask_babel import gettext as _

from courses.lessons.enums import LessonState, ReachedBy
from courses.lessons.models import Course, CourseModule, Lesson, LessonVersion
from courses.lessons.queries import (
    KIND,
    all_shop_ids,
    latest_task,
    lesson_for_authors,
    newest_finished,
    records_by_key,
    task_and_records,
    version_of,
)
from courses.lessons.review_models import LessonPublication
from courses.lessons.rules import can_edit_lesson, can_write_for
from courses.permissions import C
from courses.types import lesson_type
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError, Forbidden
from lms.kernel.plugins import hooks
from lms.learning.enums import Dimension, Verb
from lms.learning.models import Activity, Assignment, Competency, Record
from lms.learning.services import create_activity, write_record
from lms.media.services import copy_media
from lms.people.models import Person
from lms.people.rules import require, require_visible

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LONGEST_SITTING = timedelta(hours=2)  # what lies open longer was not being read all the time


class LessonError(DomainError):
    """A lesson that can't be kept or shown like this."""


class ReadingTooShort(DomainError):
    """The end was reported sooner than anybody can have read so far. ``seconds_left`` until it is taken."""

    status = 409

    def __init__(self, seconds_left: int) -> None:
        super().__init__(
            _("读得有点快，再看看正文。"),
            hint=_("还差约 %(seconds_left)s 秒就可以记为读完。", seconds_left=seconds_left),
        )
        self.seconds_left = seconds_left


class NotByReading(Conflict):
    """Reading to the end does not complete a lesson of this type."""


@dataclass(frozen=True)
class Draft:
    """What an author writes: all that a version holds but its number."""

    title: str
    body: str
    summary: str = ""
    minutes: int = 5
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opening:
    """A person with a lesson open: since when, seconds missing, completion, task, and the newest version finished."""

    opened_at: datetime
    seconds_left: int
    completed: Record | None
    task: Assignment | None
    finished: int = 0


def create_lesson(
    *,
    actor: Person,
    draft: Draft,
    competencies: Sequence[Competency],
    shop_id: int | None,
    at: datetime,
    type_name: str = "markdown",
    course: Course | None = None,
    module: CourseModule | None = None,
) -> Lesson:
    """A new draft with its first version, and an activity that can't be assigned before the lesson is published.

    In a course it is the last one of its module. Raises LessonError for an empty or broken text or for competencies
    of several dimensions, NotFound for a foreign shop, Forbidden for all shops when the actor does not serve them all.
    """
    require(C.LESSONS_EDIT, of=actor)
    _require_writing_for(actor, shop_id)
    require_visible(course is None or course.shop_id == shop_id)
    require_visible(module is None or (course is not None and module.course_id == course.id))
    dimension = _one_dimension(competencies, shop_id)
    activity = create_activity(
        actor=actor,
        kind=KIND,
        title=tidy(draft).title,
        dimension=dimension,
        shop_id=shop_id,
        competencies=competencies,
        at=at,
    )
    course_id, module_id = course.id if course else None, module.id if module else None
    if course is not None:
        course.revision, course.updated_at = course.revision + 1, at
    return insert_lesson(
        activity=activity, draft=draft, type_name=type_name, course_id=course_id, module_id=module_id, at=at
    )


def insert_lesson(
    *,
    activity: Activity,
    draft: Draft,
    type_name: str,
    course_id: int | None,
    at: datetime,
    module_id: int | None = None,
    slug: str | None = None,
    position: int = 1000,
) -> Lesson:
    """The rows of a new draft on an activity of its own. Checks the text, not the person: callers do that."""
    activity.archived_at = at
    lesson = Lesson(
        activity=activity,
        course_id=course_id,
        module_id=module_id,
        shop_id=activity.shop_id,
        slug=slug,
        type=type_name,
        state=LessonState.DRAFT,
        position=position,
        latest_number=1,
        created_by_id=activity.created_by_id,
        created_at=at,
        updated_at=at,
    )
    db.session.add(lesson)
    db.session.flush()
    add_version(lesson=lesson, draft=draft, number=1, author_id=activity.created_by_id, at=at)
    return lesson


def add_version(*, lesson: Lesson, draft: Draft, number: int, author_id: int | None, at: datetime) -> LessonVersion:
    """Append a version and make it the newest. Raises LessonError when the text is empty or its blocks are broken."""
    kind = lesson_type(lesson.type)
    draft = tidy(draft)
    if not draft.title:
        raise LessonError(_("课时要有标题。"))
    if not 1 <= draft.minutes <= 240:
        raise LessonError(_("学习时长请填 1–240 分钟。"))
    if found := kind.problems(draft.body, draft.settings):
        raise LessonError(found[0].message, where=_("正文第 %(line)s 行", line=found[0].line) if found[0].line else "")
    version = LessonVersion(
        lesson_id=lesson.id,
        number=number,
        title=draft.title,
        summary=draft.summary,
        body=draft.body,
        settings=draft.settings,
        minutes=draft.minutes,
        check_by=kind.check_by(draft.body),
        created_by_id=author_id,
        created_at=at,
    )
    db.session.add(version)
    lesson.latest_number, lesson.updated_at = number, at
    db.session.flush()
    return version


def edit_lesson(
    *, actor: Person, lesson: Lesson, draft: Draft, competencies: Sequence[Competency], base: int, at: datetime
) -> LessonVersion:
    """Save a text as the next version; readers keep the published one until it is published.

    ``base`` is the number that the author started from: LessonError when somebody has saved another one since. The
    same text again makes no version. Competencies count at once, for drafts and readers alike.
    """
    require_editing(actor, lesson)
    if base != lesson.latest_number:
        raise LessonError(
            _("别人刚保存了新的版本，您的修改没有保存。"),
            where=_("版本 %(n)s", n=lesson.latest_number),
            hint=_("请复制您的正文，打开最新版本后再合并。"),
        )
    lesson.activity.dimension = _one_dimension(competencies, lesson.shop_id)
    lesson.activity.competencies = list(competencies)
    newest = version_of(lesson, lesson.latest_number)
    if _same(newest, draft):
        db.session.flush()
        return newest
    version = add_version(lesson=lesson, draft=draft, number=lesson.latest_number + 1, author_id=actor.id, at=at)
    if lesson.state is not LessonState.PUBLISHED:
        lesson.activity.title = version.title
    db.session.flush()
    return version


def show(
    *, lesson: Lesson, at: datetime, number: int | None = None, by_id: int | None = None, note: str = ""
) -> Lesson:
    """Show a version (the newest) to readers and let it be assigned; callers have checked the person.

    Adds a publication and fires the hook ``lesson_published``; a version that readers see already changes nothing.
    """
    number = lesson.latest_number if number is None else number
    if lesson.state is LessonState.PUBLISHED and lesson.published_number == number:
        return lesson
    version = version_of(lesson, number)
    lesson.state, lesson.published_number, lesson.published_at = LessonState.PUBLISHED, number, at
    lesson.activity.title, lesson.activity.archived_at = version.title, None
    db.session.add(LessonPublication(lesson_id=lesson.id, number=number, person_id=by_id, note=note, at=at))
    db.session.flush()
    hooks().lesson_published(lesson=lesson, version=version)
    return lesson


def archive(*, actor: Person, lesson: Lesson, at: datetime) -> Lesson:
    """Take it away from readers and out of assigning. Versions and records stay; publishing brings it back."""
    require_editing(actor, lesson)
    if lesson.state is not LessonState.ARCHIVED:
        lesson.state, lesson.activity.archived_at = LessonState.ARCHIVED, at
        db.session.flush()
    return lesson


def copy_lesson(*, actor: Person, lesson: Lesson, shop_id: int, at: datetime) -> Lesson:
    """A draft of one's own with the newest text, for a shop that wants another wording than everybody's."""
    source, version = lesson_for_authors(actor, lesson.id)
    draft = draft_of(version)
    if refs := lesson_type(source.type).media_refs(version.body, version.settings or {}):
        copy_media(actor=actor, refs=refs, from_shop_id=source.shop_id, to_shop_id=shop_id, at=at)
    return create_lesson(
        actor=actor,
        draft=draft,
        competencies=source.activity.competencies,
        shop_id=shop_id,
        type_name=source.type,
        at=at,
    )


def open_lesson(*, actor: Person, lesson: Lesson, version: LessonVersion, at: datetime) -> Opening:
    """Note that the actor has the lesson open, once a version and task, and say what is missing for its completion.

    The time runs from the first opening, on whatever device, so that coming back later never starts it anew.
    """
    task, records = task_and_records(actor, lesson.activity_id)
    opened_key, completed_key = _keys(actor, lesson, version, task)
    known = {record.idempotency_key: record for record in records}
    opened = known.get(opened_key) or write_record(
        actor=actor,
        verb=Verb.OPENED,
        activity=lesson.activity,
        at=at,
        idempotency_key=opened_key,
        context=_context(lesson, version),
        looked=True,
    )
    left = lesson_type(lesson.type).minimum_seconds(version.body) - (at - opened.at).total_seconds()
    return Opening(opened.at, max(0, ceil(left)), known.get(completed_key), task, newest_finished(known.values()))


def record_reading(
    *, actor: Person, lesson: Lesson, version: LessonVersion, reached_by: ReachedBy, at: datetime
) -> Record:
    """Write "completed" to the ledger, which closes the actor's open task. A second call returns the first record.

    Raises ReadingTooShort before the lesson type's minimum time has passed since the opening; a lesson that was never
    opened counts as opened now. The duration is left out when the lesson lay open for hours. Raises NotByReading for
    a video, a checklist and whatever else has a condition of its own.
    """
    if not lesson_type(lesson.type).by_reading:
        raise NotByReading(_("这一节不是读到末尾就算学完。"), hint=_("请按页面上的要求完成。"))
    opening = open_lesson(actor=actor, lesson=lesson, version=version, at=at)
    if opening.completed is not None:
        return opening.completed
    if opening.seconds_left > 0:
        raise ReadingTooShort(opening.seconds_left)
    passed = at - opening.opened_at
    return complete_lesson(
        person=actor,
        lesson=lesson,
        version=version,
        at=at,
        task=opening.task,
        duration_seconds=int(passed.total_seconds()) if passed <= LONGEST_SITTING else None,
        context={"reached_by": reached_by.value},
    )


def complete_lesson(
    *,
    person: Person,
    lesson: Lesson,
    version: LessonVersion,
    at: datetime,
    task: Assignment | None,
    duration_seconds: int | None = None,
    score: float | None = None,
    context: dict[str, Any] | None = None,
) -> Record:
    """Write "completed" for ``person``: the one place where lessons of every type do. The caller's condition holds.

    ``task`` is ``queries.latest_task``; a second call for the same version and task returns the first record.
    """
    return write_record(
        actor=person,
        verb=Verb.COMPLETED,
        activity=lesson.activity,
        at=at,
        idempotency_key=_keys(person, lesson, version, task)[1],
        completion=True,
        score=score,
        duration_seconds=duration_seconds,
        context=_context(lesson, version) | (context or {}),
    )


def version_in_hand(*, actor: Person, lesson: Lesson, published: LessonVersion, number: int) -> LessonVersion:
    """The version that the actor has been reading: the published one, or an older one that they have opened.

    So a text that is replaced while somebody reads doesn't cost them the reading.
    """
    if not 0 < number < published.number:
        return published
    older = version_of(lesson, number)
    opened_key, _completed_key = _keys(actor, lesson, older, latest_task(actor, lesson.activity_id))
    return older if opened_key in records_by_key([opened_key]) else published


def require_editing(actor: Person, lesson: Lesson) -> None:
    """Raise Forbidden without the permission or for everybody's lesson, NotFound outside the actor's shops."""
    require(C.LESSONS_EDIT, of=actor)
    _require_writing_for(actor, lesson.shop_id)
    require_visible(can_edit_lesson(actor, lesson, shop_ids=all_shop_ids()))


def _require_writing_for(actor: Person, shop_id: int | None) -> None:
    allowed = can_write_for(actor, shop_id, shop_ids=all_shop_ids())
    if shop_id is None and not allowed:
        raise Forbidden(
            _("这节课时属于全部店铺，只有服务全部店铺的培训师或管理员可以修改。"),
            hint=_("可以复制一份到自己的店铺再改。"),
        )
    require_visible(allowed)


def _one_dimension(competencies: Sequence[Competency], shop_id: int | None) -> Dimension:
    dimensions = {competency.dimension for competency in competencies}
    if len(dimensions) != 1:
        raise LessonError(_("请选择能力项；一节课时的能力项要属于同一个维度（态度、知识或技能）。"))
    foreign = [c.name for c in competencies if c.shop_id is not None and c.shop_id != shop_id]
    if foreign:
        raise LessonError(_("能力项要属于这节课时的店铺，或者属于全部店铺。"), where="、".join(foreign))
    return dimensions.pop()


def tidy(draft: Draft) -> Draft:
    """The draft as it is kept: no control characters (PostgreSQL takes none), Unix line ends, one at the end."""
    return Draft(
        title=" ".join(_CONTROL.sub("", draft.title).split()),
        body=tidy_body(draft.body),
        summary=" ".join(_CONTROL.sub("", draft.summary).split()),
        minutes=draft.minutes,
        settings=dict(draft.settings),
    )


def tidy_body(body: str) -> str:
    """A body as it is kept; an empty one is a single line end."""
    return _CONTROL.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).strip() + "\n"


def draft_of(version: LessonVersion) -> Draft:
    """What was written, without its number."""
    return Draft(version.title, version.body, version.summary, version.minutes, dict(version.settings or {}))


def _same(version: LessonVersion, draft: Draft) -> bool:
    return draft_of(version) == tidy(draft)


def _keys(actor: Person, lesson: Lesson, version: LessonVersion, task: Assignment | None) -> tuple[str, str]:
    """The names of the two facts. A new task asks for a reading of its own, also of a lesson that was read before."""
    reading = f"lesson:{lesson.id}:v{version.number}:p{actor.id}:t{task.id if task else 0}"
    return f"{reading}:opened", f"{reading}:completed"


def _context(lesson: Lesson, version: LessonVersion) -> dict[str, int | str]:
    return {"lesson": lesson.id, "version": version.number}
