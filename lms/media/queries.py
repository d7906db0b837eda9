"""Finding files."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, or_, select

from lms.kernel.db import db
from lms.media.models import Media
from lms.people.models import Person
from lms.people.queries import shop_filter


def manageable(person: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_manage_media``, for somebody who holds the permission."""
    return shop_filter(person, Media.shop_id)


def of_shop(shop_id: int | None) -> ColumnElement[bool]:
    """The files that a text of this shop may show: its own and those of all shops."""
    everywhere = Media.shop_id.is_(None)
    return everywhere if shop_id is None else or_(Media.shop_id == shop_id, everywhere)


def media_by_ref(shop_id: int | None, refs: Collection[str]) -> dict[str, Media]:
    """Those of the refs that a text of this shop may show; the shop's own file wins. One statement, none for none."""
    if not refs:
        return {}
    rows = db.session.scalars(select(Media).where(Media.ref.in_(set(refs)), of_shop(shop_id)))
    found: dict[str, Media] = {}
    for media in rows:
        if media.shop_id is not None or media.ref not in found:
            found[media.ref] = media
    return found
