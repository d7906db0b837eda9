"""出题: from mined groups to a batch of drafts that waits for review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.conversations.enums import Side
from lms.conversations.models import Conversation, Message
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.kernel.jobs import enqueue
from lms.kernel.plugins import plugins
from lms.people.models import Person
from lms.people.queries import shop_filter
from quizzes.bank.enums import ItemState
from quizzes.bank.models import DraftBatch, Item, ItemVersion
from quizzes.bank.queries import question_types
from quizzes.bank.services import add_drafts
from quizzes.drafting import TYPES, DraftItem, DraftResult, GroupSource, draft_items
from quizzes.drafting.drafter import Drafter, Progress
from quizzes.drafting.sources import Source
from quizzes.drafting.topics import containment, likeness
from quizzes.mining.models import GroupAnswer, Question, QuestionGroup

MOST_GROUPS = 2000
BACKGROUND = 1500
TALK = 12_000
VARIANTS = 20
ANSWERS = 12
REPLIES = 40
REACH = 4
SAME = 0.6


class NothingToDraft(DomainError):
    """No groups, no types, or groups of several shops at once."""


def top_groups(viewer: Person | None, number: int, shop_id: int | None = None) -> list[QuestionGroup]:
    """The hottest groups that a person may see (None: all of them)."""
    query = select(QuestionGroup).where(QuestionGroup.state == "active")
    if viewer is not None:
        query = query.where(shop_filter(viewer, QuestionGroup.shop_id))
    if shop_id is not None:
        query = query.where(QuestionGroup.shop_id == shop_id)
    return list(db.session.scalars(query.order_by(QuestionGroup.count.desc(), QuestionGroup.id).limit(number)))


def groups_to_draft(viewer: Person, ids: Sequence[int]) -> list[QuestionGroup]:
    """Those of the groups that a person may see, in the order given."""
    query = select(QuestionGroup).where(QuestionGroup.id.in_(list(ids)), shop_filter(viewer, QuestionGroup.shop_id))
    found = {group.id: group for group in db.session.scalars(query)}
    return [found[number] for number in dict.fromkeys(ids) if number in found]


def plan_batch(
    *, actor: Person | None, groups: Sequence[QuestionGroup], types: Sequence[str], at: datetime
) -> DraftBatch:
    """A batch that is not worked on yet. Raises NothingToDraft."""
    wanted = [name for name in TYPES if name in types and name in question_types()]
    if not groups:
        raise NothingToDraft(_("请先选要出题的客户问题。"), hint=_("在问题工厂里勾选问题，再点出题。"))
    if not wanted:
        raise NothingToDraft(_("请至少选一种题型。"))
    if len(groups) > MOST_GROUPS:
        raise NothingToDraft(
            _("一次最多给 %(most_groups)s 个问题出题。", most_groups=MOST_GROUPS), hint=_("请分几次出题。")
        )
    if len({group.shop_id for group in groups}) > 1:
        raise NothingToDraft(_("选中的问题属于不同店铺，请一次只给一家店铺出题。"))
    batch = DraftBatch(
        shop_id=groups[0].shop_id,
        created_by_id=actor.id if actor else None,
        created_at=at,
        group_ids=[group.id for group in groups],
        types=wanted,
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def start_batch(*, actor: Person, groups: Sequence[QuestionGroup], types: Sequence[str], at: datetime) -> DraftBatch:
    """A batch whose drafts are made in the background."""
    batch = plan_batch(actor=actor, groups=groups, types=types, at=at)
    batch.job_id = enqueue("quizzes.draft", actor_id=actor.id, batch_id=batch.id).id
    db.session.flush()
    return batch


def fill_batch(
    *, actor: Person | None, batch: DraftBatch, at: datetime, progress: Progress | None = None
) -> list[Item]:
    """Draft and store the items of a batch. A batch that is finished already is left as it is."""
    if batch.finished_at is not None:
        return list(db.session.scalars(select(Item).where(Item.batch_id == batch.id).order_by(Item.id)))
    result = draft_batch(batch, progress=progress)
    known = _known(batch.group_ids)
    fresh: list[DraftItem] = []
    rejected = dict(result.rejected)
    for draft in result.items:
        if _repeats(draft, known.get(draft.group_key, ())):
            rejected["near_duplicate_draft"] = rejected.get("near_duplicate_draft", 0) + 1
        else:
            fresh.append(draft)
    items = add_drafts(actor=actor, batch=batch, drafts=fresh, at=at)
    batch.drafted, batch.rejected, batch.finished_at = len(items), rejected, at
    db.session.flush()
    return items


def draft_batch(batch: DraftBatch, *, progress: Progress | None = None) -> DraftResult:
    """The drafts of a batch, not stored. Other groups of the shop lend their answers as wrong options."""
    chosen = sources_of(batch.group_ids)
    order = {number: place for place, number in enumerate(batch.group_ids)}
    others = select(QuestionGroup.id).where(QuestionGroup.state == "active", QuestionGroup.id.not_in(batch.group_ids))
    others = others.where(QuestionGroup.shop_id == batch.shop_id if batch.shop_id else QuestionGroup.shop_id.is_(None))
    background = list(db.session.scalars(others.order_by(QuestionGroup.count.desc()).limit(BACKGROUND)))
    drafters: list[Drafter] = plugins().all("item_drafters")
    return draft_items(
        sorted(chosen, key=lambda group: order[group.key]),
        types=batch.types,
        background=sources_of(background),
        talk=_talk(batch.shop_id),
        drafters=drafters,
        progress=progress,
    )


def _talk(shop_id: int | None) -> list[tuple[str, Source]]:
    """What the shop's agents said of late, in whatever chat."""
    query = (
        select(Message.text, Message.conversation_id, Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.side == Side.AGENT)
        .where(Conversation.shop_id == shop_id if shop_id else Conversation.shop_id.is_(None))
        .order_by(Message.id.desc())
        .limit(TALK)
    )
    return [(text, (conversation, message)) for text, conversation, message in db.session.execute(query)]


def sources_of(ids: Sequence[int]) -> list[GroupSource]:
    """Groups as drafting needs them: wordings, answers best first, and where they stand. Six statements a 500."""
    found: list[GroupSource] = []
    for start in range(0, len(ids), 500):
        found += _sources(list(ids[start : start + 500]))
    return found


def _sources(ids: list[int]) -> list[GroupSource]:
    asked: dict[int, list[Question]] = {}
    for question in db.session.scalars(select(Question).where(Question.group_id.in_(ids)).order_by(Question.id)):
        asked.setdefault(question.group_id, []).append(question)
    answered: dict[int, list[GroupAnswer]] = {}
    query = select(GroupAnswer).where(GroupAnswer.group_id.in_(ids), GroupAnswer.general)
    for answer in db.session.scalars(query.order_by(GroupAnswer.group_id, GroupAnswer.rank)):
        answered.setdefault(answer.group_id, []).append(answer)
    refused = select(GroupAnswer.message_id).where(GroupAnswer.group_id.in_(ids), GroupAnswer.general.is_(False))
    replies = _replies(ids, set(db.session.scalars(refused)))
    typed = _as_typed([answer for given in answered.values() for answer in given[:ANSWERS]])
    return [
        _source(group, asked.get(group.id, []), answered.get(group.id, [])[:ANSWERS], typed, replies.get(group.id, []))
        for group in db.session.scalars(select(QuestionGroup).where(QuestionGroup.id.in_(ids)))
    ]


def _as_typed(answers: Sequence[GroupAnswer]) -> dict[int, str]:
    """What the agent typed, by answer: mining joins sentences, and drafting wants to see where they end."""
    rows = db.session.execute(
        select(GroupAnswer.id, Message.text)
        .join(Message, Message.id == GroupAnswer.message_id)
        .where(GroupAnswer.id.in_([answer.id for answer in answers]))
    )
    return {number: text for number, text in rows}


def _source(
    group: QuestionGroup,
    questions: list[Question],
    answers: list[GroupAnswer],
    typed: dict[int, str],
    replies: list[tuple[int, int, str]],
) -> GroupSource:
    variants = tuple(dict.fromkeys(question.text for question in questions))[:VARIANTS]
    # An answer that was given often is worth more: it comes as often, up to three times.
    texts = [answer for answer in answers for _ in range(min(3, max(1, answer.count or 1)))]
    more = [one for one in replies if all(one[1] != answer.message_id for answer in answers)]
    told = [group.answer] if group.answer and all(group.answer != answer.text for answer in answers) else []
    places = [(a.conversation_id, a.message_id) if a.conversation_id and a.message_id else None for a in texts]
    return GroupSource(
        key=group.id,
        question=group.question,
        variants=variants,
        answers=(
            *told,
            *(_fuller(answer.text, typed.get(answer.id, "")) for answer in texts),
            *(text for _, _, text in more),
        ),
        stage=str(group.stage),
        product=group.product_label or "",
        dimension=str(group.dimension),
        sources=tuple((q.conversation_id, q.message_id) for q in questions[:3] if q.conversation_id and q.message_id),
        answer_sources=(*(None for _ in told), *places, *((c, m) for c, m, _ in more)),
    )


def _replies(ids: Sequence[int], refused: set[int | None]) -> dict[int, list[tuple[int, int, str]]]:
    """What agents typed right after each question of a group: (conversation, message, text).

    Mining offers whole answers; a rule is often one sentence of an answer that is otherwise about one order.
    """
    asked = aliased(Message)
    rows = db.session.execute(
        select(Question.group_id, asked.id, Message.conversation_id, Message.id, Message.side, Message.text)
        .join(asked, asked.id == Question.message_id)
        .join(Message, Message.conversation_id == asked.conversation_id)
        .where(
            Question.group_id.in_(ids), Message.position > asked.position, Message.position <= asked.position + REACH
        )
        .order_by(Question.group_id, asked.id, Message.position)
    )
    found: dict[int, list[tuple[int, int, str]]] = {}
    answering: dict[int, bool] = {}
    for group_id, question, conversation, message, side, text in rows:
        agent = side is Side.AGENT
        if not agent:
            answering[question] = answering.get(question, True) and not answering.get(-question, False)
            continue
        if answering.get(question, True):
            answering[-question] = True
            if message not in refused and len(found.setdefault(group_id, [])) < REPLIES:
                found[group_id].append((conversation, message, text))
    return found


def _fuller(mined: str, typed: str) -> str:
    """The message itself when the mined answer stands in it; else the mined one, which was joined of several."""
    return typed if containment(mined, typed) >= 0.8 and len(typed) >= len(mined) * 0.8 else mined


def _known(group_ids: Sequence[int]) -> dict[int | None, list[tuple[str, str]]]:
    """(type, headline) of the items that these groups have already, also of those that were rejected."""
    rows = db.session.execute(
        select(Item.group_id, Item.type, ItemVersion.stem, ItemVersion.definition)
        .join(ItemVersion, ItemVersion.id == Item.current_version_id)
        .where(Item.group_id.in_(list(group_ids)), Item.state != ItemState.RETIRED)
    )
    found: dict[int | None, list[tuple[str, str]]] = {}
    for group_id, kind, stem, definition in rows:
        found.setdefault(group_id, []).append((kind, _headline(kind, stem, definition)))
    return found


def _headline(kind: str, stem: str, definition: dict[str, Any]) -> str:
    one = question_types().get(kind)
    return f"{definition.get('text', '')} {one.key_text(definition) if one else ''} {stem}"


def _repeats(draft: DraftItem, known: Sequence[tuple[str, str]]) -> bool:
    own = _headline(draft.type, draft.stem, draft.definition)
    return any(kind == draft.type and likeness(own, other) >= SAME for kind, other in known)
