"""Who may sign whose checklist. The list twin is ``queries.signable``; a test holds the two together."""

from __future__ import annotations

from courses.lessons.enums import LessonState
from courses.lessons.models import Lesson
from courses.signoffs.permissions import S
from lms.people.models import Person
from lms.people.rules import can_see_person, can_see_shop, has_permission

CHECKLIST = "checklist"
"""The lesson type whose lessons are signed."""


def can_sign(actor: Person, person: Person, lesson: Lesson) -> bool:
    """Who leads the person and serves the lesson's shop signs its published checklist; nobody signs the own one."""
    return (
        has_permission(actor, S.CHECKLISTS_SIGN)
        and actor.id != person.id
        and person.active
        and can_see_person(actor, person)
        and lesson.type == CHECKLIST
        and lesson.state is LessonState.PUBLISHED
        and can_see_shop(actor, lesson.shop_id)
    )
