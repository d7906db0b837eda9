"""The guards that need to know no people. The rest, and the check that every view has one, is in lms.people."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

from flask import abort, current_app, has_request_context
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])
MARK = "lms_guard"


class AccessLike(Protocol):
    """What the shell needs of ``lms.people.queries.Access``."""

    @property
    def roles(self) -> frozenset[Any]: ...
    @property
    def permissions(self) -> frozenset[str]: ...


class Viewer(Protocol):
    """What the shell needs of a person."""

    id: int
    name: str
    locale: str

    @property
    def access(self) -> AccessLike: ...


def viewer() -> Viewer | None:
    """Who is signed in, or None; None outside a request too."""
    if not has_request_context() or not hasattr(current_app, "login_manager"):
        return None
    return current_user._get_current_object() if current_user.is_authenticated else None


def public(view: View) -> View:
    """Anybody may call it, signed in or not."""
    setattr(view, MARK, "public")
    return view


def signed_in(view: View) -> View:
    """Everybody who is signed in; the view itself decides on the object."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if viewer() is None:
            manager = getattr(current_app, "login_manager", None)
            return manager.unauthorized() if manager else abort(401)
        return view(*args, **kwargs)

    setattr(guarded, MARK, "signed_in")
    return guarded  # type: ignore[return-value]
