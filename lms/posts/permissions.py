"""Permissions of posts."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class PP(StrEnum):
    """What posts ask for."""

    POSTS_EDIT = "shop:posts:edit"
    POSTS_ASSIGN = "team:posts:assign"


SPECS = (
    PermissionSpec(PP.POSTS_EDIT, _l("维护岗位"), frozenset({Role.TRAINER, Role.ADMIN})),
    PermissionSpec(PP.POSTS_ASSIGN, _l("调岗"), frozenset({Role.SUPERVISOR, Role.TRAINER, Role.ADMIN})),
)
