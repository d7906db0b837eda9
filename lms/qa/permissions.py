"""Permissions of quality checks, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class Q(StrEnum):
    """What one may do with quality checks.

    ``EVALUATIONS_READ_OWN`` and ``QUEUE_WORK`` are everybody's; whose results, and whether somebody is a reviewer at
    all, the rules decide.
    """

    EVALUATIONS_READ_OWN = "own:evaluations:read"
    QUEUE_WORK = "own:queue:work"
    CALIBRATION_MANAGE = "shop:calibration:manage"
    DISPUTES_DECIDE = "shop:disputes:decide"
    EVALUATIONS_EDIT = "shop:evaluations:edit"
    EVALUATIONS_IMPORT = "shop:evaluations:import"
    IMPROVEMENTS_EDIT = "shop:improvements:edit"
    SAMPLING_MANAGE = "shop:sampling:manage"
    SCORECARDS_EDIT = "shop:scorecards:edit"
    EVALUATIONS_READ = "team:evaluations:read"


_ALL = frozenset(Role)
_EVALUATORS = frozenset({Role.EVALUATOR, Role.ADMIN})
_HEADS = _EVALUATORS | {Role.SUPERVISOR}

SPECS = (
    PermissionSpec(Q.EVALUATIONS_READ_OWN, _l("查看自己的质检结果"), _ALL),
    PermissionSpec(Q.QUEUE_WORK, _l("处理分给自己的质检"), _ALL),
    PermissionSpec(Q.CALIBRATION_MANAGE, _l("组织校准"), _HEADS),
    PermissionSpec(Q.DISPUTES_DECIDE, _l("裁定申诉"), _HEADS),
    PermissionSpec(Q.EVALUATIONS_EDIT, _l("质检评分"), _EVALUATORS),
    PermissionSpec(Q.EVALUATIONS_IMPORT, _l("导入质检结果"), _EVALUATORS),
    PermissionSpec(Q.IMPROVEMENTS_EDIT, _l("跟进改进事项"), _HEADS | {Role.LEAD, Role.TRAINER}),
    PermissionSpec(Q.SAMPLING_MANAGE, _l("管理抽检计划"), _HEADS),
    PermissionSpec(Q.SCORECARDS_EDIT, _l("编写评分表"), _HEADS),
    PermissionSpec(Q.EVALUATIONS_READ, _l("查看团队质检结果"), _HEADS | {Role.LEAD}),
)
