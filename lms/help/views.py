"""The manual, the plugin guide and the changelog, as pages of the app."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from lms.help.queries import document, page_called, shelves
from lms.people.guards import signed_in

bp = Blueprint("help", __name__, url_prefix="/help", template_folder="templates")


def section_label(section: str) -> str:
    labels = {"manual": _("使用手册"), "plugins": _("插件开发"), "changes": _("更新记录")}
    return labels.get(section, section)


@bp.get("/")
@signed_in
def index() -> str:
    return render_template("lms/help/index.html", shelves=shelves(), section_label=section_label)


@bp.get("/<slug>")
@signed_in
def page(slug: str) -> str:
    found = page_called(slug)
    return render_template(
        "lms/help/page.html", page=found, document=document(found), shelves=shelves(), section_label=section_label
    )
