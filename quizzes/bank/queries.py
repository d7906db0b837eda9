"""Reading the bank: question types, lists, the review queue, the chat beside an item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, String, and_, cast, false, func, or_, select
from sqlalchemy.orm import joinedload

from lms.conversations.models import Message
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.kernel.plugins import plugins
from lms.learning.models import BY_CODE, Competency
from lms.people.models import Person
from lms.people.queries import shop_filter
from quizzes.bank.enums import Decision, ItemState
from quizzes.bank.models import DraftBatch, Item, ItemCompetency, ItemSource, ItemVersion, ReviewDecision
from quizzes.drafting.topics import containment
from quizzes.mining.models import QuestionGroup
from quizzes.types import QuestionType

NEIGHBOURS = 3
MOST_QUOTES = 3


class UnknownType(DomainError):
    """The plugin of a question type is not there (any more)."""


def question_types() -> dict[str, QuestionType]:
    """The question types of this installation by name. A plugin that brings a name twice is switched off."""
    found: dict[str, QuestionType] = {}
    for plugin, offered in plugins().each("question_types"):
        names = [one.name for one in offered]
        taken = [name for name in names if name in found or names.count(name) > 1]
        if taken:
            plugins().switch_off(plugin, error=ValueError(f"question type {taken[0]} is there already"))
            continue
        found.update((one.name, one) for one in offered)
    return found


def question_type(name: str) -> QuestionType:
    """One question type. Raises UnknownType."""
    one = question_types().get(name)
    if one is None:
        raise UnknownType(
            _("这道题的题型来自一个已停用的插件，暂时不能使用。"), where=name, hint=_("请联系管理员启用该插件。")
        )
    return one


def items_visible_to(viewer: Person) -> Select[tuple[Item]]:
    """The list side of ``rules.can_see_item``."""
    return select(Item).where(shop_filter(viewer, Item.shop_id))


def drawable() -> ColumnElement[bool]:
    """The list side of ``rules.is_drawable``."""
    return and_(Item.state == ItemState.ACCEPTED, Item.stale.is_(False), Item.current_version_id.is_not(None))


def drawable_items(shop_id: int | None) -> Select[tuple[Item]]:
    """The items that a paper of a shop may draw: accepted, not stale, of that shop or of all shops."""
    own = Item.shop_id.is_(None) if shop_id is None else or_(Item.shop_id.is_(None), Item.shop_id == shop_id)
    return select(Item).where(drawable(), own).order_by(Item.id)


def items_by_competency(competency_ids: Sequence[int], shop_id: int | None) -> dict[int, int]:
    """How many items that a shop's papers may draw test each competency; None counts what all shops share."""
    own = Item.shop_id.is_(None) if shop_id is None else or_(Item.shop_id.is_(None), Item.shop_id == shop_id)
    query = (
        select(ItemCompetency.competency_id, func.count())
        .join(Item, Item.id == ItemCompetency.item_id)
        .where(ItemCompetency.competency_id.in_(competency_ids), drawable(), own)
        .group_by(ItemCompetency.competency_id)
    )
    return {ident: count for ident, count in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What the bank list is narrowed to; empty means any."""

    text: str = ""
    type: str = ""
    state: str = ""
    dimension: str = ""
    product: str = ""
    shop_id: int | None = None
    batch_id: int | None = None


def item_list(viewer: Person, wanted: ItemFilter) -> Select[tuple[Item]]:
    """Items with their current version and group, newest first."""
    query = (
        items_visible_to(viewer)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .options(joinedload(Item.current_version), joinedload(Item.group), joinedload(Item.shop))
        .order_by(Item.id.desc())
    )
    if wanted.text:
        query = query.where(or_(ItemVersion.stem.icontains(wanted.text, autoescape=True), _in_definition(wanted.text)))
    if wanted.type:
        query = query.where(Item.type == wanted.type)
    if wanted.state:
        by_state = Item.state == ItemState(wanted.state) if wanted.state in set(ItemState) else false()
        query = query.where(stale_items() if wanted.state == STALE else by_state)
    if wanted.dimension:
        query = (
            query.where(Item.dimension == wanted.dimension)
            if wanted.dimension in DIMENSION_NAMES
            else query.where(false())
        )
    if wanted.product:
        query = query.where(Item.group.has(QuestionGroup.product_label == wanted.product))
    if wanted.shop_id is not None:
        query = query.where(Item.shop_id == wanted.shop_id)
    if wanted.batch_id is not None:
        query = query.where(Item.batch_id == wanted.batch_id)
    return query


STALE = "stale"
"""The filter of the list beside the states: 依据已变更."""
DIMENSION_NAMES = ("attitude", "knowledge", "skill")


def _in_definition(text: str) -> ColumnElement[bool]:
    """Options, accepted answers and model answers are searched as they stand in the stored JSON."""
    return cast(ItemVersion.definition, String).icontains(text, autoescape=True)


def stale_items() -> ColumnElement[bool]:
    """Items whose SOP entry was changed since they were checked, and that somebody has to look at."""
    return and_(Item.stale.is_(True), Item.state.in_([ItemState.DRAFT, ItemState.ACCEPTED]))


def count_stale(viewer: Person) -> int:
    """How many items wait because their ground changed."""
    query = select(func.count()).select_from(Item).where(shop_filter(viewer, Item.shop_id), stale_items())
    return db.session.scalar(query) or 0


def state_counts(viewer: Person) -> dict[ItemState, int]:
    """How many items there are in each state. One statement."""
    query = select(Item.state, func.count()).where(shop_filter(viewer, Item.shop_id)).group_by(Item.state)
    return {state: count for state, count in db.session.execute(query)}


def product_choices(viewer: Person) -> list[str]:
    """Products whose questions have items, for the filter."""
    query = (
        select(QuestionGroup.product_label)
        .join(Item, Item.group_id == QuestionGroup.id)
        .where(shop_filter(viewer, Item.shop_id), QuestionGroup.product_label != "")
        .distinct()
        .order_by(QuestionGroup.product_label)
        .limit(100)
    )
    return [label for label in db.session.scalars(query) if label]


def item_with_all(item_id: int) -> Item | None:
    """An item with version, competencies, sources and group, in one statement: for its own page and for review."""
    query = select(Item).where(Item.id == item_id)
    loaded = (Item.current_version, Item.group, Item.shop, Item.sop_entry, Item.competencies, Item.sources)
    return db.session.scalars(query.options(*(joinedload(one) for one in loaded))).unique().one_or_none()


def versions_of(item: Item) -> list[ItemVersion]:
    """All versions of an item with their authors, newest first."""
    query = select(ItemVersion).where(ItemVersion.item_id == item.id).options(joinedload(ItemVersion.created_by))
    return list(db.session.scalars(query.order_by(ItemVersion.number.desc())))


def decisions_of(item: Item) -> list[ReviewDecision]:
    """The history of an item with the people who made it, newest first."""
    query = (
        select(ReviewDecision)
        .where(ReviewDecision.item_id == item.id)
        .options(joinedload(ReviewDecision.person), joinedload(ReviewDecision.version))
        .order_by(ReviewDecision.at.desc(), ReviewDecision.id.desc())
    )
    return list(db.session.scalars(query))


def suggest_competency(item: Item, known: Sequence[Competency]) -> Competency | None:
    """The competency to preselect: the item's own, else the one of its dimension whose name is most like the item."""
    if item.competencies:
        return item.competencies[0]
    fitting = [one for one in known if one.dimension is item.dimension]
    text = f"{item.current_version.stem if item.current_version else ''} {item.group.question if item.group else ''}"
    return max(fitting, key=lambda one: containment(one.name, text), default=None)


def competencies_for(shop_id: int | None) -> list[Competency]:
    """The competencies that an item of a shop may test."""
    own = (
        Competency.shop_id.is_(None)
        if shop_id is None
        else or_(Competency.shop_id.is_(None), Competency.shop_id == shop_id)
    )
    query = select(Competency).where(own, Competency.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(Competency.dimension, *BY_CODE)))


@dataclass(frozen=True, slots=True)
class Line:
    """A message shown beside an item; `quoted` is the one that the item cites."""

    message: Message
    quoted: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a chat: the cited messages with their neighbours."""

    conversation_id: int
    lines: tuple[Line, ...]


def excerpts(sources: Sequence[ItemSource]) -> list[Excerpt]:
    """The chats an item comes from, each cited message with its neighbours. One statement."""
    cited: dict[int, set[int]] = {}
    for source in sources:
        if source.conversation_id is not None and source.message_id is not None:
            cited.setdefault(source.conversation_id, set()).add(source.message_id)
    chosen = dict(list(cited.items())[:MOST_QUOTES])
    if not chosen:
        return []
    wanted = set().union(*chosen.values())
    around = select(Message.conversation_id, Message.position).where(Message.id.in_(wanted)).subquery()
    near = and_(
        Message.conversation_id == around.c.conversation_id,
        Message.position.between(around.c.position - NEIGHBOURS, around.c.position + NEIGHBOURS),
    )
    query = select(Message).join(around, near).distinct().order_by(Message.conversation_id, Message.position)
    lines: dict[int, list[Line]] = {}
    for message in db.session.scalars(query):
        lines.setdefault(message.conversation_id, []).append(Line(message, message.id in wanted))
    return [Excerpt(number, tuple(lines[number])) for number in chosen if number in lines]


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a reviewer stands in a queue: decided of total, and the items before and after that still wait."""

    total: int
    decided: int
    number: int
    before: int | None
    after: int | None
    first: int | None

    @property
    def waiting(self) -> int:
        return self.total - self.decided


def queue_items(viewer: Person, batch_id: int | None) -> Select[tuple[Item]]:
    """What belongs to a review queue: one batch, or everything that waits."""
    query = items_visible_to(viewer)
    return query.where(Item.batch_id == batch_id if batch_id else Item.state == ItemState.DRAFT)


def place_of(viewer: Person, batch_id: int | None, item_id: int | None) -> QueuePlace:
    """Counts and neighbours of an item in its queue. One statement."""
    base = queue_items(viewer, batch_id).with_only_columns(Item.id, Item.state).order_by(None).subquery()
    waits = base.c.state == ItemState.DRAFT
    here = item_id if item_id is not None else 0
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(~waits),
            func.count().filter(base.c.id <= here),
            func.max(base.c.id).filter(waits, base.c.id < here),
            func.min(base.c.id).filter(waits, base.c.id > here),
            func.min(base.c.id).filter(waits),
        ).select_from(base)
    ).one()
    return QueuePlace(*row)


def last_decision(person: Person, batch_id: int | None) -> ReviewDecision | None:
    """The person's latest acceptance or rejection that still stands, for undoing it."""
    later = ReviewDecision.__table__.alias()
    overtaken = (
        select(later.c.id).where(later.c.item_id == ReviewDecision.item_id, later.c.id > ReviewDecision.id).exists()
    )
    query = (
        select(ReviewDecision)
        .join(Item, Item.id == ReviewDecision.item_id)
        .where(
            ReviewDecision.person_id == person.id,
            ReviewDecision.decision.in_([Decision.ACCEPTED, Decision.REJECTED]),
            ~overtaken,
            Item.state.in_([ItemState.ACCEPTED, ItemState.REJECTED]),
            ReviewDecision.reason != "still_holds",
            shop_filter(person, Item.shop_id),
        )
        .order_by(ReviewDecision.id.desc())
        .limit(1)
    )
    if batch_id:
        query = query.where(Item.batch_id == batch_id)
    return db.session.scalar(query)


def batches(viewer: Person) -> Select[tuple[DraftBatch, int]]:
    """Batches with how many of their items wait, newest first."""
    waiting = (
        select(func.count())
        .where(Item.batch_id == DraftBatch.id, Item.state == ItemState.DRAFT)
        .correlate(DraftBatch)
        .scalar_subquery()
    )
    return (
        select(DraftBatch, waiting)
        .where(shop_filter(viewer, DraftBatch.shop_id))
        .options(joinedload(DraftBatch.created_by), joinedload(DraftBatch.shop))
        .order_by(DraftBatch.id.desc())
    )


def batch_counts(batch: DraftBatch) -> dict[ItemState, int]:
    """The items of a batch by state."""
    query = select(Item.state, func.count()).where(Item.batch_id == batch.id).group_by(Item.state)
    return {state: count for state, count in db.session.execute(query)}


def visible_among(viewer: Person, ids: Iterable[int]) -> list[Item]:
    """Those of the items that the viewer may see, with their versions."""
    query = items_visible_to(viewer).where(Item.id.in_(list(ids))).options(joinedload(Item.current_version))
    return list(db.session.scalars(query))
