"""Announces the permissions of coaching to the host; each part of it is a plugin of its own."""

from __future__ import annotations

from lms.coaching.permissions import SPECS
from lms.kernel.hookspecs import PermissionSpec, hookimpl


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)
