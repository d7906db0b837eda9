"""Announces certificates and probation gates to the host."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.certification import live_models as live_models
from lms.certification import models as models
from lms.certification.cards import cards_for, transcript_of
from lms.certification.doctor import examine
from lms.certification.issue_services import note_record
from lms.certification.permissions import SPECS, P
from lms.certification.rendering import CertificateRenderer
from lms.certification.standard_look import StandardCertificate
from lms.certification.starter import load_starter
from lms.config import Settings
from lms.kernel.hookspecs import (
    DashboardCard,
    DoctorCheck,
    NavItem,
    PermissionSpec,
    TranscriptSection,
    hookimpl,
)
from lms.people.models import Person


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.certification import live_views, type_views, verify_views, views  # noqa: F401  jobs never need them
    from lms.certification.blueprint import bp, live_bp, verify_bp

    return [bp, live_bp, verify_bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [
        NavItem("certificates.mine", _l("我的证书"), "certificate", 50, P.CERTIFICATES_READ_OWN, "learn"),
        NavItem("certificates.index", _l("证书"), "certificate-2", 240, P.CERTIFICATES_READ, "team"),
        NavItem("live.index", _l("试岗与上岗"), "user-check", 245, P.LIVE_READ, "team"),
    ]


@hookimpl
def certificate_renderers() -> list[CertificateRenderer]:
    return [StandardCertificate()]


@hookimpl
def jobs() -> dict[str, str]:
    return {
        "certification.render": "lms.certification.tasks:render",
        "certification.recheck": "lms.certification.tasks:recheck",
    }


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"certification.remind": (60, "lms.certification.tasks:remind")}


@hookimpl
def record_written(record: Any) -> None:
    note_record(record=record)


@hookimpl
def setup_home(at: datetime) -> str | None:
    """The 上岗证 and the bars for going live, as soon as the programme that they ask for is there."""
    return load_starter(at=at)


@hookimpl
def dashboard_cards(person: Person, at: datetime) -> list[DashboardCard]:
    return cards_for(person, at)


@hookimpl
def transcript_sections(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    return transcript_of(person, viewer, at)


@hookimpl
def doctor_checks(config: Settings) -> list[DoctorCheck]:
    return examine(config)
