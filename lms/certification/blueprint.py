"""The blueprints of certificates, their public page, and probation. The view modules register on them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "certificates",
    __name__,
    url_prefix="/certificates",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)
verify_bp = Blueprint("verify", __name__, url_prefix="/verify", template_folder="templates")
live_bp = Blueprint("live", __name__, url_prefix="/live", template_folder="templates")
