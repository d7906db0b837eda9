"""The blueprint of coaching sessions."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "coaching_sessions", __name__, url_prefix="/coaching/sessions", template_folder="templates", static_folder="static"
)
