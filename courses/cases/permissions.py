"""Permissions of the case library, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class K(StrEnum):
    """What one may do with cases."""

    CASES_READ = "own:cases:read"
    CASES_EDIT = "shop:cases:edit"


SPECS = (
    PermissionSpec(K.CASES_READ, _l("阅读案例"), frozenset(Role)),
    PermissionSpec(
        K.CASES_EDIT, _l("编写案例"), frozenset({Role.TRAINER, Role.EVALUATOR, Role.SUPERVISOR, Role.ADMIN})
    ),
)
