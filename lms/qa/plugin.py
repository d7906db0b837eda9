"""Announces the permissions of quality checks to the host; each part of them is a plugin of its own."""

from __future__ import annotations

from lms.kernel.hookspecs import PermissionSpec, hookimpl
from lms.qa.permissions import SPECS


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)
