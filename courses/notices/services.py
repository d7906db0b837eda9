"""Writing notices, telling people, acknowledging, reminding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from courses.notices.enums import NoticeState
from courses.notices.models import Notice, NoticeVersion
from courses.notices.permissions import N
from courses.notices.queries import KIND, acknowledged_key, acknowledgement, followed
from courses.notices.questions import judge, read_questions
from courses.notices.rules import can_edit_notice, can_read_notice, can_write_for
from lms.inbox.services import notify
from lms.kernel.clock import shift_date
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.learning.enums import AssignmentReason, Dimension, Verb
from lms.learning.models import Record
from lms.learning.services import assign, branch_members, create_activity, write_record
from lms.people.models import Person, Team
from lms.people.rules import require, require_visible

HOURS_TO_ACKNOWLEDGE = 24


class NoticeError(DomainError):
    """A notice that can't be kept, published or acknowledged like this."""


@dataclass(frozen=True)
class NoticeText:
    """What an author writes."""

    title: str
    body: str
    check_text: str = ""
    effective_on: date | None = None


@dataclass(frozen=True)
class Acknowledged:
    """What an answer led to: the record when everything is right, and which questions were right."""

    record: Record | None
    right: tuple[bool, ...]


def create_notice(*, actor: Person, text: NoticeText, shop_id: int | None, at: datetime) -> Notice:
    """A draft with its first text. Raises NoticeError for an empty text or a broken check."""
    require(N.NOTICES_EDIT, of=actor)
    require_visible(can_write_for(actor, shop_id))
    text = _checked(text)
    activity = create_activity(
        actor=actor, kind=KIND, title=text.title, dimension=Dimension.KNOWLEDGE, shop_id=shop_id, at=at
    )  # a rule that changed is knowledge
    activity.archived_at = at
    notice = Notice(
        activity=activity,
        shop_id=shop_id,
        state=NoticeState.DRAFT,
        number=1,
        latest_number=1,
        created_by_id=actor.id,
        created_at=at,
    )
    db.session.add(notice)
    db.session.flush()
    _add_version(notice, text, actor, at)
    return notice


def edit_notice(*, actor: Person, notice: Notice, text: NoticeText, base: int, at: datetime) -> NoticeVersion | None:
    """Save another text; readers keep the published one until it is published again, which asks everybody anew.

    The same text makes no version (None). NoticeError when somebody saved meanwhile.
    """
    require_visible(can_edit_notice(actor, notice))
    if base != notice.latest_number:
        raise NoticeError(_("别人刚改过这条通知，您的修改没有保存。"), hint=_("请复制您的文字，刷新后再改。"))
    text = _checked(text)
    newest = version_of(notice, notice.latest_number)
    if NoticeText(newest.title, newest.body, newest.check_text, newest.effective_on) == text:
        return None
    notice.latest_number += 1
    if notice.state is NoticeState.DRAFT:
        notice.number, notice.activity.title = notice.latest_number, text.title
    return _add_version(notice, text, actor, at)


def publish_notice(*, actor: Person, notice: Notice, teams: Sequence[Team], at: datetime) -> int:
    """Show it and tell everybody but the actor in the branches of ``teams``, due in a day. Returns how many were told.

    Raises NoticeError without anybody to tell.
    """
    require_visible(can_edit_notice(actor, notice))
    notice.activity.archived_at = None
    people = branch_members(actor=actor, activity=notice.activity, teams=teams)
    people = [person for person in people if person.id != actor.id]  # who writes it has read it
    if not people:
        raise NoticeError(_("还没有选要通知的团队，或团队里没有您可以布置的人。"), where="teams")
    notice.state, notice.published_at = NoticeState.PUBLISHED, at
    notice.number = notice.latest_number
    notice.activity.title = version_of(notice, notice.number).title
    made = assign(
        actor=actor,
        activity=notice.activity,
        people=people,
        due_at=at + timedelta(hours=HOURS_TO_ACKNOWLEDGE),
        reason=AssignmentReason.BY_HAND,
        at=at,
        note=_("请阅读并确认"),
    )
    return len(made)


def close_notice(*, actor: Person, notice: Notice, at: datetime) -> Notice:
    """Ask nobody any more; it stays to be looked up, and so does who acknowledged it."""
    require_visible(can_edit_notice(actor, notice))
    if notice.state is NoticeState.PUBLISHED:
        notice.state, notice.activity.archived_at = NoticeState.CLOSED, at
        db.session.flush()
    return notice


def acknowledge(*, actor: Person, notice: Notice, answers: Mapping[int, str], at: datetime) -> Acknowledged:
    """Note that the actor has read the current version, once every question of its check is answered right.

    The score of the record is that of the first try; each try is a record too. A second call returns the first record.
    """
    require_visible(can_read_notice(actor, notice))
    known = acknowledgement(actor, notice)
    questions = read_questions(version_of(notice, notice.number).check_text).questions
    right = judge(questions, answers)
    if known is not None:
        return Acknowledged(known, (True,) * len(questions))
    if notice.state is not NoticeState.PUBLISHED:
        raise NoticeError(_("这条通知已经结束，不用再确认。"))
    score = sum(right) / len(right) if right else None
    context = {"notice": notice.id, "version": notice.number}
    first = write_record(
        actor=actor,
        verb=Verb.ATTEMPTED,
        activity=notice.activity,
        at=at,
        idempotency_key=f"{acknowledged_key(actor, notice)}:first",
        score=score,
        context=context,
    )
    if not all(right):
        return Acknowledged(None, right)
    record = write_record(
        actor=actor,
        verb=Verb.COMPLETED,
        activity=notice.activity,
        at=at,
        idempotency_key=acknowledged_key(actor, notice),
        score=first.score,
        success=True,
        completion=True,
        context=context,
    )
    return Acknowledged(record, right)


def remind(*, actor: Person, notice: Notice, at: datetime) -> int:
    """Remind everybody in view who has not acknowledged, once a working day. Returns how many were reminded now."""
    require(N.NOTICES_FOLLOW, of=actor)
    waiting = [row.person_id for row in followed(actor, notice) if row.acknowledged_at is None]
    return notify(
        people=waiting,
        kind="notice_reminder",
        key=f"notice:{notice.id}:v{notice.number}:remind:{shift_date(at).isoformat()}",
        title=_("请确认：%(title)s", title=notice.activity.title),
        body=_("这条规则变更通知还没有确认，读完答两道题就好。"),
        url=f"/notices/{notice.id}",
        at=at,
    )


def version_of(notice: Notice, number: int) -> NoticeVersion:
    """A text of the notice by its number."""
    return db.session.query(NoticeVersion).filter_by(notice_id=notice.id, number=number).one()


def _add_version(notice: Notice, text: NoticeText, actor: Person, at: datetime) -> NoticeVersion:
    version = NoticeVersion(
        notice_id=notice.id,
        number=notice.latest_number,
        title=text.title,
        body=text.body,
        check_text=text.check_text,
        effective_on=text.effective_on,
        created_by_id=actor.id,
        created_at=at,
    )
    db.session.add(version)
    db.session.flush()
    return version


def _checked(text: NoticeText) -> NoticeText:
    title, body = " ".join(text.title.split()), text.body.replace("\r\n", "\n").strip()
    if not title or not body:
        raise NoticeError(_("通知要有标题和正文。"))
    check = text.check_text.replace("\r\n", "\n").strip()
    if problems := read_questions(check).problems:
        line, message = problems[0]
        raise NoticeError(message, where=_("小测第 %(line)s 行", line=line))
    return NoticeText(title, body, check, text.effective_on)
