"""Announces accounts, teams, roles and sign-in to the host."""

from __future__ import annotations

from lms.kernel.hookspecs import PermissionSpec, hookimpl
from lms.people import models as models
from lms.people.permissions import SPECS


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)
