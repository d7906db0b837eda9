"""The shell's own pages: the start page, progress of background jobs, and static files."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now
from lms.kernel.db import get_or_404
from lms.kernel.errors import NotFound
from lms.kernel.hookspecs import DashboardCard
from lms.kernel.jobs import Job, JobState
from lms.kernel.plugins import plugins
from lms.web.access import public, signed_in, viewer
from lms.web.assets import SPRITE, YEAR, send_asset
from lms.web.i18n import LOCALES

log = logging.getLogger(__name__)
bp = Blueprint("web", __name__, template_folder="templates")


@bp.get("/assets/<path:filename>", endpoint="static")
@public
def static(filename: str) -> Response:
    return send_asset(filename)


@bp.get("/i.svg")
@public
def sprite() -> Response:
    """The icons, under a short address: a page names it a hundred times."""
    return send_asset(SPRITE)


@bp.post("/language")
@public
def language() -> BaseResponse:
    """Choose the language: kept with the person, and in this browser for the sign-in page."""
    wanted = request.form.get("lang", "")
    response = redirect(local_url(request.form.get("next", "")), 303)
    if wanted in LOCALES:
        person = viewer()
        if person is not None:
            person.locale = wanted
        response.set_cookie("lang", wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True)
    return response


@bp.get("/")
@signed_in
def dashboard() -> str:
    cards, later = _cards("dashboard_cards"), plugins().offering("later_cards")
    return render_template("lms/web/dashboard.html", cards=cards, later=later, person=viewer())


@bp.get("/cards")
@signed_in
def later_cards() -> str:
    """The cards of ``?plugin=`` that take longer to know, as a fragment that the start page fetches."""
    cards = _cards("later_cards", only=request.args.get("plugin", ""))
    return render_template("lms/web/later_cards.html", cards=cards)


def _cards(hook: str, only: str | None = None) -> list[Markup]:
    offered = sorted(plugins().all(hook, only=only, person=viewer(), at=now()), key=lambda card: card.order)
    return [card for offer in offered if (card := _card(offer))]


def _card(offer: DashboardCard) -> Markup | None:
    """A card as HTML. One that fails is left out: a broken plugin must not keep people from their work."""
    try:
        return Markup(render_template(offer.template, **offer.context))  # noqa: S704 - a template's own output
    except Exception:
        if current_app.testing:
            raise
        log.exception("the card %s failed", offer.template)
        return None


@bp.get("/jobs/<int:job_id>")
@signed_in
def job(job_id: int) -> Response:
    """How far a job is, as a fragment; sends the browser on when it is done. For who started it, and admins."""
    person = viewer()
    found = get_or_404(Job, job_id)
    if person is None or (found.created_by_id != person.id and "admin" not in person.access.roles):
        raise NotFound(_("找不到这项后台任务。"))
    done_url = local_url(request.args.get("next", ""))
    if "HX-Request" not in request.headers:
        return make_response(render_template("lms/web/job_page.html", job=found, done_url=done_url))
    response = make_response(render_template("lms/web/job.html", job=found, done_url=done_url))
    if found.state == JobState.DONE and request.args.get("next"):
        response.headers["HX-Redirect"] = done_url
    return response


def job_url(job_id: int, done_url: str) -> str:
    """Where the progress of a job is asked for, and where to go when it is done."""
    return url_for("web.job", job_id=job_id, next=done_url)


def local_url(target: str) -> str:
    """``target`` if it is a path of this app, else the start page: nobody is sent to a stranger's site."""
    cleaned = target.replace("\\", "/")
    parts = urlsplit(cleaned)
    unsafe = parts.scheme or parts.netloc or not cleaned.startswith("/") or cleaned.startswith("//")
    if unsafe or any(ord(char) < 0x20 for char in target):
        return url_for("web.dashboard")
    return target
