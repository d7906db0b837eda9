"""Who may read and edit a lesson. The list twins stand in ``queries``; a test holds the two together."""

from __future__ import annotations

from collections.abc import Collection

from courses.lessons.enums import LessonState
from courses.lessons.models import Lesson
from courses.permissions import C
from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission


def can_read_lesson(person: Person, lesson: Lesson) -> bool:
    """Published, and of a shop that the person serves or of all shops."""
    return lesson.state is LessonState.PUBLISHED and can_see_shop(person, lesson.shop_id)


def can_manage_lesson(person: Person, lesson: Lesson) -> bool:
    """Whether the person may look behind a lesson: its drafts and versions."""
    return has_permission(person, C.LESSONS_EDIT) and can_see_shop(person, lesson.shop_id)


def can_edit_lesson(person: Person, lesson: Lesson, *, shop_ids: Collection[int]) -> bool:
    """Whether the person may change it. ``shop_ids`` are all shops there are.

    What belongs to all shops is changed only by somebody who serves all of them: in a firm with several clients the
    trainer of one must not write what the people of another read. Such a trainer takes a copy into the own shop.
    """
    return can_manage_lesson(person, lesson) and can_write_for(person, lesson.shop_id, shop_ids=shop_ids)


def can_write_for(person: Person, shop_id: int | None, *, shop_ids: Collection[int]) -> bool:
    """Whether the person may write lessons for this shop, or with None for all of them."""
    if shop_id is not None:
        return can_see_shop(person, shop_id)
    own = person.access.shop_ids
    return own is None or set(shop_ids) <= own


def can_publish(
    person: Person, lesson: Lesson, *, shop_ids: Collection[int], authors: Collection[int], required: bool
) -> bool:
    """Whether the person may show the newest versions to readers. ``authors`` wrote what readers have not seen yet.

    Where the shop asks for reviews, that is somebody who wrote none of it, whatever their role.
    """
    return can_edit_lesson(person, lesson, shop_ids=shop_ids) and not (required and person.id in authors)


def can_set_review(person: Person, shop_id: int | None) -> bool:
    """Whether the person decides if lessons of this shop are reviewed; for those of all shops only admins do."""
    everywhere = person.access.shop_ids is None
    return has_permission(person, C.REVIEWS_SET) and (
        everywhere or (shop_id is not None and can_see_shop(person, shop_id))
    )
