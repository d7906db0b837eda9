"""Announces chat import and browsing to the host."""

from __future__ import annotations

from lms.conversations import models as models
from lms.conversations.permissions import SPECS
from lms.kernel.hookspecs import PermissionSpec, hookimpl


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)
