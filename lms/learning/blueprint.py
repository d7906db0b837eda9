"""The blueprint of learning. The view modules register on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from lms.learning.labels import TEMPLATE_HELPERS

bp = Blueprint("learning", __name__, url_prefix="/learning", template_folder="templates", static_folder="static")


@bp.context_processor
def helpers() -> dict[str, Any]:
    return TEMPLATE_HELPERS
