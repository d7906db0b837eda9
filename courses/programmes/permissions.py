"""Permissions of programmes, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class PP(StrEnum):
    """What one may do with programmes."""

    READ_OWN = "own:programmes:read"
    EDIT = "shop:programmes:edit"
    ATTENDANCE_EDIT = "team:attendance:edit"
    READ_TEAM = "team:programmes:read"


_TEAM = frozenset({Role.LEAD, Role.SUPERVISOR, Role.TRAINER, Role.ADMIN})

SPECS = (
    PermissionSpec(PP.READ_OWN, _l("学习自己的培训计划"), frozenset(Role)),
    PermissionSpec(PP.EDIT, _l("搭建培训计划"), frozenset({Role.TRAINER, Role.ADMIN})),
    PermissionSpec(PP.ATTENDANCE_EDIT, _l("登记培训考勤"), _TEAM),
    PermissionSpec(PP.READ_TEAM, _l("查看培训计划进度"), _TEAM),
)
