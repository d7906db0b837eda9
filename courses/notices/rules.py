"""Who may read and write a notice. The list twin stands in ``queries``; a test holds the two together."""

from __future__ import annotations

from courses.notices.enums import NoticeState
from courses.notices.models import Notice
from courses.notices.permissions import N
from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission


def can_read_notice(person: Person, notice: Notice) -> bool:
    """Published or closed, and of a shop that the person serves."""
    return notice.state is not NoticeState.DRAFT and can_see_shop(person, notice.shop_id)


def can_edit_notice(person: Person, notice: Notice) -> bool:
    """Trainers of the shop; what belongs to all shops is written by whoever sees all of them."""
    return has_permission(person, N.NOTICES_EDIT) and can_write_for(person, notice.shop_id)


def can_write_for(person: Person, shop_id: int | None) -> bool:
    """Whether the person may tell the agents of this shop, or with None those of all shops."""
    return person.access.shop_ids is None if shop_id is None else can_see_shop(person, shop_id)
