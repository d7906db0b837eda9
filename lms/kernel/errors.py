"""Errors for people: what is wrong, where, and what to do. ``web/errors.py`` turns them into a page, once."""

from __future__ import annotations


class DomainError(Exception):
    """Something a person asked for can't be done.

    message: what is wrong, a sentence in the user's language; where: file, line or field; hint: what to do about it.
    Features subclass it beside their services.
    """

    status = 400

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.where}：" if self.where else "", self.message, self.hint) if part)


class Forbidden(DomainError):
    """The person lacks the permission."""

    status = 403


class NotFound(DomainError):
    """No such thing, or none that this person may know of."""

    status = 404


class Conflict(DomainError):
    """The thing has moved on since the page was shown."""

    status = 409
