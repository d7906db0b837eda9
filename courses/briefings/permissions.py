"""Permissions of weekly briefings, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class B(StrEnum):
    """What one may do with weekly briefings."""

    BRIEFINGS_READ = "own:briefings:read"
    BRIEFINGS_EDIT = "shop:briefings:edit"


SPECS = (
    PermissionSpec(B.BRIEFINGS_READ, _l("阅读每周简报"), frozenset(Role)),
    PermissionSpec(B.BRIEFINGS_EDIT, _l("编写每周简报"), frozenset({Role.TRAINER, Role.SUPERVISOR, Role.ADMIN})),
)
