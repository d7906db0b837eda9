"""Permissions of the quizzes plugin, ``<scope>:<resource>:<action>``, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class Q(StrEnum):
    """What one may do with questions, items and quizzes."""

    QUIZZES_TAKE = "own:quizzes:take"
    ATTEMPTS_MARK = "shop:attempts:mark"
    ITEMS_DRAFT = "shop:items:draft"
    ITEMS_EDIT = "shop:items:edit"
    ITEMS_READ = "shop:items:read"
    ITEMS_REVIEW = "shop:items:review"
    QUESTIONS_EDIT = "shop:questions:edit"
    QUESTIONS_MINE = "shop:questions:mine"
    QUESTIONS_READ = "shop:questions:read"
    QUIZZES_EDIT = "shop:quizzes:edit"
    RESULTS_READ = "team:results:read"


_TRAINERS = frozenset({Role.TRAINER, Role.ADMIN})
_BRANCH = frozenset({Role.LEAD, Role.SUPERVISOR})

SPECS = (
    PermissionSpec(Q.QUIZZES_TAKE, _l("参加测验"), frozenset(Role)),
    PermissionSpec(Q.ATTEMPTS_MARK, _l("阅卷"), _TRAINERS | {Role.LEAD}),
    PermissionSpec(Q.ITEMS_DRAFT, _l("出题"), _TRAINERS),
    PermissionSpec(Q.ITEMS_EDIT, _l("编辑试题"), _TRAINERS),
    PermissionSpec(Q.ITEMS_READ, _l("查看题库"), _TRAINERS),
    PermissionSpec(Q.ITEMS_REVIEW, _l("审题"), _TRAINERS),
    PermissionSpec(Q.QUESTIONS_EDIT, _l("编辑客户问题"), _TRAINERS),
    PermissionSpec(Q.QUESTIONS_MINE, _l("挖掘客户问题"), _TRAINERS),
    PermissionSpec(Q.QUESTIONS_READ, _l("查看客户问题"), _TRAINERS | _BRANCH | {Role.EVALUATOR}),
    PermissionSpec(Q.QUIZZES_EDIT, _l("组卷"), _TRAINERS),
    PermissionSpec(Q.RESULTS_READ, _l("查看团队成绩"), _TRAINERS | _BRANCH),
)
