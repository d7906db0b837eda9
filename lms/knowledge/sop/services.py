"""Writing entries: new versions, variants by date, reviews, wrong flags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select

from lms.inbox.services import notify
from lms.kernel.clock import to_local
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.plugins import hooks
from lms.knowledge.models import Product
from lms.knowledge.permissions import P
from lms.knowledge.sop.enums import Resolution, SopKind
from lms.knowledge.sop.models import (
    NOTE_MAX,
    SEASON_MAX,
    SLOT_NAME_MAX,
    SLOTS,
    TITLE_MAX,
    SlotName,
    SopEntry,
    SopFlag,
    SopReview,
    SopVersion,
)
from lms.knowledge.sop.queries import DEFAULT_SLOTS, people_to_tell
from lms.knowledge.sop.rules import can_edit_entry, can_read_entry, can_review_entry
from lms.knowledge.sop.seasons import next_review, version_in_force
from lms.people.models import Person, Shop
from lms.people.rules import can_see_shop, require, require_visible

BODY_MAX = 20_000
EVERYDAY = "日常版"


class SopError(DomainError):
    """An entry that can't be saved like this; ``where`` names the form field."""


class SlotTaken(Conflict):
    """The product has an entry for this common question already."""


class SopChanged(Conflict):
    """Somebody saved a version meanwhile."""


@dataclass(frozen=True, slots=True)
class SopData:
    """What an entry is, apart from its answers."""

    title: str
    kind: SopKind = SopKind.SOP
    product: Product | None = None
    slot: int | None = None
    owner: Person | None = None


@dataclass(frozen=True, slots=True)
class VersionData:
    """An answer, and when it holds; without an end it is the everyday one."""

    body: str
    valid_from: date
    valid_until: date | None = None
    season: str = ""


def create_entry(*, actor: Person, shop: Shop, data: SopData, version: VersionData, at: datetime) -> SopEntry:
    """Make an entry with its first version. Raises SopError, SlotTaken."""
    require(P.SOP_EDIT, of=actor)
    require_visible(can_see_shop(actor, shop.id))
    today = to_local(at).date()
    entry = SopEntry(
        shop_id=shop.id, created_by_id=actor.id, created_at=at, updated_at=at, review_due=next_review(today)
    )
    _apply(entry, data)
    db.session.add(entry)
    db.session.flush()
    _append(actor, entry, version, at)
    return entry


def update_entry(*, actor: Person, entry: SopEntry, data: SopData, at: datetime) -> SopEntry:
    """Change what an entry is; its answers are changed by ``add_version``. Its shop stays."""
    require_visible(can_edit_entry(actor, entry))
    _apply(entry, data)
    entry.updated_at = at
    db.session.flush()
    return entry


def add_version(
    *, actor: Person, entry: SopEntry, version: VersionData, at: datetime, seen_number: int | None = None
) -> SopVersion | None:
    """Append a version; None when it says what the newest one says. Counts as having looked at the entry.

    When another version is in force by it, the hook ``sop_replaced`` is fired. ``seen_number`` is the newest version
    that the editor saw: raises SopChanged when there is a newer one.
    """
    require_visible(can_edit_entry(actor, entry))
    newest = max((one.number for one in entry.versions), default=0)
    if seen_number is not None and seen_number != newest:
        raise SopChanged(_("别人刚刚保存了新版本，您的修改没有保存。"), hint=_("请刷新页面，在新的版本上再改。"))
    return _append(actor, entry, version, at)


def _append(actor: Person, entry: SopEntry, data: VersionData, at: datetime) -> SopVersion | None:
    body, season = data.body.replace("\r\n", "\n").strip(), data.season.strip()
    if not body:
        raise SopError(_("请填写答复内容。"), where="body")
    if len(body) > BODY_MAX:
        raise SopError(_("太长了，最多 %(n)s 个字。", n=BODY_MAX), where="body")
    if len(season) > SEASON_MAX:
        raise SopError(_("太长了，最多 %(n)s 个字。", n=SEASON_MAX), where="season")
    if data.valid_until is not None and data.valid_until < data.valid_from:
        raise SopError(_("结束日期不能早于开始日期。"), where="valid_until")
    if data.valid_until is not None and data.valid_until < to_local(at).date():
        raise SopError(_("结束日期已经过去，这个版本不会生效。"), where="valid_until")
    if data.valid_until is None and not season:
        season = EVERYDAY
    known = max(
        (one for one in entry.versions if (one.valid_until is None) == (data.valid_until is None)),
        key=lambda one: one.number,
        default=None,
    )
    same = known is not None and (known.body, known.season) == (body, season)
    if same and known is not None and (data.valid_until is None or _days(known) == _days(data)):
        return None
    made = SopVersion(
        entry_id=entry.id,
        number=max((one.number for one in entry.versions), default=0) + 1,
        body=body,
        season=season,
        valid_from=data.valid_from,
        valid_until=data.valid_until,
        created_by_id=actor.id,
        created_at=at,
    )
    entry.versions.append(made)
    entry.updated_at, entry.review_due = at, next_review(to_local(at).date())
    db.session.flush()
    renew_in_force(entry, day=to_local(at).date())
    return made


def _days(version: SopVersion | VersionData) -> tuple[date, date | None]:
    return version.valid_from, version.valid_until


def renew_in_force(entry: SopEntry, *, day: date) -> bool:
    """Note which version is in force on ``day``, and tell the plugins when it is another one. Idempotent."""
    version = version_in_force(entry.versions, day)
    if version is None or version.number == entry.in_force_number:
        return False
    first = entry.in_force_number is None
    entry.in_force_number = version.number
    db.session.flush()
    if not first:
        hooks().sop_replaced(entry=entry, version=version)
    return not first


def review_entry(*, actor: Person, entry: SopEntry, at: datetime) -> SopReview:
    """已复核: the version in force is still right. The entry is due again half a month later."""
    require_visible(can_review_entry(actor, entry))
    today = to_local(at).date()
    version = version_in_force(entry.versions, today)
    review = SopReview(entry_id=entry.id, number=version.number if version else None, person_id=actor.id, at=at)
    db.session.add(review)
    entry.review_due = next_review(today)
    db.session.flush()
    return review


def flag_wrong(*, actor: Person, entry: SopEntry, note: str, at: datetime) -> SopFlag:
    """这条有误: warn everybody who reads the entry, and tell its owner and the shop's trainers.

    One open flag a person and entry: a second one adds to the note of the first.
    """
    require_visible(can_read_entry(actor, entry))
    note = note.strip()
    if not note:
        raise SopError(_("请写明哪里有误，方便负责人核对。"), where="note")
    open_flags = [one for one in entry.flags if one.resolved_at is None and one.person_id == actor.id]
    if open_flags:
        open_flags[0].note = f"{open_flags[0].note}\n{note}"[:NOTE_MAX]
        db.session.flush()
        return open_flags[0]
    version = version_in_force(entry.versions, to_local(at).date())
    flag = SopFlag(number=version.number if version else None, note=note[:NOTE_MAX], person_id=actor.id, at=at)
    entry.flags.append(flag)
    db.session.flush()
    notify(
        people=people_to_tell(entry) - {actor.id},
        kind="sop_flagged",
        key=f"sop-flag:{flag.id}",
        title=_("有人说“%(title)s”有误", title=entry.title[:100]),
        body=f"{actor.name}：{note}",
        url=f"/sop/{entry.id}",
        at=at,
    )
    return flag


def resolve_flags(*, actor: Person, entry: SopEntry, resolution: Resolution, answer: str, at: datetime) -> int:
    """Take the warning away, because the entry was changed or is right as it is; whoever flagged it is told."""
    require_visible(can_edit_entry(actor, entry))
    waiting = [one for one in entry.flags if one.resolved_at is None]
    for flag in waiting:
        flag.resolution, flag.answer = resolution, answer.strip()[:NOTE_MAX]
        flag.resolved_at, flag.resolved_by_id = at, actor.id
        notify(
            people={flag.person_id} - {actor.id},
            kind="sop_flag_resolved",
            key=f"sop-flag-resolved:{flag.id}",
            title=_("您反馈的“%(title)s”已处理", title=entry.title[:100]),
            body=answer.strip() or (_("内容已改正。") if resolution is Resolution.CHANGED else _("核对后没有问题。")),
            url=f"/sop/{entry.id}",
            at=at,
        )
    db.session.flush()
    return len(waiting)


def archive_entry(*, actor: Person, entry: SopEntry, at: datetime) -> SopEntry:
    """Take an entry off the agents' pages; it stays readable for those who edit. A second call changes nothing."""
    require_visible(can_edit_entry(actor, entry))
    entry.archived_at = entry.archived_at or at
    db.session.flush()
    return entry


def restore_entry(*, actor: Person, entry: SopEntry, at: datetime) -> SopEntry:
    """Put an archived entry back. Raises SlotTaken when its common question was answered by another meanwhile."""
    require_visible(can_edit_entry(actor, entry))
    if entry.archived_at is not None:
        _require_free_slot(entry, entry.product, entry.slot)
        entry.archived_at, entry.review_due = None, to_local(at).date()
        db.session.flush()
    return entry


def name_slots(*, actor: Person, shop: Shop, names: dict[int, str]) -> None:
    """Call the six common questions of a shop's products by these names; an empty one gets its default back."""
    require(P.SOP_EDIT, of=actor)
    require_visible(can_see_shop(actor, shop.id))
    db.session.execute(delete(SlotName).where(SlotName.shop_id == shop.id))
    for slot in range(1, SLOTS + 1):
        name = names.get(slot, "").strip()
        if len(name) > SLOT_NAME_MAX:
            raise SopError(_("太长了，最多 %(n)s 个字。", n=SLOT_NAME_MAX), where=f"slot_{slot}")
        if name and name != str(DEFAULT_SLOTS[slot - 1]):
            db.session.add(SlotName(shop_id=shop.id, slot=slot, name=name))
    db.session.flush()


def _apply(entry: SopEntry, data: SopData) -> None:
    title = data.title.strip()
    if not title:
        raise SopError(_("请填写标题。"), where="title")
    if len(title) > TITLE_MAX:
        raise SopError(_("太长了，最多 %(n)s 个字。", n=TITLE_MAX), where="title")
    if data.product is not None and data.product.shop_id != entry.shop_id:
        raise SopError(_("这个商品属于另一家店铺。"), where="sku")
    if data.slot is not None and data.product is None:
        raise SopError(_("六问属于商品，请先填写商品的 SKU。"), where="sku")
    _require_free_slot(entry, data.product, data.slot)
    entry.title, entry.kind = title, data.kind
    entry.product, entry.slot = data.product, data.slot
    entry.product_id = data.product.id if data.product else None
    entry.owner_id = data.owner.id if data.owner else None


def _require_free_slot(entry: SopEntry, product: Product | None, slot: int | None) -> None:
    if product is None or slot is None:
        return
    query = select(SopEntry.title).where(
        SopEntry.product_id == product.id, SopEntry.slot == slot, SopEntry.archived_at.is_(None)
    )
    with db.session.no_autoflush:
        taken = db.session.scalar(query.where(SopEntry.id != (entry.id or 0)))
    if taken is not None:
        raise SlotTaken(_("这个商品的这一问已有“%(title)s”，请直接编辑它。", title=taken), where="slot")
