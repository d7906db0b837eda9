"""A reviewer's work on one chat of the queue: take it, keep the draft, submit it, go on with the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.conversations.models import Message
from lms.kernel.db import db
from lms.kernel.errors import Conflict
from lms.people.models import Person, Shop
from lms.people.rules import has_permission
from lms.qa.chats.models import ChatAgent
from lms.qa.enums import EntrySource, EntryState, Origin
from lms.qa.evaluations.drafts import ScoringDraft, answers_of, praise_of, unknown_numbers
from lms.qa.evaluations.models import Evaluation
from lms.qa.evaluations.queries import in_hand
from lms.qa.evaluations.services import ScoringError, submit_evaluation
from lms.qa.permissions import Q
from lms.qa.sampling.claims import QueueError, claim_next
from lms.qa.sampling.models import QueueEntry
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion


class NotYours(Conflict):
    """Somebody else has the chat, or it is not to be scored any more."""


class DraftMoved(Conflict):
    """The draft was saved from another window in the meantime."""


def take(*, actor: Person, entry: QueueEntry, at: datetime) -> None:
    """Claim a waiting chat; a claimed one stays with its reviewer. Raises NotYours when somebody else was faster.

    Part-time reviewers take what the queue gives them: only a chat that they began before is theirs to open.
    """
    if entry.state is EntryState.WAITING:
        if not has_permission(actor, Q.EVALUATIONS_EDIT) and draft_of(entry, actor).owner_id != actor.id:
            raise NotYours(_("这通会话不在您手上。"), hint=_("请回到待评列表，领取下一通。"))
        claimed = (
            update(QueueEntry)
            .where(QueueEntry.id == entry.id, QueueEntry.state == EntryState.WAITING)
            .values(state=EntryState.CLAIMED, reviewer_id=actor.id, claimed_at=at)
        )
        db.session.execute(claimed)
        db.session.refresh(entry)
    if entry.state is EntryState.DROPPED:
        raise NotYours(_("这通会话已从待评列表撤下，不用评了。"), hint=_("请回到待评列表，取下一通。"))
    if entry.state is not EntryState.CLAIMED or entry.reviewer_id != actor.id:
        raise NotYours(_("这通会话已由别人领取。"), hint=_("请回到待评列表，取下一通。"))


def _hold(entry: QueueEntry) -> None:
    """Lock the entry for this transaction and read it anew: of two submissions at once the second sees the first."""
    touched = update(QueueEntry).where(QueueEntry.id == entry.id).values(shuffle=QueueEntry.shuffle)
    db.session.execute(touched)
    db.session.refresh(entry)


def draft_of(entry: QueueEntry, actor: Person) -> ScoringDraft:
    """What the reviewer filled in before; the draft of one who gave the chat back is not theirs to see."""
    draft = ScoringDraft.from_json(entry.draft)
    return draft if draft.owner_id == actor.id else ScoringDraft()


def keep_draft(*, actor: Person, entry: QueueEntry, draft: ScoringDraft, at: datetime) -> int:
    """Keep what was filled in so far; returns its new number.

    Raises NotYours when the claim is lost, DraftMoved when another window saved after this one was loaded.
    """
    _hold(entry)
    take(actor=actor, entry=entry, at=at)
    known = draft_of(entry, actor)
    if draft.rev != known.rev:
        raise DraftMoved(_("这通会话在另一个窗口里改过。"), hint=_("请刷新页面，接着最新的内容评。"))
    entry.draft = replace(draft, rev=known.rev + 1, owner_id=actor.id).to_json()
    db.session.flush()
    return known.rev + 1


def submit_draft(
    *, actor: Person, entry: QueueEntry, draft: ScoringDraft, version: ScorecardVersion, at: datetime
) -> Evaluation:
    """Submit a scoring. A second submission by the same reviewer returns the evaluation of the first.

    Raises NotYours when the claim is lost, ScoringError with what is still missing.
    """
    _hold(entry)
    if entry.state is EntryState.DONE and entry.reviewer_id == actor.id:
        return db.session.scalars(select(Evaluation).where(Evaluation.entry_id == entry.id)).one()
    take(actor=actor, entry=entry, at=at)
    definition = Definition.from_json(version.definition)
    message_ids = list(
        db.session.scalars(
            select(Message.id).where(Message.conversation_id == entry.conversation_id).order_by(Message.position)
        )
    )
    unknown = unknown_numbers(draft, len(message_ids))
    if unknown:
        raise ScoringError(
            _("这通会话里没有第 %(n)s 条消息。", n="、".join(str(n) for n in unknown[:5])),
            hint=_("请按左边消息前的编号填写。"),
        )
    served = db.session.get(ChatAgent, entry.conversation_id)
    waited = int((at - entry.claimed_at).total_seconds()) if entry.claimed_at else 0
    return submit_evaluation(
        actor=actor,
        agent=entry.agent,
        shop_id=entry.shop_id,
        version=version,
        answers=answers_of(draft, definition, message_ids),
        at=at,
        origin=Origin.BY_HAND if entry.source is EntrySource.BY_HAND else Origin.QUEUE,
        served_at=served.served_at if served else entry.conversation.started_at or entry.created_at,
        conversation=entry.conversation,
        entry=entry,
        comment=draft.comment,
        praise=praise_of(draft, message_ids),
        seconds=min(draft.seconds, waited) or None,
    )


def next_entry(*, actor: Person, shop_id: int, at: datetime) -> QueueEntry | None:
    """What follows in this shop: what is in the reviewer's hands, else the next of the queue, claimed. None when
    nothing waits, or the week's quota is reached.
    """
    held = in_hand(actor, shop_id)
    if held is not None:
        return held
    try:
        return claim_next(actor=actor, shop=db.session.get_one(Shop, shop_id), at=at)
    except QueueError:
        return None
