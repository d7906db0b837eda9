"""Reading entries within what a person may see: the list, one entry with all of it, a product's six questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload, lazyload, selectinload

from lms.kernel.db import db
from lms.knowledge.models import Product
from lms.knowledge.permissions import P
from lms.knowledge.sop.enums import SopKind
from lms.knowledge.sop.models import SLOTS, SlotName, SopEntry, SopFlag, SopReview, SopVersion
from lms.knowledge.sop.seasons import version_in_force
from lms.people.accounts import normalise_account
from lms.people.enums import Role
from lms.people.models import Person
from lms.people.queries import serving_filter, serving_with_role, shop_filter
from lms.people.rules import has_permission

DEFAULT_SLOTS = (_l("规格"), _l("材质"), _l("使用"), _l("售后"), _l("物流"), _l("优惠"))


def entries_visible_to(viewer: Person) -> ColumnElement[bool]:
    """The list side of ``rules.can_read_entry``."""
    if not has_permission(viewer, P.SOP_READ):
        return false()
    seen = shop_filter(viewer, SopEntry.shop_id)
    return seen if has_permission(viewer, P.SOP_EDIT) else and_(seen, SopEntry.archived_at.is_(None))


def overdue(day: date) -> ColumnElement[bool]:
    """The list side of ``rules.is_overdue``."""
    return and_(SopEntry.archived_at.is_(None), SopEntry.review_due < day)


def flagged() -> ColumnElement[bool]:
    """Entries with a flag that nobody has resolved."""
    return (
        select(SopFlag.id)
        .where(SopFlag.entry_id == SopEntry.id, SopFlag.resolved_at.is_(None))
        .correlate(SopEntry)
        .exists()
    )


@dataclass(frozen=True, slots=True)
class SopFilter:
    """What the list is narrowed to; empty means any. state: "", overdue, flagged, mine or archived."""

    text: str = ""
    shop_id: int | None = None
    product_id: int | None = None
    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class SopRow:
    """A line of the list: the entry, its version in force without the text, whether it is flagged."""

    entry: SopEntry
    season: str
    number: int | None
    flagged: bool


def entry_list(viewer: Person, wanted: SopFilter, *, day: date) -> Select[Any]:
    """Entries with whether they are flagged: flagged ones first, then by product, slot and title."""
    is_flagged = flagged()
    query: Any = (
        select(SopEntry, is_flagged.label("flagged"))
        .outerjoin(Product, Product.id == SopEntry.product_id)
        .where(entries_visible_to(viewer), *_wanted(viewer, wanted, day))
        .options(joinedload(SopEntry.product), joinedload(SopEntry.shop), _OWNER)
    )
    return query.order_by(is_flagged.desc(), Product.name, SopEntry.slot.is_(None), SopEntry.slot, SopEntry.title)


_OWNER = joinedload(SopEntry.owner).lazyload(Person.grants)


def _wanted(viewer: Person, wanted: SopFilter, day: date) -> list[ColumnElement[bool]]:
    archived = SopEntry.archived_at.is_not(None)
    conditions: list[ColumnElement[bool]] = [archived if wanted.state == "archived" else ~archived]
    if wanted.text:
        said = SopVersion.body.icontains(wanted.text, autoescape=True)
        in_body = select(SopVersion.entry_id).where(said, SopVersion.number == SopEntry.in_force_number)
        conditions.append(
            or_(SopEntry.title.icontains(wanted.text, autoescape=True), SopEntry.id.in_(in_body.scalar_subquery()))
        )
    if wanted.shop_id is not None:
        conditions.append(SopEntry.shop_id == wanted.shop_id)
    if wanted.product_id is not None:
        conditions.append(SopEntry.product_id == wanted.product_id)
    if wanted.kind:
        conditions.append(SopEntry.kind == wanted.kind if wanted.kind in set(SopKind) else false())
    if wanted.state == "overdue":
        conditions.append(overdue(day))
    elif wanted.state == "flagged":
        conditions.append(flagged())
    elif wanted.state == "mine":
        conditions.append(SopEntry.owner_id == viewer.id)
    return conditions


def rows_of(found: Iterable[Any], *, day: date) -> list[SopRow]:
    """The lines of a page of ``entry_list``; one statement for the versions of all of them, their texts left out."""
    pairs = [(entry, bool(is_flagged)) for entry, is_flagged in found]
    versions: dict[int, list[Any]] = {}
    query = select(
        SopVersion.entry_id, SopVersion.number, SopVersion.season, SopVersion.valid_from, SopVersion.valid_until
    )
    for row in db.session.execute(query.where(SopVersion.entry_id.in_([entry.id for entry, _flag in pairs]))):
        versions.setdefault(row.entry_id, []).append(row)
    rows = []
    for entry, is_flagged in pairs:
        now = version_in_force(versions.get(entry.id, []), day)
        rows.append(SopRow(entry, now.season if now else "", now.number if now else None, is_flagged))
    return rows


def counts(viewer: Person, *, day: date) -> dict[str, int]:
    """How many entries are overdue and flagged. One statement."""
    row = db.session.execute(
        select(func.count().filter(overdue(day)), func.count().filter(flagged())).where(
            entries_visible_to(viewer), SopEntry.archived_at.is_(None)
        )
    ).one()
    return {"overdue": row[0], "flagged": row[1]}


def entry_with_all(entry_id: int) -> SopEntry | None:
    """An entry with product, shop, owner, versions and flags and whose they are. Three statements."""
    query = (
        select(SopEntry)
        .where(SopEntry.id == entry_id)
        .options(
            joinedload(SopEntry.product).lazyload(Product.shop),
            joinedload(SopEntry.shop),
            _OWNER,
            selectinload(SopEntry.versions).joinedload(SopVersion.created_by).lazyload(Person.grants),
            selectinload(SopEntry.flags).joinedload(SopFlag.person).lazyload(Person.grants),
        )
    )
    return db.session.scalars(query).one_or_none()


def last_reviews(entry: SopEntry, *, most: int = 5) -> list[SopReview]:
    """The latest reviews of an entry, newest first."""
    query = select(SopReview).where(SopReview.entry_id == entry.id).order_by(SopReview.id.desc()).limit(most)
    return list(db.session.scalars(query.options(joinedload(SopReview.person).lazyload(Person.grants))))


def slot_names(shop_id: int) -> dict[int, str]:
    """What the six common questions are called in a shop, 1–6."""
    query = select(SlotName.slot, SlotName.name).where(SlotName.shop_id == shop_id)
    own = {slot: name for slot, name in db.session.execute(query)}
    return {slot: own.get(slot) or str(DEFAULT_SLOTS[slot - 1]) for slot in range(1, SLOTS + 1)}


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the six common questions of a product: answered when its entry has a version in force."""

    number: int
    name: str
    entry: SopEntry | None
    version: SopVersion | None

    @property
    def answered(self) -> bool:
        return self.version is not None


@dataclass(frozen=True, slots=True)
class Answers:
    """A product's entries: the six slots, and the others."""

    slots: Sequence[Slot]
    others: Sequence[SopEntry]

    @property
    def answered(self) -> int:
        return sum(slot.answered for slot in self.slots)

    @property
    def missing(self) -> list[Slot]:
        return [slot for slot in self.slots if not slot.answered]


def answers_of(product: Product, *, day: date) -> Answers:
    """The six-question meter of a product. Three statements."""
    query = (
        select(SopEntry)
        .where(SopEntry.product_id == product.id, SopEntry.archived_at.is_(None))
        .options(selectinload(SopEntry.versions))
        .order_by(SopEntry.slot, SopEntry.title)
    )
    entries = list(db.session.scalars(query))
    by_slot = {entry.slot: entry for entry in entries if entry.slot is not None}
    slots = []
    for number, name in slot_names(product.shop_id).items():
        entry = by_slot.get(number)
        slots.append(Slot(number, name, entry, version_in_force(entry.versions, day) if entry else None))
    return Answers(slots, [entry for entry in entries if entry.slot is None])


def entries_of_shop(shop_id: int | None) -> list[SopEntry]:
    """The entries that something of this shop may quote, by title; of all shops where None is given."""
    query = select(SopEntry).where(SopEntry.archived_at.is_(None)).options(joinedload(SopEntry.product))
    if shop_id is not None:
        query = query.where(SopEntry.shop_id == shop_id)
    return list(db.session.scalars(query.order_by(SopEntry.title, SopEntry.id).limit(500)))


def product_with_sku(shop_id: int, sku: str) -> Product | None:
    """The product that the shop knows under this number."""
    return db.session.scalars(select(Product).where(Product.shop_id == shop_id, Product.sku == sku)).one_or_none()


def possible_owner(shop_id: int, account: str) -> Person | None:
    """The person of this account, if on duty and serving the shop."""
    query = select(Person).where(
        Person.account == normalise_account(account), Person.active, serving_filter(shop_id, Person.id)
    )
    return db.session.scalars(query.options(lazyload(Person.grants))).one_or_none()


def people_to_tell(entry: SopEntry) -> set[int]:
    """Who has to know that an entry is wrong: its owner, and the trainers who serve its shop."""
    trainers = set(serving_with_role([Role.TRAINER], entry.shop_id))
    return trainers | ({entry.owner_id} if entry.owner_id is not None else set())
