"""``init_web`` puts the shell on an app: languages, forms, limits, headers, errors, static files, start page."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from lms.config import settings
from lms.kernel.jobs import progress_of
from lms.web.assets import asset, icon_href
from lms.web.errors import init_errors
from lms.web.headers import init_headers
from lms.web.i18n import init_i18n
from lms.web.navigation import init_navigation
from lms.web.paging import page_url
from lms.web.views import bp, job_url

csrf = CSRFProtect()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


def init_web(app: Flask) -> None:
    """Everything of the shell; call it before plugins' blueprints are registered."""
    config = settings()
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # the token lives as long as the session it belongs to
    app.config.setdefault("MAX_CONTENT_LENGTH", config.upload_max_mb * 1024 * 1024)
    app.config.setdefault("MAX_FORM_MEMORY_SIZE", 2 * 1024 * 1024)
    app.config.setdefault("MAX_FORM_PARTS", 2000)
    init_navigation(app)
    init_i18n(app)
    csrf.init_app(app)
    limiter.init_app(app)
    init_headers(app, https=config.https)
    init_errors(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset, icon_href=icon_href, page_url=page_url, job_url=job_url, progress_of=progress_of
    )
    app.register_blueprint(bp)
