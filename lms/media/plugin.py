"""Announces uploaded files to the host."""

from __future__ import annotations

from flask import Blueprint

from lms.kernel.hookspecs import PermissionSpec, hookimpl
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
