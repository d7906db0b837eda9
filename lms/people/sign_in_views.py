"""Pages of signing in and out, and of one's own password."""

from __future__ import annotations

from datetime import timedelta
from time import time

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.plugins import plugins
from lms.people.blueprint import bp
from lms.people.forms import PasswordForm, SignInForm, attach
from lms.people.guards import current_person, public, signed_in
from lms.people.sessions import finish_session, keep_session, local_target, start_session
from lms.people.sign_in_services import (
    PasswordError,
    SignInRefused,
    SignInThrottled,
    authenticate,
    change_password,
    wait_in_words,
)
from lms.web.setup import limiter

# A whole shop signs in from behind one address at nine o'clock; guessing many accounts takes far more than this.
TRIES_PER_ADDRESS = "60 per minute; 600 per hour"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit(TRIES_PER_ADDRESS, methods=["POST"])
def sign_in() -> Response | str:
    form = SignInForm()
    if request.method == "GET":
        form.next.data = request.args.get("next", "")
    target = local_target(form.next.data) or url_for("web.dashboard")
    if current_user.is_authenticated:
        return redirect(target)
    if not form.validate_on_submit():
        return _sign_in_page(form, status=200 if request.method == "GET" else 422)
    try:
        at = now()
        person = authenticate(account=form.account.data or "", password=form.password.data or "", at=at)
    except SignInThrottled as error:
        return _sign_in_page(form, status=429, problem=error.message, hint=error.hint, wait=error.wait)
    except SignInRefused as error:
        return _sign_in_page(form, status=error.status, problem=error.message)
    start_session(person, at=at)
    return redirect(url_for("people.password") if person.must_change_password else target)


@bp.errorhandler(RateLimitExceeded)
def too_many_tries(error: RateLimitExceeded) -> Response:
    """The limit of an address, said in the same words and place as the one of an account."""
    limit = limiter.current_limit
    wait = timedelta(seconds=max(1.0, limit.reset_at - time()) if limit else 60)
    problem = _("这个网络登录太频繁，请 %(wait)s后再试。", wait=wait_in_words(wait))
    return _sign_in_page(SignInForm(), status=429, problem=problem, wait=wait)


@bp.post("/sign-out")
@signed_in
def sign_out() -> Response:
    finish_session(at=now())
    flash(_("您已退出登录。"), "info")
    return redirect(url_for("people.sign_in"))


@bp.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> Response | str:
    person, form = current_person(), PasswordForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            at = now()
            try:
                change_password(actor=person, current=form.current.data or "", new=form.new.data or "", at=at)
            except PasswordError as error:
                attach(form, where=error.where, message=error.message)
            except SignInThrottled as error:
                attach(form, where="current", message=error.message)
            else:
                keep_session(person, at=at)
                flash(_("密码已修改，其他设备上的登录都已退出。"), "success")
                return redirect(url_for("web.dashboard"))
    page = render_template("lms/people/password.html", form=form, first=person.must_change_password)
    return make_response(page, status)


def _sign_in_page(
    form: SignInForm, *, status: int, problem: str = "", hint: str = "", wait: timedelta | None = None
) -> Response:
    notes = plugins().all("sign_in_notes")
    page = render_template("lms/people/sign_in.html", form=form, problem=problem, hint=hint, notes=notes)
    response = make_response(page, status)
    if wait:
        response.headers["Retry-After"] = str(max(1, round(wait.total_seconds())))
    return response
