"""Announces what the quizzes features share: permissions and the demo. Each feature has a plugin of its own."""

from __future__ import annotations

from lms.kernel.hookspecs import DemoStep, PermissionSpec, hookimpl
from quizzes.permissions import SPECS


@hookimpl
def permissions() -> list[PermissionSpec]:
    return list(SPECS)


@hookimpl
def demo_steps() -> list[DemoStep]:
    from quizzes.demo import DEMO_STEPS  # commands only: web workers don't need it

    return list(DEMO_STEPS)
