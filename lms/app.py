"""Assembles the application. Imported by the command line and by tests, and by nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, g
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule

from lms.config import Settings, prepare_home, secret_key, settings
from lms.kernel.db import db, engine_options
from lms.kernel.jobs import run_pending_inline
from lms.kernel.plugins import plugins
from lms.people.guards import check_guards
from lms.web.setup import init_web


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The WSGI application of this LMS_HOME. ``overrides`` are Flask settings, for tests."""
    config = settings()
    prepare_home(config)
    app = Flask("lms", static_folder=None, template_folder=None)
    app.config.update(_flask_settings(config))
    app.config.update(overrides or {})
    if config.trusted_proxies:
        n = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    # Every table must be known before the first query, so the plugins are loaded before the database.
    plugins()
    db.init_app(app)
    init_web(app)
    _commit_once(app)
    _register_plugins(app)
    check_guards(app)
    return app


def _flask_settings(config: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": secret_key(config),
        "SQLALCHEMY_DATABASE_URI": config.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(config.sqlalchemy_url),
        "MAX_CONTENT_LENGTH": config.upload_max_mb * (1 << 20),
        "MAX_FORM_MEMORY_SIZE": 2 << 20,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_NAME": "__Host-lms" if config.https else "lms",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=config.session_hours),
        "PREFERRED_URL_SCHEME": "https" if config.https else "http",
        "BABEL_DEFAULT_LOCALE": config.locale,
        "BABEL_DEFAULT_TIMEZONE": config.timezone,
        "JOBS_INLINE": False,
    }


def _commit_once(app: Flask) -> None:
    """Services flush; the request commits here, once, and only when it went well."""

    @app.after_request
    def commit(response: Response) -> Response:
        if g.get("failed") or (response.status_code >= 400 and not g.get("keep_on_error")):
            db.session.rollback()
        else:
            db.session.commit()
            run_pending_inline()
        return response

    @app.teardown_request
    def roll_back(error: BaseException | None) -> None:
        if error is not None:
            db.session.rollback()


def _register_plugins(app: Flask) -> None:
    """Register blueprints and start-up hooks; a plugin that clashes or raises is switched off and the rest runs."""
    for name, blueprints in plugins().each("blueprints"):
        try:
            _check_blueprints(app, blueprints)
            _try_out(blueprints)
            for blueprint in blueprints:
                app.register_blueprint(blueprint)
        except Exception as error:
            plugins().switch_off(name, error=error)
    plugins().each("init_app", app=app)


def _check_blueprints(app: Flask, blueprints: list[Blueprint]) -> None:
    prefixes = {bp.url_prefix: bp.name for bp in app.blueprints.values() if bp.url_prefix}
    for blueprint in blueprints:
        if blueprint.name in app.blueprints:
            raise ValueError(f"a blueprint named {blueprint.name} is there already")
        if blueprint.url_prefix and blueprint.url_prefix in prefixes:
            raise ValueError(f"the prefix {blueprint.url_prefix} belongs to {prefixes[blueprint.url_prefix]}")


class _Unmatched(Rule):
    """A rule that is never matched nor built, so that trying out a blueprint takes no time."""

    def compile(self) -> None:
        return


def _try_out(blueprints: list[Blueprint]) -> None:
    """Register on an app of no consequence first: a clash of endpoints or a view without a guard shows there."""
    trial = Flask("trial", static_folder=None)
    trial.url_rule_class = _Unmatched
    for blueprint in blueprints:
        trial.register_blueprint(blueprint)
    check_guards(trial)
