"""Writing the bank: drafts in, decisions on them, edits as new versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from lms.conversations.models import Message
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.learning.enums import Dimension
from lms.learning.models import Competency
from lms.people.models import Person
from quizzes.bank.enums import Decision, ItemState, RejectReason
from quizzes.bank.models import DraftBatch, Item, ItemSource, ItemVersion, ReviewDecision
from quizzes.bank.queries import question_type
from quizzes.drafting import DraftItem

MAX_STEM = 2000
STILL_HOLDS = "still_holds"


class InvalidItem(DomainError):
    """An item that can't be used as it stands; the message names every fault."""


class NotInReview(Conflict):
    """Somebody decided about the item meanwhile."""


def add_item(
    *,
    actor: Person | None,
    type: str,
    stem: str,
    definition: dict[str, Any],
    at: datetime,
    rationale: str = "",
    dimension: Dimension = Dimension.KNOWLEDGE,
    shop_id: int | None = None,
    group_id: int | None = None,
    batch: DraftBatch | None = None,
    competencies: Iterable[Competency] = (),
    sources: Iterable[tuple[int, int, str]] = (),
) -> Item:
    """A new item with its first version, waiting for review. `sources` are (conversation_id, message_id, quote).

    Raises InvalidItem, or UnknownType.
    """
    check(type, stem, definition)
    author = actor.id if actor else None
    item = Item(
        shop_id=shop_id,
        type=type,
        dimension=dimension,
        group_id=group_id,
        batch_id=batch.id if batch else None,
        created_by_id=author,
        created_at=at,
        competencies=list(competencies),
        sources=[ItemSource(conversation_id=c, message_id=m, quote=quote) for c, m, quote in sources],
    )
    db.session.add(item)
    db.session.flush()
    _add_version(item, 1, stem=stem, definition=definition, rationale=rationale, author=author, at=at)
    return item


def add_drafts(*, actor: Person | None, batch: DraftBatch, drafts: Sequence[DraftItem], at: datetime) -> list[Item]:
    """Items for the drafts of a batch, with the quoted messages they come from."""
    wanted = {message for draft in drafts for _, message in draft.sources}
    quotes: dict[int, tuple[int, str]] = {}
    numbers = sorted(wanted)
    for start in range(0, len(numbers), 500):
        rows = db.session.execute(
            db.select(Message.id, Message.conversation_id, Message.text).where(
                Message.id.in_(numbers[start : start + 500])
            )
        )
        quotes.update((number, (conversation, text)) for number, conversation, text in rows)
    made = []
    for draft in drafts:
        made.append(
            add_item(
                actor=actor,
                type=draft.type,
                stem=draft.stem,
                definition=draft.definition,
                rationale=draft.rationale,
                dimension=Dimension(draft.dimension) if draft.dimension in set(Dimension) else Dimension.KNOWLEDGE,
                shop_id=batch.shop_id,
                group_id=draft.group_key,
                batch=batch,
                sources=[(quotes[m][0], m, quotes[m][1]) for _, m in draft.sources if m in quotes],
                at=at,
            )
        )
    return made


def check(type: str, stem: str, definition: dict[str, Any]) -> None:
    """Raise InvalidItem unless stem and definition make a whole item."""
    problems = question_type(type).validate(definition)
    if not stem.strip():
        problems.insert(0, _("题干不能为空"))
    elif len(stem) > MAX_STEM:
        problems.insert(0, _("题干不能超过 %(max_stem)s 字", max_stem=MAX_STEM))
    if problems:
        raise InvalidItem("；".join(problems) + "。", hint=_("请改正后再保存。"))


def edit_item(
    *,
    actor: Person | None,
    item: Item,
    stem: str,
    definition: dict[str, Any],
    rationale: str,
    at: datetime,
    version_id: int | None = None,
) -> Item:
    """Add a version that says something else, and make it the current one.

    An item that was accepted waits for review again, since nothing unreviewed may be drawn; attempts keep the version
    they were drawn with. Without any change nothing is added. `version_id` is the version the editor saw: raises
    NotInReview when there is a newer one.
    """
    current = item.current_version
    if version_id is not None and current is not None and version_id != current.id:
        raise NotInReview(_("别人刚刚修改了这道题，您的修改没有保存。"), hint=_("请刷新页面，在新的版本上再改。"))
    check(item.type, stem, definition)
    stem, rationale = stem.strip(), rationale.strip()
    same = current is not None and (current.stem, current.definition, current.rationale) == (
        stem,
        definition,
        rationale,
    )
    if same:
        return item
    number = current.number + 1 if current else 1
    author = actor.id if actor else None
    version = _add_version(item, number, stem=stem, definition=definition, rationale=rationale, author=author, at=at)
    if item.state in (ItemState.ACCEPTED, ItemState.REJECTED):
        item.state = ItemState.DRAFT
    _note(item, version.id, actor, Decision.EDITED, at=at)
    return item


def accept_item(
    *,
    actor: Person,
    item: Item,
    dimension: Dimension,
    competencies: Sequence[Competency],
    at: datetime,
    version_id: int | None = None,
) -> Item:
    """Let an item into the draws. It must say which dimension it is of and which competency it tests.

    `version_id` is what the reviewer read: raises NotInReview when it has changed or was decided meanwhile.
    """
    _must_wait(item, version_id)
    assert item.current_version is not None
    check(item.type, item.current_version.stem, item.current_version.definition)
    if not competencies:
        raise InvalidItem(
            _("通过之前请先选能力项。"), hint=_("能力项把试题、课时和质检连在一起，缺了它，薄弱点就找不到对应的课。")
        )
    if any(one.dimension is not dimension for one in competencies):
        raise InvalidItem(_("能力项与维度不一致，请重新选择。"))
    if any(one.shop_id not in (None, item.shop_id) for one in competencies):
        raise InvalidItem(_("能力项属于另一家店铺，请重新选择。"))
    item.dimension, item.competencies, item.state = dimension, list(competencies), ItemState.ACCEPTED
    item.stale = False
    if item.sop_entry is not None:  # the reviewer read it beside what holds now
        item.sop_version = item.sop_entry.in_force_number
    _note(item, item.current_version.id, actor, Decision.ACCEPTED, at=at)
    return item


def add_competency(*, name: str, dimension: Dimension, shop_id: int | None) -> Competency:
    """A competency under this name, or the one that is there already."""
    name = name.strip()[:100]
    if not name:
        raise InvalidItem(_("请写出能力项的名称。"))
    own = Competency.shop_id.is_(None) if shop_id is None else Competency.shop_id == shop_id
    found = db.session.scalar(
        db.select(Competency).where(own, Competency.name == name, Competency.dimension == dimension)
    )
    if found is not None:
        return found
    used = set(db.session.scalars(db.select(Competency.code).where(own)))
    letter = {Dimension.ATTITUDE: "A", Dimension.KNOWLEDGE: "K", Dimension.SKILL: "S"}[dimension]
    number = next(n for n in range(1, len(used) + 2) if f"{letter}-Q{n}" not in used)
    made = Competency(code=f"{letter}-Q{number}", name=name, dimension=dimension, shop_id=shop_id)
    db.session.add(made)
    db.session.flush()
    return made


def reject_item(
    *, actor: Person, item: Item, reason: RejectReason, at: datetime, note: str = "", version_id: int | None = None
) -> Item:
    """Refuse a draft; it stays readable with the reason."""
    _must_wait(item, version_id)
    item.state = ItemState.REJECTED
    assert item.current_version_id is not None
    _note(
        item,
        item.current_version_id,
        actor,
        Decision.REJECTED,
        at=at,
        reason=f"{reason.value}:{note.strip()[:250]}".rstrip(":"),
    )
    return item


def reject_items(*, actor: Person, items: Iterable[Item], reason: RejectReason, at: datetime) -> int:
    """Refuse several drafts at once; those already decided are left alone. Returns how many were refused."""
    waiting = [item for item in items if item.state is ItemState.DRAFT]
    for item in waiting:
        reject_item(actor=actor, item=item, reason=reason, at=at)
    return len(waiting)


def retire_item(*, actor: Person, item: Item, at: datetime, reason: str = "") -> Item:
    """Take an item out of the draws for good. Papers already taken keep it."""
    if item.state is not ItemState.RETIRED:
        item.state = ItemState.RETIRED
        assert item.current_version_id is not None
        _note(item, item.current_version_id, actor, Decision.RETIRED, at=at, reason=reason.strip()[:250])
    return item


def restore_item(*, actor: Person, item: Item, at: datetime) -> Item:
    """Send a rejected or retired item back to the review queue."""
    if item.state not in (ItemState.REJECTED, ItemState.RETIRED):
        raise NotInReview(_("这道题没有被退回或停用，不需要恢复。"))
    item.state = ItemState.DRAFT
    assert item.current_version_id is not None
    _note(item, item.current_version_id, actor, Decision.RESTORED, at=at)
    return item


def undo(*, actor: Person, decision: ReviewDecision, at: datetime) -> Item:
    """Take back an acceptance or rejection of one's own; the item waits again. The decision itself stays on record."""
    item = db.session.get_one(Item, decision.item_id)
    expected = {Decision.ACCEPTED: ItemState.ACCEPTED, Decision.REJECTED: ItemState.REJECTED}.get(decision.decision)
    undoable = expected is not None and item.state is expected and decision.reason != STILL_HOLDS
    if not undoable or decision.person_id != actor.id:
        raise NotInReview(_("上一步已经不能撤销了。"), hint=_("可以在试题页上停用或重新送审。"))
    item.state = ItemState.DRAFT
    _note(item, decision.version_id, actor, Decision.UNDONE, at=at)
    return item


def _must_wait(item: Item, version_id: int | None) -> None:
    if item.state is not ItemState.DRAFT or item.current_version is None:
        raise NotInReview(_("这道题已经有人审过了。"), hint=_("请看下一题。"))
    if version_id is not None and version_id != item.current_version_id:
        raise NotInReview(_("这道题刚刚被修改过，请看过新的内容再决定。"))


def _add_version(
    item: Item, number: int, *, stem: str, definition: dict[str, Any], rationale: str, author: int | None, at: datetime
) -> ItemVersion:
    version = ItemVersion(
        item_id=item.id,
        number=number,
        stem=stem.strip(),
        definition=definition,
        rationale=rationale.strip(),
        created_by_id=author,
        created_at=at,
    )
    db.session.add(version)
    db.session.flush()
    item.current_version = version
    db.session.flush()
    return version


def note_confirmed(item: Item, actor: Person, *, at: datetime) -> None:
    """A line in the item's history: its ground changed, and it still holds."""
    assert item.current_version_id is not None
    _note(item, item.current_version_id, actor, Decision.ACCEPTED, at=at, reason=STILL_HOLDS)


def _note(
    item: Item, version_id: int, actor: Person | None, decision: Decision, *, at: datetime, reason: str = ""
) -> None:
    line = ReviewDecision(
        item_id=item.id,
        version_id=version_id,
        person_id=actor.id if actor else None,
        decision=decision,
        reason=reason,
        at=at,
    )
    db.session.add(line)
    db.session.flush()
