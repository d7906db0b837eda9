"""From a draft to its readers: submit, return, withdraw, publish; and whether a shop asks for reviews."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from courses.lessons.enums import LessonState, ReviewAction
from courses.lessons.models import Lesson
from courses.lessons.queries import all_shop_ids, version_of
from courses.lessons.review_models import LessonReview, ReviewSetting
from courses.lessons.review_queries import authors_of_unpublished, pending_review, review_required, reviewers_of
from courses.lessons.rules import can_publish, can_set_review
from courses.lessons.services import LessonError, require_editing, show
from courses.permissions import C
from lms.inbox.services import notify
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Forbidden
from lms.people.models import Person
from lms.people.rules import require, require_visible

LONGEST_NOTE = 1000


class ReviewNeeded(Forbidden):
    """The shop asks that somebody who did not write a lesson publishes it."""


class ReviewMoved(Conflict):
    """What was to be decided on is not what waits any more."""


def submit(*, actor: Person, lesson: Lesson, at: datetime, note: str = "") -> LessonReview:
    """Ask for a review of the newest version, and tell those who may decide. The same version waits only once."""
    require_editing(actor, lesson)
    _require_competencies(lesson)
    if lesson.state is LessonState.PUBLISHED and not lesson.has_unpublished_changes:
        raise LessonError(_("这节课时没有未发布的修改，不用送审。"))
    waiting = pending_review(lesson)
    if waiting is not None and waiting.number == lesson.latest_number:
        return waiting
    review = _note(actor, lesson, ReviewAction.SUBMITTED, lesson.latest_number, note, at)
    _tell(
        (person.id for person in reviewers_of(lesson, authors_of_unpublished(lesson) | {actor.id})),
        review,
        title=_("待审课时：%(title)s", title=version_of(lesson, review.number).title),
        body=_("%(name)s 送审了版本 %(n)s。%(note)s", name=actor.name, n=review.number, note=review.note),
        url=f"/lessons/manage/reviews/{lesson.id}",
    )
    return review


def withdraw(*, actor: Person, lesson: Lesson, at: datetime) -> LessonReview:
    """Take a submission back; for whoever submitted it or wrote what is in it."""
    require_editing(actor, lesson)
    waiting = _waiting(lesson)
    if actor.id != waiting.person_id and actor.id not in authors_of_unpublished(lesson):
        raise Forbidden(_("只有送审的人或作者可以撤回。"))
    return _note(actor, lesson, ReviewAction.WITHDRAWN, waiting.number, "", at)


def send_back(*, actor: Person, lesson: Lesson, number: int, note: str, at: datetime) -> LessonReview:
    """Return the submitted version ``number`` to its authors, saying what to mend."""
    _require_publishing(actor, lesson)
    waiting = _waiting(lesson, number)
    if not note.strip():
        raise LessonError(_("请写明要改什么，作者才知道怎么改。"), where=_("审核意见"))
    review = _note(actor, lesson, ReviewAction.RETURNED, number, note, at)
    _tell(
        authors_of_unpublished(lesson) | {waiting.person_id},
        review,
        title=_("课时已退回：%(title)s", title=version_of(lesson, number).title),
        body=_("%(name)s：%(note)s", name=actor.name, note=review.note),
        url=f"/lessons/manage/{lesson.id}",
    )
    return review


def publish(*, actor: Person, lesson: Lesson, at: datetime, number: int | None = None, note: str = "") -> Lesson:
    """Show a version (the newest) to readers and let it be assigned. Publishing twice changes nothing.

    Raises ReviewNeeded for an author where the shop asks for reviews, ReviewMoved when ``number`` is not the version
    that waits. A publication answers whatever waits for review; the note of the submission becomes its own.
    """
    require_editing(actor, lesson)
    _require_competencies(lesson)
    chosen = lesson.latest_number if number is None else number
    if lesson.state is LessonState.PUBLISHED and lesson.published_number == chosen:
        return lesson
    if chosen < (lesson.published_number or 1):
        raise ReviewMoved(_("读者看到的版本比它新，不能再发布这个版本。"), hint=_("请以旧版本为底稿另存一版。"))
    waiting = _waiting(lesson, number) if number is not None else pending_review(lesson)
    _require_publishing(actor, lesson)
    authors = authors_of_unpublished(lesson)
    said = note.strip() or (waiting.note if waiting is not None else "")
    show(lesson=lesson, at=at, number=chosen, by_id=actor.id, note=said[:LONGEST_NOTE])
    if waiting is not None:
        review = _note(actor, lesson, ReviewAction.APPROVED, chosen, note, at)
        _tell(
            (authors | {waiting.person_id}) - {actor.id},
            review,
            title=_("课时已发布：%(title)s", title=lesson.activity.title),
            body=_("%(name)s 审核通过了版本 %(n)s。%(note)s", name=actor.name, n=chosen, note=review.note),
            url=f"/lessons/{lesson.id}",
        )
    return lesson


def set_review(*, actor: Person, shop_id: int | None, required: bool, at: datetime) -> ReviewSetting:
    """Ask for reviews of a shop's lessons (None: of those for all shops), or stop asking."""
    require(C.REVIEWS_SET, of=actor)
    if shop_id is None and not can_set_review(actor, None):
        raise Forbidden(_("全部店铺的课时由管理员设置。"))
    require_visible(can_set_review(actor, shop_id))
    setting = db.session.scalars(select(ReviewSetting).where(ReviewSetting.place == (shop_id or 0))).one_or_none()
    if setting is None:
        setting = ReviewSetting(place=shop_id or 0, shop_id=shop_id)
        db.session.add(setting)
    setting.required, setting.changed_by_id, setting.changed_at = required, actor.id, at
    db.session.flush()
    return setting


def _require_competencies(lesson: Lesson) -> None:
    if not lesson.activity.competencies:
        raise LessonError(_("课时要先选定能力项，才能发布。"))


def _require_publishing(actor: Person, lesson: Lesson) -> None:
    require_editing(actor, lesson)
    allowed = can_publish(
        actor,
        lesson,
        shop_ids=all_shop_ids(),
        authors=authors_of_unpublished(lesson),
        required=review_required(lesson.shop_id),
    )
    if not allowed:
        raise ReviewNeeded(
            _("这家店铺的课时要由没有参与编写的人审核后发布，您写过其中的内容。"),
            hint=_("请点“送审”，由其他培训师或管理员发布；主管和管理员可以在“课时审核设置”里关闭审核。"),
        )


def _waiting(lesson: Lesson, number: int | None = None) -> LessonReview:
    waiting = pending_review(lesson)
    if waiting is None or (number is not None and waiting.number != number):
        raise ReviewMoved(
            _("送审的内容已有变化：可能已撤回、已处理，或者作者又送审了新版本。"), hint=_("请打开最新的页面再处理。")
        )
    return waiting


def _note(actor: Person, lesson: Lesson, action: ReviewAction, number: int, note: str, at: datetime) -> LessonReview:
    review = LessonReview(
        lesson_id=lesson.id,
        number=number,
        action=action,
        person_id=actor.id,
        note=" ".join(note.replace("\x00", "").split())[:LONGEST_NOTE],
        at=at,
    )
    db.session.add(review)
    db.session.flush()
    return review


def _tell(people: Iterable[int], review: LessonReview, *, title: str, body: str, url: str) -> None:
    notify(
        people=people,
        kind="lesson_review",
        key=f"lesson-review:{review.id}",
        title=title,
        body=body,
        url=url,
        at=review.at,
    )
