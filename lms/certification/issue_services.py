"""Issuing certificates: by themselves when the ledger proves everything, once each, with what proved it frozen."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.certification.enums import EventKind
from lms.certification.models import Certificate, CertificateEvent, CertificateType
from lms.certification.permissions import P
from lms.certification.queries import (
    can_see_certificate,
    latest,
    passes,
    records_with_activity,
    root_team_name,
    types_that_ask_for,
)
from lms.certification.rules import Ask, Held, Need, Pass, asked, certificate_number, evidence, term
from lms.inbox.services import notify
from lms.kernel.clock import now, to_local
from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.jobs import enqueue
from lms.kernel.plugins import hooks
from lms.learning.models import Record
from lms.people.models import Person
from lms.people.rules import can_see_shop, require, require_visible

TRIES = 5
RENDER_AT_ONCE = timedelta(days=1)
"""What was issued longer ago than this (demo, import) gets its PDF when somebody first asks for it."""
RENDER_JOB = "certification.render"


class CertificateError(DomainError):
    """A certificate that can't be issued or ended like this."""


class IssuedMeanwhile(Conflict):
    """Somebody else keeps issuing certificates at this very moment."""


def note_record(*, record: Record) -> list[Certificate]:
    """Issue what a new row of the ledger completes; most rows complete nothing."""
    row = Pass(record.id, record.activity_id, record.at, record.score, record.success, record.completion)
    if not row.passed:
        return []
    made = []
    for certificate_type in types_that_ask_for(record.activity_id):
        certificate = issue_if_due(person=record.actor, certificate_type=certificate_type, at=record.at)
        if certificate is not None:
            made.append(certificate)
    return made


def issue_if_due(*, person: Person, certificate_type: CertificateType, at: datetime) -> Certificate | None:
    """Issue the certificate that the person has earned and does not have yet; None when there is none.

    Nobody who left and nobody who does not see the type's shop gets one. Told twice, or twice at once, it is one.
    """
    if not person.active or not can_see_shop(person, certificate_type.shop_id):
        return None
    held = latest(person.id, certificate_type.id)
    ask = asked(
        needs=_needs(certificate_type),
        renewal_activity_id=certificate_type.renewal_activity_id,
        held=Held(held.expires_at, held.revoked_at) if held else None,
    )
    return _issue(person, certificate_type, held, ask, at) if ask else None


def issue_anew(*, actor: Person, certificate: Certificate, at: datetime) -> Certificate:
    """After a revocation: a new certificate on what was passed before, on the actor's word.

    Raises CertificateError unless this is the holder's latest and revoked, and everything is still proven.
    """
    require(P.CERTIFICATES_REVOKE, of=actor)
    require_visible(can_see_certificate(actor, certificate))
    if actor.id == certificate.person_id:
        raise CertificateError(_("不能给自己签发证书。"), hint=_("请由上级或管理员操作。"))
    held = latest(certificate.person_id, certificate.type_id)
    if held is None or held.id != certificate.id or certificate.revoked_at is None:
        raise CertificateError(_("只有已吊销、且之后没有再发的证书才能重新签发。"), where=certificate.number)
    kind = certificate.type
    if kind.archived_at is not None:
        raise CertificateError(_("这种证书已停用，不能再签发。"), where=kind.title)
    made = _issue(certificate.person, kind, held, Ask(tuple(_needs(kind))), at, actor=actor)
    if made is None:
        raise CertificateError(
            _("%(name)s还没有满足“%(title)s”的要求。", name=certificate.person.name, title=kind.title),
            hint=_("请先布置未通过的学习活动，通过后系统会自动发证。"),
        )
    return made


def _needs(certificate_type: CertificateType) -> list[Need]:
    return [Need(each.activity_id, each.min_score) for each in certificate_type.requirements]


def _issue(
    person: Person,
    certificate_type: CertificateType,
    held: Certificate | None,
    ask: Ask,
    at: datetime,
    *,
    actor: Person | None = None,
) -> Certificate | None:
    proof = evidence(ask.needs, passes(person.id, [need.activity_id for need in ask.needs]), since=ask.since)
    if proof is None:
        return None
    sequence = held.sequence + 1 if held else 1
    renews = held if held is not None and held.revoked_at is None else None
    span = term(
        at=at,
        validity_days=certificate_type.validity_days,
        previous_end=renews.expires_at if renews else None,
    )
    frozen: dict[str, Any] = {
        "type_id": certificate_type.id,
        "type_version": certificate_type.version,
        "person_id": person.id,
        "sequence": sequence,
        "holder_name": person.name,
        "title": certificate_type.title,
        "issuer": certificate_type.shop.name if certificate_type.shop else root_team_name(person),
        "shop_id": certificate_type.shop_id,
        "issued_at": at,
        "valid_from": span.valid_from,
        "expires_at": span.expires_at,
        "competencies": _competencies(certificate_type),
        "evidence": _frozen_evidence(person, proof),
        "renews_id": renews.id if renews else None,
        "renderer": certificate_type.renderer,
    }
    made = _number_and_save(certificate_type.code, at, frozen)
    if made is None:  # the same certificate was issued at this very moment: it was told of there
        return latest(person.id, certificate_type.id)
    _tell(made, renews, at, actor)
    return made


def _number_and_save(code: str, at: datetime, frozen: dict[str, Any]) -> Certificate | None:
    """Save under the next free number; None when somebody else has issued this very certificate meanwhile."""
    series = f"{code}-{to_local(at).year}"
    for _try in range(TRIES):
        last = db.session.scalar(select(func.max(Certificate.serial)).where(Certificate.series == series)) or 0
        number = certificate_number(code, to_local(at).year, last + 1)
        certificate = Certificate(
            number=number, series=series, serial=last + 1, token=secrets.token_urlsafe(24), **frozen
        )
        try:
            with db.session.begin_nested():
                db.session.add(certificate)
        except IntegrityError:
            there = latest(frozen["person_id"], frozen["type_id"])
            if there is not None and there.sequence >= frozen["sequence"]:
                return None
            continue  # the number was taken by another person's certificate
        return certificate
    raise IssuedMeanwhile(_("发证太集中，编号没有排上，请稍后重试。"))


def _tell(certificate: Certificate, renews: Certificate | None, at: datetime, actor: Person | None) -> None:
    note_event(certificate, EventKind.ISSUED, at, actor=actor)
    if renews is not None:
        late = renews.expires_at is not None and renews.expires_at <= at
        kind = EventKind.LATE_RENEWAL if late else EventKind.RENEWED
        note_event(renews, kind, at, note=certificate.number)
    if now() - at < RENDER_AT_ONCE:
        certificate.pdf_job_id = enqueue(RENDER_JOB, actor_id=certificate.person_id, certificate_id=certificate.id).id
    db.session.flush()
    end = _("长期有效") if certificate.expires_at is None else _("有效期至 %(day)s", day=last_day(certificate))
    notify(
        people=[certificate.person_id],
        kind="certificate_issued",
        key=f"certificate:{certificate.id}:issued",
        title=_("您已获得“%(title)s”", title=certificate.title),
        body=_("证书编号 %(number)s，%(end)s。", number=certificate.number, end=end),
        url=f"/certificates/{certificate.id}",
        at=at,
    )
    hooks().certificate_issued(certificate=certificate)


def last_day(certificate: Certificate) -> str:
    """The last day on which the certificate counts, as Shanghai's calendar has it; "" without an end."""
    if certificate.expires_at is None:
        return ""
    return to_local(certificate.expires_at - timedelta(microseconds=1)).strftime("%Y-%m-%d")


def note_event(
    certificate: Certificate,
    kind: EventKind,
    at: datetime,
    *,
    actor: Person | None = None,
    note: str = "",
    late: bool = False,
) -> CertificateEvent:
    """Append what happened to a certificate; each kind is there once at most."""
    event = CertificateEvent(
        certificate_id=certificate.id, kind=kind, at=at, actor_id=actor.id if actor else None, note=note, late=late
    )
    db.session.add(event)
    db.session.flush()
    return event


def _competencies(certificate_type: CertificateType) -> list[dict[str, Any]]:
    """What the type names, and what the required activities teach or test; by dimension and code."""
    every = {each.id: each for each in certificate_type.competencies}
    for requirement in certificate_type.requirements:
        every |= {each.id: each for each in requirement.activity.competencies}
    ordered = sorted(every.values(), key=lambda each: (each.dimension, each.code))
    return [{"code": each.code, "name": each.name, "dimension": str(each.dimension)} for each in ordered]


def _frozen_evidence(person: Person, proof: Sequence[tuple[Need, Pass]]) -> list[dict[str, Any]]:
    """The proving rows as they are now, each followed by the rows that it names in its context as its own evidence."""
    rows = records_with_activity([row.record_id for _need, row in proof])
    behind = records_with_activity([ident for row in rows.values() for ident in _named(row)])
    lines = []
    for _need, proven in proof:
        record = rows[proven.record_id]
        lines.append(_line(record))
        named = [behind[ident] for ident in _named(record) if ident in behind]
        lines += [_line(part) | {"part": True} for part in named if part.actor_id == person.id]
    return lines


def _named(record: Record) -> list[int]:
    named = record.context.get("evidence")
    return [ident for ident in named if isinstance(ident, int)] if isinstance(named, list) else []


def _line(record: Record) -> dict[str, Any]:
    version = record.context.get("version")
    return {
        "activity_id": record.activity_id,
        "kind": record.activity.kind,
        "title": record.activity.title,
        "record_id": record.id,
        "score": record.score,
        "at": record.at.isoformat(),
        "version": version if isinstance(version, int | str) else None,
    }
