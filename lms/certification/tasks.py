"""What the job process does: draw certificates, remind, and look for certificates that people have earned before."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from lms.certification.end_services import remind_and_lapse
from lms.certification.issue_services import issue_if_due
from lms.certification.models import Certificate, CertificateType
from lms.certification.rendering import CertificateFacts, CertifiedCompetency, EvidenceLine, renderer, verify_url
from lms.kernel.clock import now, to_local
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.jobs import JobHandle
from lms.kernel.storage import files
from lms.learning.models import Record
from lms.people.models import Person
from lms.people.queries import serving_filter


def render(job: JobHandle, certificate_id: int) -> dict[str, Any]:
    """Draw a certificate and keep the PDF. Names the characters that the font lacks."""
    certificate = db.session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound(_("这张证书已经不在了。"))
    job.progress(0, 2, _("正在排版"))
    facts, look = facts_of(certificate), renderer(certificate.renderer)
    pdf = look.render(facts)
    job.progress(1, 2, _("正在保存"))
    stored, before = files().save(io.BytesIO(pdf), suffix=".pdf"), certificate.pdf_key
    certificate.pdf_key, certificate.pdf_sha256 = stored.key, stored.sha256
    db.session.flush()
    if before:
        files().delete(before)
    return {"bytes": stored.size, "lacking": list(look.lacking(facts))}


def facts_of(certificate: Certificate) -> CertificateFacts:
    """What is printed: all of it frozen on the certificate, but for the address of the public page."""
    last = certificate.expires_at
    return CertificateFacts(
        number=certificate.number,
        title=certificate.title,
        holder=certificate.holder_name,
        issuer=certificate.issuer,
        issued_on=_day(certificate.issued_at),
        valid_from=_day(certificate.valid_from),
        last_day=None if last is None else _day(last - timedelta(microseconds=1)),
        competencies=[CertifiedCompetency(c["code"], c["name"], c["dimension"]) for c in certificate.competencies],
        evidence=[
            EvidenceLine(
                line["title"],
                _day(datetime.fromisoformat(line["at"])),
                line["score"],
                str(line["version"] or ""),
                bool(line.get("part")),
            )
            for line in certificate.evidence
        ],
        verify_url=verify_url(certificate.token),
    )


def _day(at: datetime) -> date:
    return to_local(at).date()


def remind(at: datetime) -> None:
    """Every hour: reminders, renewals, lapses."""
    remind_and_lapse(at=at)


def recheck(job: JobHandle, type_id: int) -> dict[str, Any]:
    """Issue a type's certificates to everybody who has earned one and does not have it yet."""
    certificate_type = db.session.get(CertificateType, type_id)
    if certificate_type is None or certificate_type.archived_at is not None:
        raise NotFound(_("这种证书已停用。"))
    wanted = [each.activity_id for each in certificate_type.requirements]
    if certificate_type.renewal_activity_id is not None:
        wanted.append(certificate_type.renewal_activity_id)
    told = select(Record.actor_id).where(
        Record.activity_id.in_(wanted), or_(Record.success.is_(True), Record.completion.is_(True))
    )
    query = select(Person).where(
        Person.active, Person.id.in_(told), serving_filter(certificate_type.shop_id, Person.id)
    )
    people = list(db.session.scalars(query.order_by(Person.id)))
    issued, at = 0, now()
    for number, person in enumerate(people):
        job.progress(number, len(people), person.name)
        issued += issue_if_due(person=person, certificate_type=certificate_type, at=at) is not None
    return {"checked": len(people), "issued": issued}
