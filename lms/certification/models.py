"""Kinds of certificate, certificates, and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certification.enums import CertificateState, EventKind
from lms.certification.rules import state_at
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, append_only, db, enum_check
from lms.learning.models import BY_CODE, Activity, Competency
from lms.people.models import Person, Shop

CODE_MAX = 8
TITLE_MAX = 60
REASON_MAX = 300


class CertificateTypeCompetency(db.Model):  # type: ignore[name-defined]
    """What a kind of certificate says that its holder is able to do."""

    __tablename__ = "certificate_type_competency"

    type_id: Mapped[int] = mapped_column(ForeignKey("certificate_type.id", ondelete="CASCADE"), primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True, index=True)


class CertificateRequirement(db.Model):  # type: ignore[name-defined]
    """An activity that must be passed for a kind of certificate, with a least score (a fraction) or without."""

    __tablename__ = "certificate_requirement"
    __table_args__ = (CheckConstraint("min_score IS NULL OR (min_score >= 0 AND min_score <= 1)", name="min_score"),)

    type_id: Mapped[int] = mapped_column(ForeignKey("certificate_type.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(Integer, default=0)
    min_score: Mapped[float | None] = mapped_column(Float)

    activity: Mapped[Activity] = relationship()


class CertificateType(db.Model):  # type: ignore[name-defined]
    """证书类型: what must be passed, what that certifies, for how long, and how it is renewed.

    ``version`` rises with every change of what is required or certified; certificates keep what held when they were
    issued. ``slug`` names what ships. Without ``renewal_activity`` everything must be passed again.
    """

    __tablename__ = "certificate_type"
    __table_args__ = (CheckConstraint("validity_days IS NULL OR validity_days > 0", name="validity_days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_MAX))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    slug: Mapped[str | None] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    validity_days: Mapped[int | None] = mapped_column(Integer)
    renewal_activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    renderer: Mapped[str] = mapped_column(String(40), default="standard")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    shop: Mapped[Shop | None] = relationship()
    renewal_activity: Mapped[Activity | None] = relationship(foreign_keys=[renewal_activity_id])
    requirements: Mapped[list[CertificateRequirement]] = relationship(
        cascade="all, delete-orphan", order_by=CertificateRequirement.position
    )
    competencies: Mapped[list[Competency]] = relationship(
        secondary="certificate_type_competency", order_by=[Competency.dimension, *BY_CODE]
    )


class Certificate(db.Model):  # type: ignore[name-defined]
    """证书: everything that is printed on it is frozen here. Its state follows from the dates.

    ``sequence`` counts a person's certificates of one type: two that are issued at once clash on it, and one is made.
    ``competencies`` [{code, name, dimension}]; ``evidence`` [{activity_id, kind, title, record_id, score, at, version,
    part}], ``part`` for what stands behind the line before it. ``pdf_job_id`` is the job that draws the PDF.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("person_id", "type_id", "sequence"),
        UniqueConstraint("series", "serial"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by"),
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason = '')", name="revoke_reason"),
        CheckConstraint("(pdf_key IS NULL) = (pdf_sha256 IS NULL)", name="pdf"),
        Index("ix_certificate_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    series: Mapped[str] = mapped_column(String(20))
    serial: Mapped[int] = mapped_column(Integer)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("certificate_type.id"), index=True)
    type_version: Mapped[int] = mapped_column(Integer)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sequence: Mapped[int] = mapped_column(Integer)
    holder_name: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    issuer: Mapped[str] = mapped_column(String(100), default="")
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"), index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    competencies: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoke_reason: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    renderer: Mapped[str] = mapped_column(String(40), default="standard")
    pdf_key: Mapped[str | None] = mapped_column(String(60))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    pdf_job_id: Mapped[int | None] = mapped_column(Integer)

    type: Mapped[CertificateType] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    revoked_by: Mapped[Person | None] = relationship(foreign_keys=[revoked_by_id])
    renews: Mapped[Certificate | None] = relationship(
        foreign_keys=[renews_id], remote_side=[id], back_populates="renewed_by"
    )
    renewed_by: Mapped[Certificate | None] = relationship(
        foreign_keys=[renews_id], back_populates="renews", uselist=False
    )
    events: Mapped[list[CertificateEvent]] = relationship(order_by="CertificateEvent.id", viewonly=True)

    def state(self, at: datetime) -> CertificateState:
        """What it is worth at a moment."""
        return state_at(expires_at=self.expires_at, revoked_at=self.revoked_at, at=at)


@append_only
class CertificateEvent(db.Model):  # type: ignore[name-defined]
    """What happened to a certificate: each kind once. ``late``: a last reminder that went out after the end."""

    __tablename__ = "certificate_event"
    __table_args__ = (UniqueConstraint("certificate_id", "kind"), enum_check("kind", EventKind))

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    kind: Mapped[EventKind] = mapped_column(StrEnumType(EventKind))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String(REASON_MAX), default="")
    late: Mapped[bool] = mapped_column(Boolean, default=False)

    actor: Mapped[Person | None] = relationship()
