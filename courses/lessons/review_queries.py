"""Who waits for a review, who wrote what readers have not seen, and where reviews are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, joinedload

from courses.lessons.enums import LessonState, ReviewAction
from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import all_shop_ids
from courses.lessons.review_models import LessonPublication, LessonReview, ReviewSetting
from courses.lessons.rules import can_edit_lesson, can_publish
from courses.permissions import C
from lms.kernel.db import db
from lms.learning.models import Activity
from lms.people.models import Person, RoleGrant, Shop
from lms.people.queries import permission_specs, shop_filter


def review_required(shop_id: int | None) -> bool:
    """Whether lessons of the shop (None: of all shops) are published by somebody who did not write them."""
    setting = db.session.scalar(select(ReviewSetting.required).where(ReviewSetting.place == (shop_id or 0)))
    return True if setting is None else setting


def review_settings() -> dict[int | None, ReviewSetting]:
    """Every setting by its shop. One statement."""
    query = select(ReviewSetting).options(joinedload(ReviewSetting.changed_by).lazyload(Person.grants))
    return {row.shop_id: row for row in db.session.scalars(query)}


def authors_of_unpublished(lesson: Lesson) -> frozenset[int]:
    """Everybody who wrote a version that is newer than the published one."""
    query = select(LessonVersion.created_by_id).where(
        LessonVersion.lesson_id == lesson.id, LessonVersion.number > (lesson.published_number or 0)
    )
    return frozenset(person_id for person_id in db.session.scalars(query) if person_id is not None)


def last_review(lesson: Lesson) -> LessonReview | None:
    """The newest step of the lesson's reviews, with who took it."""
    query = (
        select(LessonReview)
        .where(LessonReview.lesson_id == lesson.id)
        .options(joinedload(LessonReview.person).lazyload(Person.grants))
        .order_by(LessonReview.id.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def pending_review(lesson: Lesson) -> LessonReview | None:
    """The submission that waits for somebody's word, or None. An archived lesson waits for nothing."""
    if lesson.state is LessonState.ARCHIVED:
        return None
    last = last_review(lesson)
    return last if last is not None and last.action is ReviewAction.SUBMITTED else None


def is_pending() -> ColumnElement[bool]:
    """The list side of :func:`pending_review`, for queries that join LessonReview to Lesson."""
    later = aliased(LessonReview)
    return and_(
        LessonReview.action == ReviewAction.SUBMITTED,
        Lesson.state != LessonState.ARCHIVED,
        ~exists().where(later.lesson_id == LessonReview.lesson_id, later.id > LessonReview.id),
    )


def written_by(person: Person) -> ColumnElement[bool]:
    """Lessons of which the person wrote something that readers have not seen."""
    written = aliased(LessonVersion)
    return exists().where(
        written.lesson_id == Lesson.id,
        written.number > func.coalesce(Lesson.published_number, 0),
        written.created_by_id == person.id,
    )


def writable_shops(person: Person, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Rows whose shop the person may write for; the list side of ``rules.can_write_for``."""
    own = person.access.shop_ids
    if own is None or all_shop_ids() <= own:
        return shop_filter(person, column)
    return column.in_(own) if own else false()


def publishable(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_publish``, for people with the permission."""
    off = exists().where(ReviewSetting.place == func.coalesce(Lesson.shop_id, 0), ReviewSetting.required.is_(False))
    return and_(writable_shops(person, Lesson.shop_id), or_(off, ~written_by(person)))


def submissions(person: Person, *, mine: bool) -> Any:
    """Rows of (submission, lesson, submitted version): those the person may decide on, or those others must."""
    scope = publishable(person) if not mine else and_(shop_filter(person, Lesson.shop_id), ~publishable(person))
    return (
        select(LessonReview, Lesson, LessonVersion)
        .join(Lesson, LessonReview.lesson_id == Lesson.id)
        .join(Activity, Activity.id == Lesson.activity_id)
        .join(
            LessonVersion,
            and_(LessonVersion.lesson_id == Lesson.id, LessonVersion.number == LessonReview.number),
        )
        .options(
            contains_eager(LessonReview.lesson).contains_eager(Lesson.activity),
            contains_eager(LessonReview.lesson).joinedload(Lesson.shop),
            joinedload(LessonReview.person).lazyload(Person.grants),
        )
        .where(is_pending(), scope)
        .order_by(LessonReview.at, LessonReview.id)
    )


def waiting_count(person: Person) -> int:
    """How many submissions wait for the person's decision."""
    return db.session.scalar(select(func.count()).select_from(submissions(person, mine=False).subquery())) or 0


@dataclass(frozen=True)
class Publishing:
    """What the list of lessons needs to know about publishing, for all of its rows at once."""

    shop_ids: frozenset[int]
    settings: dict[int | None, bool] = field(default_factory=dict)
    own: frozenset[int] = frozenset()
    pending: frozenset[int] = frozenset()

    def required(self, lesson: Lesson) -> bool:
        return self.settings.get(lesson.shop_id, True)

    def may_publish(self, person: Person, lesson: Lesson) -> bool:
        authors = {person.id} if lesson.id in self.own else set()
        required = self.required(lesson)
        return can_publish(person, lesson, shop_ids=self.shop_ids, authors=authors, required=required)


def publishing_of(person: Person, lesson_ids: Iterable[int]) -> Publishing:
    """The above for some lessons. Four statements."""
    ids = list(lesson_ids)
    settings = {
        row.shop_id: row.required for row in db.session.execute(select(ReviewSetting.shop_id, ReviewSetting.required))
    }
    own = db.session.scalars(select(Lesson.id).where(Lesson.id.in_(ids), written_by(person)))
    pending = db.session.scalars(
        select(LessonReview.lesson_id)
        .join(Lesson, LessonReview.lesson_id == Lesson.id)
        .where(Lesson.id.in_(ids), is_pending())
    )
    return Publishing(all_shop_ids(), settings, frozenset(own), frozenset(pending))


def reviewers_of(lesson: Lesson, authors: frozenset[int]) -> list[Person]:
    """Everybody on duty who may publish the lesson and wrote none of it."""
    roles = next(spec.roles for spec in permission_specs() if spec.name == C.LESSONS_EDIT)
    candidates = select(Person).where(Person.active, Person.grants.any(RoleGrant.role.in_(roles))).order_by(Person.id)
    shop_ids = all_shop_ids()
    return [
        person
        for person in db.session.scalars(candidates)
        if person.id not in authors and can_edit_lesson(person, lesson, shop_ids=shop_ids)
    ]


def reviews_of(lesson: Lesson) -> Sequence[LessonReview]:
    """Every step of the lesson's reviews, the newest first."""
    query = (
        select(LessonReview)
        .where(LessonReview.lesson_id == lesson.id)
        .options(joinedload(LessonReview.person).lazyload(Person.grants))
        .order_by(LessonReview.id.desc())
    )
    return db.session.scalars(query).all()


def publications_of(lesson: Lesson) -> Sequence[LessonPublication]:
    """Every publication, the newest first."""
    query = (
        select(LessonPublication)
        .where(LessonPublication.lesson_id == lesson.id)
        .options(joinedload(LessonPublication.person).lazyload(Person.grants))
        .order_by(LessonPublication.id.desc())
    )
    return db.session.scalars(query).all()


def settable_shops(person: Person) -> list[Shop]:
    """The shops for which the person decides about reviews, by name."""
    query = select(Shop).order_by(Shop.name)
    if person.access.shop_ids is not None:
        query = query.where(Shop.id.in_(person.access.shop_ids))
    return list(db.session.scalars(query))
