"""Permissions of people and of the learning core, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class P(StrEnum):
    """The host's own permissions."""

    PEOPLE_MANAGE = "all:people:manage"
    PLUGINS_READ = "all:plugins:read"
    TEAMS_MANAGE = "all:teams:manage"
    RECORDS_READ_OWN = "own:records:read"
    COMPETENCIES_EDIT = "shop:competencies:edit"
    ASSIGNMENTS_EDIT = "team:assignments:edit"
    PEOPLE_READ = "team:people:read"
    PROGRESS_READ = "team:progress:read"


_ALL = frozenset(Role)
_BRANCH = frozenset({Role.LEAD, Role.SUPERVISOR, Role.ADMIN})
_TRAINERS = frozenset({Role.TRAINER, Role.ADMIN})

SPECS = (
    PermissionSpec(P.PEOPLE_MANAGE, _l("管理账号"), frozenset({Role.ADMIN})),
    PermissionSpec(P.PLUGINS_READ, _l("查看插件"), frozenset({Role.ADMIN})),
    PermissionSpec(P.TEAMS_MANAGE, _l("管理团队与店铺"), frozenset({Role.ADMIN})),
    PermissionSpec(P.RECORDS_READ_OWN, _l("查看自己的学习记录"), _ALL),
    PermissionSpec(P.COMPETENCIES_EDIT, _l("维护能力项"), _TRAINERS),
    PermissionSpec(P.ASSIGNMENTS_EDIT, _l("布置培训任务"), _BRANCH | _TRAINERS),
    PermissionSpec(P.PEOPLE_READ, _l("查看本团队成员"), _BRANCH),
    PermissionSpec(P.PROGRESS_READ, _l("查看团队进度"), _BRANCH | _TRAINERS),
)
