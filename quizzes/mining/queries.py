"""Lists of question groups that a person may see, and what stands behind one group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from lms.conversations.models import Conversation
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.queries import shop_filter
from quizzes.mining.enums import GroupState, Stage
from quizzes.mining.models import GroupAnswer, MiningRun, Question, QuestionGroup

VARIANTS_SHOWN = 6
PRODUCTS_SHOWN = 100
RARE = 3  # a question of more chats than this is no rarity
RARE_SHOWN = 8


@dataclass(frozen=True)
class GroupFilter:
    """What a list is narrowed to. ``text`` is looked for in representatives, wordings and answers."""

    text: str = ""
    stage: Stage | None = None
    product: str = ""
    shop_id: int | None = None
    state: GroupState = GroupState.ACTIVE
    answered: bool | None = None


@dataclass(frozen=True)
class Coverage:
    """How many items a group has led to, and how many of them may be drawn."""

    count: int = 0
    accepted: int = 0


def groups_visible_to(viewer: Person, wanted: GroupFilter | None = None) -> Select[tuple[QuestionGroup]]:
    """Groups of the viewer's shops, the hottest first."""
    wanted = wanted or GroupFilter()
    query = (
        select(QuestionGroup)
        .where(shop_filter(viewer, QuestionGroup.shop_id), QuestionGroup.state == wanted.state)
        .options(joinedload(QuestionGroup.shop))
        .order_by(QuestionGroup.count.desc(), QuestionGroup.variant_count.desc(), QuestionGroup.id)
    )
    if wanted.shop_id is not None:
        query = query.where(QuestionGroup.shop_id == wanted.shop_id)
    if wanted.stage is not None:
        query = query.where(QuestionGroup.stage == wanted.stage)
    if wanted.product:
        query = query.where(QuestionGroup.product_label == wanted.product)
    if wanted.answered is not None:
        query = query.where(QuestionGroup.answer != "" if wanted.answered else QuestionGroup.answer == "")
    if wanted.text:
        asked = select(Question.group_id).where(Question.text.contains(wanted.text, autoescape=True))
        query = query.where(
            QuestionGroup.question.contains(wanted.text, autoescape=True)
            | QuestionGroup.answer.contains(wanted.text, autoescape=True)
            | QuestionGroup.id.in_(asked)
        )
    return query


def rare_groups(viewer: Person, shop_id: int, since: datetime, until: datetime) -> list[QuestionGroup]:
    """Questions that came up for the first time in [since, until) and only in a few chats; the hotter ones first."""
    asked = select(func.min(Conversation.started_at)).join(Question, Question.conversation_id == Conversation.id)
    first = asked.where(Question.group_id == QuestionGroup.id).correlate(QuestionGroup).scalar_subquery()
    query: Any = (
        groups_visible_to(viewer, GroupFilter(shop_id=shop_id))
        .where(QuestionGroup.count <= RARE, first >= since, first < until)
        .limit(RARE_SHOWN)
    )
    return list(db.session.scalars(query))


def products_asked_about(viewer: Person) -> list[str]:
    """The products that active groups of the viewer's shops name, for the filter."""
    query = (
        select(QuestionGroup.product_label)
        .where(
            shop_filter(viewer, QuestionGroup.shop_id),
            QuestionGroup.state == GroupState.ACTIVE,
            QuestionGroup.product_label != "",
        )
        .group_by(QuestionGroup.product_label)
        .order_by(func.sum(QuestionGroup.count).desc(), QuestionGroup.product_label)
        .limit(PRODUCTS_SHOWN)
    )
    return list(db.session.scalars(query))


def variants_of(group_ids: Sequence[int], each: int = VARIANTS_SHOWN) -> dict[int, list[str]]:
    """The commonest wordings of each group, at most ``each``; one statement."""
    if not group_ids:
        return {}
    times = func.count(Question.id)
    place = func.row_number().over(partition_by=Question.group_id, order_by=(times.desc(), func.min(Question.id)))
    ranked = (
        select(Question.group_id, Question.text, place.label("place"))
        .where(Question.group_id.in_(group_ids))
        .group_by(Question.group_id, Question.text)
        .subquery()
    )
    query = (
        select(ranked.c.group_id, ranked.c.text)
        .where(ranked.c.place <= each)
        .order_by(ranked.c.group_id, ranked.c.place)
    )
    found: dict[int, list[str]] = {}
    for group_id, text in db.session.execute(query):
        found.setdefault(group_id, []).append(text)
    return found


def answers_of(group_ids: Sequence[int], each: int = 2) -> dict[int, list[GroupAnswer]]:
    """The best general answers of each group; one statement."""
    if not group_ids:
        return {}
    query = (
        select(GroupAnswer)
        .where(GroupAnswer.group_id.in_(group_ids), GroupAnswer.general, GroupAnswer.rank <= each)
        .order_by(GroupAnswer.group_id, GroupAnswer.rank)
    )
    found: dict[int, list[GroupAnswer]] = {}
    for answer in db.session.scalars(query):
        found.setdefault(answer.group_id, []).append(answer)
    return found


def all_answers(group: QuestionGroup) -> list[GroupAnswer]:
    """Every answer of one group, refused ones too, best first."""
    query = select(GroupAnswer).where(GroupAnswer.group_id == group.id).order_by(GroupAnswer.rank, GroupAnswer.id)
    return list(db.session.scalars(query))


def questions_of(group: QuestionGroup) -> Any:
    """Each wording with the conversation it stands in, the latest first."""
    return (
        select(Question, Conversation)
        .join(Conversation, Conversation.id == Question.conversation_id)
        .where(Question.group_id == group.id)
        .order_by(Conversation.started_at.desc().nulls_last(), Question.id)
    )


def coverage_of(group_ids: Sequence[int]) -> dict[int, Coverage]:
    """How many items each group has led to. The bank stands above mining, so its table is found by name."""
    item = db.metadata.tables.get("item")
    if item is None or not group_ids:
        return {}
    query = (
        select(item.c.group_id, func.count(), func.count().filter(item.c.state == "accepted"))
        .where(item.c.group_id.in_(group_ids), item.c.state.in_(("draft", "accepted")))
        .group_by(item.c.group_id)
    )
    return {group_id: Coverage(items, accepted) for group_id, items, accepted in db.session.execute(query)}


def hottest_count(viewer: Person, wanted: GroupFilter) -> int:
    """The heat of the hottest group in a list: what the longest bar stands for."""
    query = groups_visible_to(viewer, wanted).with_only_columns(func.max(QuestionGroup.count)).order_by(None)
    return db.session.scalar(query.options()) or 0


def last_run(viewer: Person, shop_id: int | None = None) -> MiningRun | None:
    """The latest finished run over chats that the viewer sees."""
    query = select(MiningRun).where(shop_filter(viewer, MiningRun.shop_id), MiningRun.finished_at.is_not(None))
    if shop_id is not None:
        query = query.where(MiningRun.shop_id == shop_id)
    return db.session.scalars(query.order_by(MiningRun.finished_at.desc(), MiningRun.id.desc()).limit(1)).first()


def shop_ids_with_chats() -> list[int | None]:
    """The shops that have conversations; None stands for those of no shop."""
    query = select(Conversation.shop_id).distinct().order_by(Conversation.shop_id)
    return list(db.session.scalars(query))
