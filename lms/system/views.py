"""The status page."""

from __future__ import annotations

from flask import Blueprint, render_template

from lms.people.guards import requires
from lms.people.permissions import P
from lms.system.queries import status

bp = Blueprint("system", __name__, url_prefix="/system", template_folder="templates")


@bp.get("/")
@requires(P.PLUGINS_READ)
def index() -> str:
    return render_template("lms/system/index.html", status=status())
