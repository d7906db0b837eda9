"""Which SOP entry an item rests on, and what happens to the item when that entry gets another version in force."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.inbox.services import notify
from lms.kernel.db import db
from lms.knowledge.sop.models import SopEntry, SopVersion
from lms.knowledge.sop.queries import entries_of_shop
from lms.people.models import Person
from quizzes.bank.enums import ItemState
from quizzes.bank.models import Item
from quizzes.bank.services import InvalidItem, NotInReview, note_confirmed

ALIVE = (ItemState.DRAFT, ItemState.ACCEPTED)


def possible_grounds(shop_id: int | None) -> list[SopEntry]:
    """The entries that an item may rest on: those of its shop. An item for all shops rests on none of one shop."""
    return entries_of_shop(shop_id) if shop_id is not None else []


def set_ground(*, item: Item, entry: SopEntry | None) -> None:
    """Say which entry an item comes from; it counts as checked against the version in force."""
    if entry is not None and entry.shop_id != item.shop_id:
        raise InvalidItem(_("这条 SOP 属于另一家店铺，请重新选择。"))
    if (entry.id if entry else None) == item.sop_entry_id:
        return
    item.sop_entry_id = entry.id if entry else None
    item.sop_version = entry.in_force_number if entry else None
    item.stale = False
    db.session.flush()


def mark_stale(*, entry: SopEntry, version: SopVersion, at: datetime) -> int:
    """Take what was checked against another version of the entry out of the draws; returns how many items.

    Papers drawn before keep their items and scores. The owner of the entry is told once a version.
    """
    other = (Item.sop_version.is_(None)) | (Item.sop_version != version.number)
    mine = [Item.sop_entry_id == entry.id, Item.state.in_(ALIVE)]
    fresh = select(Item.id).where(*mine, other, Item.stale.is_(False))
    ids = list(db.session.scalars(fresh))
    if ids:
        for item in db.session.scalars(select(Item).where(Item.id.in_(ids))):
            item.stale = True
    # The everyday version comes back after the big sale: what was checked against it holds again.
    back = update(Item).where(*mine, Item.sop_version == version.number, Item.stale.is_(True))
    db.session.execute(back.values(stale=False).execution_options(synchronize_session="fetch"))
    db.session.flush()
    if ids and entry.owner_id is not None:
        notify(
            people=[entry.owner_id],
            kind="items_stale",
            key=f"items-stale:{entry.id}:{version.id}",
            title=_("“%(title)s”改了，%(n)s 道试题要复核", title=entry.title[:100], n=len(ids)),
            body=_("它们已停抽，复核后恢复；已交的答卷不受影响。"),
            url="/bank/?state=stale",
            at=at,
        )
    return len(ids)


def confirm_item(*, actor: Person, item: Item, at: datetime) -> Item:
    """依据仍然成立: the item is right under the version in force too, and may be drawn again."""
    if not item.stale:
        raise NotInReview(_("这道题的依据没有变化，不需要复核。"))
    item.stale = False
    item.sop_version = item.sop_entry.in_force_number if item.sop_entry else None
    note_confirmed(item, actor, at=at)
    return item
