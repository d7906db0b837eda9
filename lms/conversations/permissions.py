"""Permissions of the conversations package, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class P(StrEnum):
    """What one may do with chats."""

    CHATS_IMPORT = "shop:chats:import"
    CHATS_READ = "shop:chats:read"


SPECS = (
    PermissionSpec(P.CHATS_IMPORT, _l("导入聊天记录"), frozenset({Role.TRAINER, Role.ADMIN})),
    PermissionSpec(
        P.CHATS_READ,
        _l("查看聊天记录"),
        frozenset({Role.TRAINER, Role.EVALUATOR, Role.SUPERVISOR, Role.ADMIN}),
    ),
)
