"""Who may add and look at files by themselves. Readers get them through the page that shows them."""

from __future__ import annotations

from collections.abc import Collection

from lms.media.models import Media
from lms.media.permissions import P
from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission


def can_manage_media(person: Person, media: Media) -> bool:
    """Whether the person may look at the file by itself: an author of its shop, or of any for files of all shops."""
    return has_permission(person, P.MEDIA_EDIT) and can_see_shop(person, media.shop_id)


def can_add_media(person: Person, shop_id: int | None, *, shop_ids: Collection[int]) -> bool:
    """Whether the person may add files to this shop, or with None to all of them; ``shop_ids`` are all there are.

    What belongs to all shops is added only by somebody who serves all of them.
    """
    if not has_permission(person, P.MEDIA_EDIT):
        return False
    if shop_id is not None:
        return can_see_shop(person, shop_id)
    own = person.access.shop_ids
    return own is None or set(shop_ids) <= own
