"""Pages of notifications: one's own list, opening one, marking them read."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.inbox.models import Notification
from lms.inbox.queries import count_unread, notifications_of
from lms.inbox.services import mark_read
from lms.kernel.clock import now
from lms.kernel.db import get_or_404
from lms.people.guards import current_person, signed_in
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate
from lms.web.views import local_url

bp = Blueprint("inbox", __name__, url_prefix="/notifications", template_folder="templates", static_folder="static")


@bp.get("/")
@signed_in
def index() -> str:
    person = current_person()
    return render_template(
        "lms/inbox/index.html",
        page=paginate(notifications_of(person.id), page_number()),
        unread=count_unread(person.id),
    )


@bp.get("/<int:notification_id>")
@signed_in
def follow(notification_id: int) -> Response:
    """Go where the notification leads; having followed it is having read it."""
    person, notification = current_person(), get_or_404(Notification, notification_id)
    require_visible(notification.person_id == person.id)
    mark_read(actor=person, at=now(), notification_id=notification.id)
    return redirect(local_url(notification.url) if notification.url else url_for("inbox.index"))


@bp.post("/<int:notification_id>/read")
@signed_in
def read(notification_id: int) -> Response:
    person, notification = current_person(), get_or_404(Notification, notification_id)
    require_visible(notification.person_id == person.id)
    mark_read(actor=person, at=now(), notification_id=notification.id)
    return redirect(url_for("inbox.index"))


@bp.post("/read")
@signed_in
def read_all() -> Response:
    mark_read(actor=current_person(), at=now())
    flash(_("全部通知都标为已读。"), "success")
    return redirect(url_for("inbox.index"))
