"""Announces this part of quality checks to the host."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import NavItem, hookimpl
from lms.qa.imports import models as models
from lms.qa.permissions import Q


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.imports.views import bp  # jobs and commands never need it

    return [bp]


@hookimpl
def navigation() -> list[NavItem]:
    return [NavItem("qa_imports.index", _l("导入质检结果"), "file-import", 95, Q.EVALUATIONS_IMPORT, "qa")]


@hookimpl
def jobs() -> dict[str, str]:
    return {"qa.import": "lms.qa.imports.tasks:run_import"}


@hookimpl
def periodic_jobs() -> dict[str, tuple[int, str]]:
    return {"qa.forget-uploads": (60, "lms.qa.imports.tasks:forget_uploads")}
