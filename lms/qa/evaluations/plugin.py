"""Announces this part of quality checks to the host."""

from __future__ import annotations

from flask import Blueprint

from lms.kernel.hookspecs import hookimpl
from lms.qa.evaluations import models as models


@hookimpl
def blueprints() -> list[Blueprint]:
    from lms.qa.evaluations import scoring_views  # noqa: F401  jobs and commands never need them
    from lms.qa.evaluations.blueprint import bp

    return [bp]
