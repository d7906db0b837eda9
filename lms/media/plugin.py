"""Announces uploaded files to the host."""

from __future__ import annotations

from flask import Blueprint

from lms.config import Settings
from lms.kernel.hookspecs import DoctorCheck, PermissionSpec, hookimpl
from lms.media import models as models
from lms.media.permissions import SPECS


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.media.views import bp  # the job process and commands never need the views

    return [bp]


@hookimpl
def jobs() -> dict[str, str]:
    return {"media.prepare": "lms.media.tasks:prepare"}


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"media.sweep": (30, "lms.media.tasks:sweep")}


@hookimpl
def doctor_checks(config: Settings) -> list[DoctorCheck]:
    """Says whether PowerPoint files show as they look; without LibreOffice they show as text and pictures."""
    from lms.media.office import find_office

    office = find_office()
    detail = f"可用（{office}）" if office else "未安装 LibreOffice，PowerPoint 按文字和图片显示"
    return [DoctorCheck("PowerPoint 按原样显示", True, detail)]
