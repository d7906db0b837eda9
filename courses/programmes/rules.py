"""Who may see, edit and follow a programme, for one object. The list twins stand in ``queries`` and ``matrix``."""

from __future__ import annotations

from collections.abc import Collection

from courses.lessons.rules import can_write_for
from courses.programmes.enums import ProgrammeState
from courses.programmes.models import Enrolment, Programme
from courses.programmes.permissions import PP
from lms.learning.rules import can_see_progress
from lms.people.models import Person
from lms.people.rules import can_assign_to, can_see_person, can_see_shop, has_permission


def can_read_programme(person: Person, programme: Programme) -> bool:
    """What is in it: everybody of its shop, once it is published."""
    return programme.state is ProgrammeState.PUBLISHED and can_see_shop(person, programme.shop_id)


def can_manage_programme(person: Person, programme: Programme) -> bool:
    """Whether the person may look at its draft."""
    return has_permission(person, PP.EDIT) and can_see_shop(person, programme.shop_id)


def can_edit_programme(person: Person, programme: Programme, *, shop_ids: Collection[int]) -> bool:
    """Whether the person may change it: one for all shops only whoever serves all of them."""
    return can_manage_programme(person, programme) and can_write_for(person, programme.shop_id, shop_ids=shop_ids)


def can_follow_programme(viewer: Person, programme: Programme) -> bool:
    """Whether the viewer may open its matrix; who stands in it is another question (``can_see_enrolment``)."""
    return has_permission(viewer, PP.READ_TEAM) and can_see_shop(viewer, programme.shop_id)


def can_see_enrolment(viewer: Person, enrolment: Enrolment) -> bool:
    """Leads, supervisors and trainers those of their people, in programmes of shops that they see."""
    return (
        has_permission(viewer, PP.READ_TEAM)
        and can_see_shop(viewer, enrolment.programme.shop_id)
        and can_see_progress(viewer, enrolment.person)
    )


def can_mark_attendance(actor: Person, enrolment: Enrolment) -> bool:
    """Whoever looks after the person; never one's own."""
    return (
        has_permission(actor, PP.ATTENDANCE_EDIT)
        and actor.id != enrolment.person_id
        and can_see_shop(actor, enrolment.programme.shop_id)
        and (can_see_person(actor, enrolment.person) or can_assign_to(actor, enrolment.person))
    )
