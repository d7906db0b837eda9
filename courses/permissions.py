"""Permissions of the courses plugin, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class C(StrEnum):
    """What one may do with lessons."""

    LESSONS_READ = "own:lessons:read"
    LESSONS_EDIT = "shop:lessons:edit"
    REVIEWS_SET = "shop:reviews:set"


SPECS = (
    PermissionSpec(C.LESSONS_READ, _l("学习课时"), frozenset(Role)),
    PermissionSpec(C.LESSONS_EDIT, _l("编写课时"), frozenset({Role.TRAINER, Role.ADMIN})),
    PermissionSpec(C.REVIEWS_SET, _l("设置课时审核"), frozenset({Role.SUPERVISOR, Role.ADMIN})),
)
