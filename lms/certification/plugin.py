"""Announces certificates and probation gates to the host."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lms.certification import live_models as live_models
from lms.certification import models as models
from lms.certification.issue_services import note_record
from lms.certification.permissions import SPECS
from lms.certification.rendering import CertificateRenderer
from lms.certification.standard_look import StandardCertificate
from lms.certification.starter import load_starter
from lms.kernel.hookspecs import PermissionSpec, hookimpl


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


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
