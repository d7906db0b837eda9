"""What the certificate pages show, gathered in few statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.certification.models import Certificate, CertificateRequirement, CertificateType
from lms.certification.permissions import P
from lms.certification.queries import (
    certificates_of,
    latest,
    passes,
    records_with_activity,
    types_visible_to,
)
from lms.certification.rendering import verify_url
from lms.certification.rules import Need, evidence
from lms.kernel.db import db
from lms.learning.enums import AssignmentState
from lms.learning.labels import record_url, urls_open_to
from lms.learning.models import Assignment
from lms.people.models import Person
from lms.people.rules import has_permission


@dataclass(frozen=True)
class Step:
    """A requirement of a certificate that somebody does not have yet."""

    title: str
    url: str | None
    done: bool
    min_score: float | None


@dataclass(frozen=True)
class Goal:
    """A certificate that somebody can still earn, and how far it is."""

    type: CertificateType
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)


@dataclass(frozen=True)
class Own:
    """One's certificates, the open renewal task by type, and what could be earned."""

    certificates: list[Certificate]
    renewals: dict[int, Assignment]
    goals: list[Goal]


def own_page(person: Person, at: datetime) -> Own:
    """Everything for 我的证书."""
    held = list(db.session.scalars(certificates_of(person.id)))
    types = list(db.session.scalars(types_visible_to(person)))
    renewing = {kind.renewal_activity_id: kind.id for kind in types if kind.renewal_activity_id is not None}
    waiting = select(Assignment).where(
        Assignment.person_id == person.id,
        Assignment.state == AssignmentState.OPEN,
        Assignment.activity_id.in_(list(renewing)),
    )
    latest_of: dict[int, Certificate] = {}
    for certificate in reversed(held):
        latest_of[certificate.type_id] = certificate
    tasks = {renewing[task.activity_id]: task for task in db.session.scalars(waiting)} if latest_of else {}
    missing = [kind for kind in types if kind.id not in latest_of]
    wanted = {need.activity_id for kind in missing for need in kind.requirements}
    rows = passes(person.id, wanted) if wanted else []
    urls = urls_open_to(person, [need.activity for kind in missing for need in kind.requirements])
    goals = [Goal(kind, tuple(_step(need, rows, urls) for need in kind.requirements)) for kind in missing]
    return Own(held, {kind: task for kind, task in tasks.items() if kind in latest_of}, goals)


def _step(requirement: CertificateRequirement, rows: list[Any], urls: dict[int, str]) -> Step:
    activity = requirement.activity
    need = Need(requirement.activity_id, requirement.min_score)
    done = evidence([need], rows) is not None
    return Step(activity.title, urls.get(activity.id), done, requirement.min_score)


@dataclass(frozen=True)
class EvidenceShown:
    """A frozen line of evidence, and where its record leads."""

    line: dict[str, Any]
    at: datetime
    url: str | None


@dataclass(frozen=True)
class OneCertificate:
    """Everything for the page of a certificate, and what the viewer may do with it."""

    evidence: list[EvidenceShown]
    verify_url: str
    is_own: bool
    may_revoke: bool
    may_issue: bool
    may_draw: bool
    renewal_url: str | None


def certificate_page(viewer: Person, certificate: Certificate) -> OneCertificate:
    """Evidence with links, and the actions."""
    records = records_with_activity([line["record_id"] for line in certificate.evidence])
    shown = []
    for line in certificate.evidence:
        record = records.get(line["record_id"])
        url = record_url(record.activity.kind, record.context) if record else None
        shown.append(EvidenceShown(line, datetime.fromisoformat(line["at"]), url))
    own = viewer.id == certificate.person_id
    decides = has_permission(viewer, P.CERTIFICATES_REVOKE) and not own
    newest = latest(certificate.person_id, certificate.type_id)
    renewal = certificate.type.renewal_activity
    return OneCertificate(
        evidence=shown,
        verify_url=verify_url(certificate.token),
        is_own=own,
        may_revoke=decides and certificate.revoked_at is None,
        may_issue=decides and certificate.revoked_at is not None and newest is not None and newest.id == certificate.id,
        may_draw=has_permission(viewer, P.CERTIFICATES_EDIT),
        renewal_url=urls_open_to(viewer, [renewal]).get(renewal.id) if own and renewal else None,
    )
