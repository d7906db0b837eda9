"""Who may call a view. Every view carries exactly one of these; the app does not start otherwise."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app
from flask_login import current_user

from lms.people.models import Person
from lms.people.queries import permission_specs
from lms.people.rules import require
from lms.web.access import MARK, public, signed_in

__all__ = ["check_guards", "current_person", "public", "requires", "signed_in"]

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: str) -> Callable[[View], View]:
    """Everybody who holds ``permission``; the view still checks the object's scope."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            require(permission, of=current_person())
            return view(*args, **kwargs)

        setattr(guarded, MARK, str(permission))
        return guarded  # type: ignore[return-value]

    return decorate


def current_person() -> Person:
    """The person of this request. Only behind :func:`signed_in` or :func:`requires`."""
    person: Person = current_user._get_current_object()
    return person


def check_guards(app: Flask) -> None:
    """Refuse to start with a view that does not say who may call it, or asks for a permission nobody offers."""
    known = {spec.name for spec in permission_specs()} | {"public", "signed_in"}
    for endpoint, view in app.view_functions.items():
        if endpoint == "static" or endpoint.endswith(".static"):
            continue
        guard = getattr(view, MARK, None)
        if guard is None:
            raise RuntimeError(f"the view {endpoint} does not say who may call it")
        if guard not in known:
            raise RuntimeError(f"the view {endpoint} asks for {guard}, which no plugin offers")
