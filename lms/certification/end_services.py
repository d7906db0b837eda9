"""What ends a certificate: its term, with reminders before, and a revocation."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.certification.enums import EventKind
from lms.certification.issue_services import CertificateError, last_day, note_event
from lms.certification.models import REASON_MAX, Certificate, CertificateType
from lms.certification.permissions import P
from lms.certification.queries import can_see_certificate, not_renewed
from lms.certification.rules import REMINDERS, due_reminder
from lms.inbox.services import notify
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.kernel.plugins import hooks
from lms.learning.enums import AssignmentReason
from lms.learning.services import hand_out, take_back
from lms.people.models import Person
from lms.people.rules import require, require_visible

log = logging.getLogger(__name__)

LATE_DUE = timedelta(days=7)
"""How long somebody gets for a renewal whose task came after the end."""
LOOK_AHEAD = timedelta(days=32)
A_MINUTE = timedelta(minutes=1)
"""A task is due by 23:59 of the last day, not by the next one's first moment."""
_KINDS = frozenset(kind for _days, kind in REMINDERS)


def remind_and_lapse(*, at: datetime) -> dict[str, int]:
    """Send the reminders that are due, hand out renewals, note what lapsed. Run it as often or as seldom as you like.

    A holder gets one message a run and certificate: a last reminder that comes after the end says that it is over.
    """
    done = {"reminded": 0, "lapsed": 0}
    for certificate in _near_their_end(at):
        known = {event.kind for event in certificate.events}
        try:
            with db.session.begin_nested():
                told = _remind(certificate, known & _KINDS, at)
                done["reminded"] += told
                done["lapsed"] += _lapse(certificate, known, at, told=told)
        except DomainError as error:  # somebody gives out the same task just now: the next run finds it done
            log.warning("certificate %s: %s", certificate.number, error)
    return done


def _near_their_end(at: datetime) -> list[Certificate]:
    over = Certificate.events.property.mapper.class_.kind == EventKind.LAPSED
    query = (
        select(Certificate)
        .where(
            Certificate.expires_at <= at + LOOK_AHEAD,
            Certificate.issued_at <= at,
            Certificate.revoked_at.is_(None),
            not_renewed(),
            or_(Certificate.expires_at > at, ~Certificate.events.any(over)),
        )
        .options(
            joinedload(Certificate.person).lazyload(Person.grants),
            joinedload(Certificate.type).joinedload(CertificateType.renewal_activity),
            selectinload(Certificate.events),
        )
        .order_by(Certificate.id)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _remind(certificate: Certificate, sent: Collection[EventKind], at: datetime) -> bool:
    assert certificate.expires_at is not None
    kind = due_reminder(expires_at=certificate.expires_at, at=at, sent=sent)
    if kind is None or not certificate.person.active:
        return False
    late = certificate.expires_at <= at
    note_event(certificate, kind, at, late=late)
    if not sent:
        _hand_out_renewal(certificate, at)
    _say(certificate, str(kind), at, late=late)
    return True


def _say(certificate: Certificate, word: str, at: datetime, *, late: bool) -> None:
    renewal = certificate.type.renewal_activity
    todo = (
        _("请完成“%(title)s”续期。", title=renewal.title)
        if renewal is not None and renewal.archived_at is None
        else _("请重新通过发证要求的学习活动来续期。")
    )
    title = (
        _("您的“%(title)s”已过期", title=certificate.title)
        if late
        else _("您的“%(title)s”将于 %(day)s 到期", title=certificate.title, day=last_day(certificate))
    )
    notify(
        people=[certificate.person_id],
        kind="certificate_lapsed" if word == EventKind.LAPSED else "certificate_reminder",
        key=f"certificate:{certificate.id}:{word}",
        title=title,
        body=todo,
        url=f"/certificates/{certificate.id}",
        at=at,
    )


def _hand_out_renewal(certificate: Certificate, at: datetime) -> None:
    activity = certificate.type.renewal_activity
    if activity is None or certificate.expires_at is None:
        return
    hand_out(
        activity=activity,
        person_ids=[certificate.person_id],
        due_at=certificate.expires_at - A_MINUTE if certificate.expires_at > at else at + LATE_DUE,
        reason=AssignmentReason.RECERTIFICATION,
        at=at,
        note=_("“%(title)s”续期", title=certificate.title),
    )


def _lapse(certificate: Certificate, known: Collection[EventKind], at: datetime, *, told: bool) -> bool:
    if certificate.expires_at is None or certificate.expires_at > at or EventKind.LAPSED in known:
        return False
    note_event(certificate, EventKind.LAPSED, certificate.expires_at)
    if not told and certificate.person.active:
        _say(certificate, str(EventKind.LAPSED), at, late=True)
    hooks().certificate_ended(certificate=certificate)
    return True


def revoke(*, actor: Person, certificate: Certificate, reason: str, at: datetime) -> list[Certificate]:
    """Revoke a certificate for good, and with it whatever else of the same type the holder has that has not ended.

    Returns what was revoked, [] when it was revoked before. The holder is told the reason; an open renewal task is
    taken back.
    """
    require(P.CERTIFICATES_REVOKE, of=actor)
    require_visible(can_see_certificate(actor, certificate))
    reason = " ".join(reason.split())
    if not reason:
        raise CertificateError(_("请填写吊销原因。"), where="reason")
    if len(reason) > REASON_MAX:
        raise CertificateError(_("原因太长了，最多 %(n)s 个字。", n=REASON_MAX), where="reason")
    if actor.id == certificate.person_id:
        raise CertificateError(_("不能吊销自己的证书。"), hint=_("请由上级或管理员操作。"))
    also = select(Certificate).where(
        Certificate.person_id == certificate.person_id,
        Certificate.type_id == certificate.type_id,
        Certificate.revoked_at.is_(None),
        or_(Certificate.id == certificate.id, Certificate.expires_at.is_(None), Certificate.expires_at > at),
    )
    found = list(db.session.scalars(also.order_by(Certificate.id).with_for_update()))
    if certificate.id not in {each.id for each in found}:
        return []
    for each in found:
        each.revoked_at, each.revoked_by_id, each.revoke_reason = at, actor.id, reason
        note_event(each, EventKind.REVOKED, at, actor=actor, note=reason)
    renewal = certificate.type.renewal_activity_id
    if renewal is not None:
        take_back(
            person_id=certificate.person_id, activity_ids=[renewal], reason=AssignmentReason.RECERTIFICATION, at=at
        )
    notify(
        people=[certificate.person_id],
        kind="certificate_revoked",
        key=f"certificate:{certificate.id}:revoked",
        title=_("您的“%(title)s”已被吊销", title=certificate.title),
        body=_("原因：%(reason)s", reason=reason),
        url=f"/certificates/{certificate.id}",
        at=at,
    )
    for each in found:
        hooks().certificate_ended(certificate=each)
    return found
