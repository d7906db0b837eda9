"""Mining the chats of a shop into stored groups, and what a person decides about a group."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import String, delete, insert, select, type_coerce

from lms.conversations.enums import MessageKind, Side
from lms.conversations.models import Conversation, Message
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.kernel.plugins import hooks
from lms.knowledge.models import Product
from lms.knowledge.queries import products_by_sku
from lms.learning.enums import Dimension
from lms.people.models import Person
from quizzes.mining.enums import GroupState, Stage
from quizzes.mining.identity import match_groups
from quizzes.mining.models import ANSWER_MAX, QUESTION_MAX, GroupAnswer, MiningRun, Question, QuestionGroup

if TYPE_CHECKING:
    from quizzes.mining.chats import ChatMessage, MinedChats, MinedGroup

Told = Callable[[int, int, str], None]
STEPS = 4
_ROWS = 1000
EDITABLE = ("question", "answer", "stage", "dimension", "product_label")


class BadLabel(DomainError):
    """What a person wrote in a field of a group can't stand."""


def mine_questions(*, shop_id: int | None, actor: Person | None, at: datetime, told: Told | None = None) -> MiningRun:
    """Mine all chats of one shop (None: of those that belong to no shop) and store the groups.

    A group that continues a stored one keeps its id, and what a person set on it; stored groups that are no longer
    found are retired. Fires the hook ``questions_mined``.
    """
    with _no_cycle_search():
        return _mine(shop_id, actor, at, told or (lambda done, total, note: None))


@contextmanager
def _no_cycle_search() -> Iterator[None]:
    """Without the search for reference cycles: it costs a third of the time where many small values are alive, and
    mining makes no cycles worth finding."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _mine(shop_id: int | None, actor: Person | None, at: datetime, tell: Told) -> MiningRun:
    from quizzes.mining.miner import mine_chats  # loads NumPy and SciPy: jobs and commands only

    started = time.perf_counter()
    run = MiningRun(shop_id=shop_id, created_by_id=actor.id if actor else None, started_at=at)
    db.session.add(run)
    db.session.flush()
    tell(0, STEPS, _("读取会话"))
    products = products_by_sku(shop_id)
    names = {sku: product.name for sku, product in products.items()} | {p.name: p.name for p in products.values()}
    messages = list(_messages(shop_id))
    tell(1, STEPS, _("识别和归并问题"))
    mined = mine_chats(messages, products=names)
    tell(2, STEPS, _("保存结果"))
    _store(run, mined, products)
    run.conversations, run.messages = mined.conversations, mined.messages
    run.questions, run.groups = mined.questions, len(mined.groups)
    run.seconds = round(time.perf_counter() - started, 3)
    run.finished_at = at
    db.session.flush()
    hooks().questions_mined(run=run)
    tell(STEPS, STEPS, "")
    return run


def _messages(shop_id: int | None) -> Iterator[ChatMessage]:
    from quizzes.mining.chats import ChatMessage

    scope = Conversation.shop_id == shop_id if shop_id is not None else Conversation.shop_id.is_(None)
    query = (
        select(
            Message.conversation_id,
            Message.id,
            type_coerce(Message.side, String),
            Message.text,
            type_coerce(Message.kind, String),
            Conversation.product_ref,
            Conversation.product_name,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(scope, Message.side != Side.SYSTEM, Message.kind.in_((MessageKind.TEXT, MessageKind.CARD)))
        .order_by(Message.conversation_id, Message.position)
    )
    for conversation_id, message_id, side, text, kind, ref, name in db.session.execute(query).yield_per(5000):
        yield ChatMessage(conversation_id, message_id, side, text, kind, ref or "", name or "")


Member = tuple[int, str]


def _members(group: MinedGroup) -> frozenset[Hashable]:
    return frozenset((question.message_id, question.normalised) for question in group.questions)


def _store(run: MiningRun, mined: MinedChats, products: Mapping[str, Product]) -> None:
    scope = QuestionGroup.shop_id == run.shop_id if run.shop_id is not None else QuestionGroup.shop_id.is_(None)
    stored = {group.id: group for group in db.session.scalars(select(QuestionGroup).where(scope))}
    held: dict[int, set[Hashable]] = defaultdict(set)
    query = select(Question.group_id, Question.message_id, Question.normalised).join(QuestionGroup).where(scope)
    for group_id, message_id, normalised in db.session.execute(query):
        held[group_id].add((message_id, normalised))
    in_use = frozenset(ident for ident, group in stored.items() if group.state != GroupState.RETIRED)
    matched = match_groups(
        [_members(group) for group in mined.groups], {ident: frozenset(held[ident]) for ident in held}, in_use
    )
    by_name = {product.name: product for product in products.values()}
    groups: list[QuestionGroup] = []
    for index, found in enumerate(mined.groups):
        group = stored[matched[index]] if index in matched else QuestionGroup(shop_id=run.shop_id, labels={})
        _renew(group, found, run, products.get(found.product_ref) or by_name.get(found.product))
        if group.id is None:
            db.session.add(group)
        groups.append(group)
    kept = set(matched.values())
    for ident, group in stored.items():
        if ident not in kept and group.state == GroupState.ACTIVE:
            group.state = GroupState.RETIRED
    db.session.flush()
    _replace_rows(list(kept), groups, mined)


def _renew(group: QuestionGroup, found: MinedGroup, run: MiningRun, product: Product | None) -> None:
    """Put what was mined into a group, but for the fields that a person set."""
    labels = group.labels or {}
    group.run_id, group.count, group.share = run.id, found.count, found.share
    group.variant_count = len(found.variants)
    if group.state is None or group.state == GroupState.RETIRED:
        group.state = GroupState.ACTIVE
    if "question" not in labels:
        group.question = found.question[:QUESTION_MAX]
    if "stage" not in labels:
        group.stage = Stage(found.stage)
    if "dimension" not in labels:
        group.dimension = Dimension(found.dimension)
    if "product_label" not in labels:
        group.product_label = found.product[:200]
        group.product_id = product.id if product else None
    if "answer" not in labels:
        refused = set(labels.get("refused", ()))
        group.answer = next((answer.text for answer in found.answers if answer.text not in refused), "")[:ANSWER_MAX]


def _replace_rows(continued: list[int], groups: list[QuestionGroup], mined: MinedChats) -> None:
    """Questions and answers of all groups of this run, in bulk. Retired groups keep theirs."""
    for start in range(0, len(continued), 500):
        some = continued[start : start + 500]
        db.session.execute(delete(Question).where(Question.group_id.in_(some)))
        db.session.execute(delete(GroupAnswer).where(GroupAnswer.group_id.in_(some)))
    questions: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    for group, found in zip(groups, mined.groups, strict=True):
        questions += [
            {
                "group_id": group.id,
                "conversation_id": question.conversation_id,
                "message_id": question.message_id,
                "text": question.text,
                "normalised": question.normalised,
            }
            for question in found.questions
        ]
        answers += _answer_rows(group, found)
    for model, rows in ((Question, questions), (GroupAnswer, answers)):
        for start in range(0, len(rows), _ROWS):
            db.session.execute(insert(model), rows[start : start + _ROWS])


def _answer_rows(group: QuestionGroup, found: MinedGroup) -> list[dict[str, Any]]:
    labels = group.labels or {}
    refused = set(labels.get("refused", ()))
    rows: list[dict[str, Any]] = []
    chosen = labels.get("answer")
    if chosen and all(answer.text != chosen for answer in found.answers):
        rows.append(_answer_row(group.id, None, None, chosen, 1, True))
    ordered = sorted(found.answers, key=lambda answer: (answer.text in refused, answer.text != chosen))
    for answer in ordered:
        rows.append(_answer_row(group.id, *answer.source, answer.text, answer.count, answer.text not in refused))
    for rank, row in enumerate(rows, start=1):
        row["rank"] = rank
    return rows


def _answer_row(
    group_id: int, conversation_id: int | None, message_id: int | None, text: str, count: int, general: bool
) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "text": text,
        "count": count,
        "general": general,
    }


def edit_group(*, actor: Person, group: QuestionGroup, values: Mapping[str, str], at: datetime) -> QuestionGroup:
    """Set fields of a group (those of EDITABLE). What is set stays when the chats are mined again.

    Raises BadLabel. An answer that no agent gave is added as the first.
    """
    changed = {name: values[name].strip() for name in EDITABLE if name in values}
    changed = {name: value for name, value in changed.items() if value != str(getattr(group, name))}
    if "question" in changed and not 2 <= len(changed["question"]) <= QUESTION_MAX:
        raise BadLabel(_("问题要写 2–%(n)s 个字。", n=QUESTION_MAX), where=_("问题"))
    if len(changed.get("answer", "")) > ANSWER_MAX:
        raise BadLabel(_("回答最多 %(n)s 个字。", n=ANSWER_MAX), where=_("采用的回答"))
    try:
        for name, kind in (("stage", Stage), ("dimension", Dimension)):
            if name in changed:
                setattr(group, name, kind(changed[name]))
    except ValueError as error:
        raise BadLabel(_("没有这个选项，请重新选择。")) from error
    for name in ("question", "product_label", "answer"):
        if name in changed:
            setattr(group, name, changed[name])
    if "product_label" in changed:
        group.product_id = _product_named(group.shop_id, changed["product_label"])
    if "answer" in changed:
        _put_first(group, changed["answer"])
    if changed:
        group.labels = {**(group.labels or {}), **changed}
        group.edited_by_id, group.edited_at = actor.id, at
    db.session.flush()
    return group


def _product_named(shop_id: int | None, name: str) -> int | None:
    if not name:
        return None
    query = select(Product.id).where(Product.name == name)
    return db.session.scalars(query.where(Product.shop_id == shop_id).limit(1)).first()


def _put_first(group: QuestionGroup, text: str) -> None:
    """Make this answer the first of the group; one that no agent gave is added, an older one of this kind removed."""
    rows = list(
        db.session.scalars(select(GroupAnswer).where(GroupAnswer.group_id == group.id).order_by(GroupAnswer.rank))
    )
    for row in [row for row in rows if row.message_id is None and row.text != text]:
        db.session.delete(row)
        rows.remove(row)
    chosen = next((row for row in rows if row.text == text), None)
    if chosen is None and text:
        chosen = GroupAnswer(group_id=group.id, text=text, count=1, rank=0, general=True)
        db.session.add(chosen)
    if chosen is not None:
        chosen.general = True
        rows = [chosen, *(row for row in rows if row is not chosen)]
    for rank, row in enumerate(rows, start=1):
        row.rank = rank


def refuse_answer(*, actor: Person, group: QuestionGroup, answer: GroupAnswer, at: datetime) -> QuestionGroup:
    """Say that an answer must not be used; the next one takes its place. A second call takes it back."""
    refused = list((group.labels or {}).get("refused", []))
    answer.general = not answer.general
    if answer.general:
        refused = [text for text in refused if text != answer.text]
    else:
        refused.append(answer.text)
    labels = {**(group.labels or {}), "refused": refused}
    if group.answer == answer.text and not answer.general:
        labels.pop("answer", None)
    group.labels = labels
    db.session.flush()
    if "answer" not in labels:
        best = select(GroupAnswer.text).where(GroupAnswer.group_id == group.id, GroupAnswer.general)
        group.answer = (db.session.scalars(best.order_by(GroupAnswer.rank).limit(1)).first() or "")[:ANSWER_MAX]
    group.edited_by_id, group.edited_at = actor.id, at
    db.session.flush()
    return group


def hide_group(*, actor: Person, group: QuestionGroup, hidden: bool, at: datetime) -> QuestionGroup:
    """Take a group out of the list ("not a question"), or put it back; mining again leaves it as it is."""
    if group.state != GroupState.RETIRED:
        group.state = GroupState.HIDDEN if hidden else GroupState.ACTIVE
        group.edited_by_id, group.edited_at = actor.id, at
        db.session.flush()
    return group
