"""Who may see and change a course. The list twins stand in ``queries``; a test holds the two together."""

from __future__ import annotations

from collections.abc import Collection

from courses.lessons.enums import CourseState
from courses.lessons.models import Course
from courses.lessons.rules import can_write_for
from courses.permissions import C
from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission


def can_open_course(person: Person, course: Course, *, published: int) -> bool:
    """Whether a reader sees the course: open, of a shop of theirs, with ``published`` lessons to read."""
    return course.state is CourseState.OPEN and published > 0 and can_see_shop(person, course.shop_id)


def can_manage_course(person: Person, course: Course) -> bool:
    """Whether the person may look at the outline with its drafts."""
    return has_permission(person, C.LESSONS_EDIT) and can_see_shop(person, course.shop_id)


def can_edit_course(person: Person, course: Course, *, shop_ids: Collection[int]) -> bool:
    """Whether the person may change it; like lessons, what belongs to all shops takes somebody who serves them all."""
    return can_manage_course(person, course) and can_write_for(person, course.shop_id, shop_ids=shop_ids)
