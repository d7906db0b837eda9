"""What a fresh home is given: the 上岗证, once its programme is there, and the bars for new hires and old hands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from lms.certification.enums import Level, RequirementKind, Signer
from lms.certification.live_models import LiveGate
from lms.certification.live_rules import Requirement
from lms.certification.models import CertificateRequirement, CertificateType
from lms.kernel.db import db
from lms.learning.models import Activity, Competency

SLUG = "certificate:onboarding"
PROGRAMME, EXAM = "programme:onboarding-week", "quiz:onboarding-exam"
GATE_SLUGS = {Level.NEW: "gate:new", Level.SENIOR: "gate:senior"}
# What the onboarding week teaches, as its lessons say; the programme itself names no competencies.
TAUGHT = {
    *("A1", "A2", "A3", "A8", "K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8"),
    *("K11", "K12", "S1", "S2", "S3", "S4", "S5", "S7", "S8", "S10", "S11", "S13"),
}
LEAD_TRIAL = Requirement("lead-trial", RequirementKind.SIGN_OFF, "组长试岗签字", signer=Signer.LEAD)
SUPERVISOR = Requirement("supervisor-confirm", RequirementKind.SIGN_OFF, "主管确认上岗", signer=Signer.SUPERVISOR)


def load_starter(*, at: datetime) -> str | None:
    """Make what ships and is not there yet; what somebody changed or archived stays as it is."""
    made = []
    certificate_type = db.session.scalars(select(CertificateType).where(CertificateType.slug == SLUG)).one_or_none()
    if certificate_type is None:
        certificate_type = _onboarding_type(at)
        if certificate_type is not None:
            made.append(f"证书“{certificate_type.title}”")
    else:
        _complete(certificate_type)
    if certificate_type is not None:
        made += _gates(certificate_type, at)
    return "，".join(made) or None


def _activity(slug: str) -> Activity | None:
    return db.session.scalars(select(Activity).where(Activity.slug == slug)).one_or_none()


def _onboarding_type(at: datetime) -> CertificateType | None:
    programme, exam = _activity(PROGRAMME), _activity(EXAM)
    if programme is None:
        return None
    made = CertificateType(
        code="SG",
        title="上岗证",
        slug=SLUG,
        validity_days=365,
        renewal_activity_id=exam.id if exam else None,
        created_at=at,
        requirements=[CertificateRequirement(activity_id=programme.id)],
        competencies=_taught(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def _taught() -> list[Competency]:
    shared = select(Competency).where(
        Competency.shop_id.is_(None), Competency.archived_at.is_(None), Competency.code.in_(TAUGHT)
    )
    return list(db.session.scalars(shared))


def _complete(certificate_type: CertificateType) -> None:
    """A type that nobody touched learns what came with a later release: what it certifies, and its renewal."""
    if certificate_type.version != 1:
        return
    if certificate_type.renewal_activity_id is None:
        exam = _activity(EXAM)
        certificate_type.renewal_activity_id = exam.id if exam else None
    known = {each.id for each in certificate_type.competencies}
    certificate_type.competencies.extend(each for each in _taught() if each.id not in known)
    db.session.flush()


def _gates(certificate_type: CertificateType, at: datetime) -> list[str]:
    holds = Requirement(
        f"certificate-{certificate_type.id}", RequirementKind.CERTIFICATE, certificate_type.title, certificate_type.id
    )
    shipped = {Level.NEW: (holds, LEAD_TRIAL, SUPERVISOR), Level.SENIOR: (LEAD_TRIAL,)}
    known = set(db.session.scalars(select(LiveGate.slug).where(LiveGate.slug.in_(GATE_SLUGS.values()))))
    made = []
    for level, lines in shipped.items():
        if GATE_SLUGS[level] not in known:
            kept = [line.as_json() for line in lines]
            db.session.add(LiveGate(slug=GATE_SLUGS[level], level=level, requirements=kept, updated_at=at))
            made.append("新人上岗条件" if level is Level.NEW else "老员工上岗条件")
    db.session.flush()
    return made
