"""Announces certificates and probation gates to the host."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.certification import live_models as live_models
from lms.certification import models as models
from lms.certification.cards import cards_for, transcript_of
from lms.certification.demo import DEMO_STEPS
from lms.certification.doctor import examine
from lms.certification.issue_services import note_record
from lms.certification.permissions import SPECS, P
from lms.certification.rendering import CertificateRenderer
from lms.certification.standard_look import StandardCertificate
from lms.certification.starter import load_starter
from lms.certification.timeline import events_of
from lms.config import Settings
from lms.kernel.db import db
from lms.kernel.hookspecs import (
    DashboardCard,
    DemoStep,
    DoctorCheck,
    HelpPage,
    NavItem,
    PermissionSpec,
    TimelineEvent,
    TranscriptSection,
    hookimpl,
)
from lms.people.models import Person

log = logging.getLogger(__name__)
HERE = Path(__file__).parent


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
    """What the ledger tells may complete a certificate. A mistake in here must not cost anybody their exam: it is
    logged, and 检查并补发 makes up for it."""
    try:
        with db.session.begin_nested():
            note_record(record=record)
    except Exception:
        log.exception("record %s was not counted to a certificate", record.id)


@hookimpl
def setup_home(at: datetime) -> str | None:
    """The 上岗证 and the bars for going live, as soon as the programme that they ask for is there."""
    return load_starter(at=at)


@hookimpl
def demo_steps() -> list[DemoStep]:
    return list(DEMO_STEPS)


@hookimpl
def help_pages() -> list[HelpPage]:
    return [HelpPage("certificates", "证书与上岗", HERE / "help" / "certificates.md", order=6)]


@hookimpl
def later_cards(person: Person, at: datetime) -> list[DashboardCard]:
    return cards_for(person, at)


@hookimpl
def transcript_sections(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    return transcript_of(person, viewer, at)


@hookimpl
def timeline_events(person: Person, viewer: Person, since: datetime, until: datetime) -> list[TimelineEvent]:
    return events_of(person, viewer, since, until)


@hookimpl
def doctor_checks(config: Settings) -> list[DoctorCheck]:
    return examine(config)
