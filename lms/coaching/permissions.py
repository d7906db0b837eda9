"""Permissions of coaching, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class C(StrEnum):
    """What one may do with coaching. ``COACHING_READ_OWN`` is everybody's: one's own sessions, cases and timeline."""

    COACHING_READ_OWN = "own:coaching:read"
    EFFECTS_READ = "shop:effects:read"
    RULES_EDIT = "shop:loop-rules:edit"
    COACHING_EDIT = "team:coaching:edit"
    LOOP_READ = "team:loop:read"


_BRANCH = frozenset({Role.LEAD, Role.SUPERVISOR, Role.ADMIN})

SPECS = (
    PermissionSpec(C.COACHING_READ_OWN, _l("查看自己的辅导"), frozenset(Role)),
    PermissionSpec(C.EFFECTS_READ, _l("查看课程效果"), frozenset({Role.TRAINER, Role.SUPERVISOR, Role.ADMIN})),
    PermissionSpec(C.RULES_EDIT, _l("设置补训规则"), frozenset({Role.SUPERVISOR, Role.ADMIN})),
    PermissionSpec(C.COACHING_EDIT, _l("安排辅导"), _BRANCH),
    PermissionSpec(C.LOOP_READ, _l("查看闭环看板"), _BRANCH),
)
