"""Sessions in the signed cookie: who it is, since when, and whether it still holds. The web side of sign-in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from lms.config import settings
from lms.kernel.clock import now
from lms.people.models import Person
from lms.people.sign_in_services import end_session, person_of_session

_VERSION = "version"
_ID = "sid"
_STARTED = "started"
_SEEN = "seen"
# Writing the cookie at every click would let parallel requests overwrite each other's for nothing.
_NOTE_EVERY = timedelta(minutes=1)


def init_sessions(app: Flask) -> None:
    """Hang the login manager and the first-login gate into the app."""
    login = LoginManager()
    login.session_protection = None  # phones change their address all the time; lifetime and version guard instead
    login.user_loader(_load_person)
    login.unauthorized_handler(_send_to_sign_in)
    login.init_app(app)
    app.before_request(_insist_on_new_password)


def start_session(person: Person, *, at: datetime) -> None:
    """Sign ``person`` in with a fresh session: nothing of the earlier one survives, its CSRF token included."""
    session.clear()
    login_user(person)
    session[_ID] = secrets.token_urlsafe(16)
    session[_VERSION] = person.session_version
    session[_STARTED] = session[_SEEN] = int(at.timestamp())


def keep_session(person: Person, *, at: datetime) -> None:
    """After a change of password: this session goes on as a new one; all others learnt the old version and end."""
    start_session(person, at=at)


def finish_session(*, at: datetime) -> None:
    """Sign out. A copy of the cookie no longer works either."""
    if session_id := session.get(_ID):
        end_session(session_id, at=at)
    logout_user()
    session.clear()


def local_target(target: str | None) -> str | None:
    """``target`` when it is a plain path of this site, else None: a sign-in must not send people elsewhere.

    Browsers read "\\" as "/" and skip control characters, so "/\\evil.com" and "/\\t/evil.com" leave the site too.
    """
    if not target or len(target) > 1000 or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(char) < 33 or ord(char) == 127 for char in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def _load_person(user_id: str) -> Person | None:
    at = int(now().timestamp())
    config = settings()
    try:
        started, seen = int(session[_STARTED]), int(session[_SEEN])
        person_id, session_id, version = int(user_id), str(session[_ID]), int(session[_VERSION])
    except (KeyError, TypeError, ValueError):
        return None
    if at - started > config.session_hours * 3600 or at - seen > config.session_idle_minutes * 60:
        return None
    person = person_of_session(person_id, session_id=session_id, version=version)
    if person is not None and at - seen >= _NOTE_EVERY.total_seconds():
        session[_SEEN] = at
    return person


def _send_to_sign_in() -> Response:
    target = url_for("people.sign_in")
    if request.method == "GET" and not request.headers.get("HX-Request"):
        wanted = request.full_path if request.query_string else request.path
        if wanted != "/":
            target = url_for("people.sign_in", next=local_target(wanted))
    return _go(target)


def _insist_on_new_password() -> Response | None:
    endpoint = request.endpoint or ""
    if endpoint in ("people.password", "people.sign_out") or endpoint == "static" or endpoint.endswith(".static"):
        return None
    if not current_user.is_authenticated or not current_user.must_change_password:
        return None
    return _go(url_for("people.password"))


def _go(target: str) -> Response:
    """Redirect; htmx would swap the sign-in page into a corner of the old one, so it is told to load it whole."""
    if request.headers.get("HX-Request"):
        return Response("", headers={"HX-Redirect": target})
    return redirect(target)
