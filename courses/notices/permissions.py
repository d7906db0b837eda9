"""Permissions of notices, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class N(StrEnum):
    """What one may do with rule-change notices."""

    NOTICES_READ = "own:notices:read"
    NOTICES_EDIT = "shop:notices:edit"
    NOTICES_FOLLOW = "team:notices:follow"


SPECS = (
    PermissionSpec(N.NOTICES_READ, _l("阅读规则变更通知"), frozenset(Role)),
    PermissionSpec(N.NOTICES_EDIT, _l("发布规则变更通知"), frozenset({Role.TRAINER, Role.ADMIN})),
    PermissionSpec(
        N.NOTICES_FOLLOW,
        _l("查看通知的确认情况"),
        frozenset({Role.LEAD, Role.SUPERVISOR, Role.TRAINER, Role.ADMIN}),
    ),
)
