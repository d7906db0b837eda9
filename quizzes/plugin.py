"""Announces what the quizzes features share: permissions and the demo. Each feature has a plugin of its own."""

from __future__ import annotations

from lms.kernel.hookspecs import PermissionSpec, hookimpl
from quizzes.permissions import SPECS


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)
