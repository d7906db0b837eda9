"""Permissions of signed checklists."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class S(StrEnum):
    """What one may do with checklists."""

    CHECKLISTS_SIGN = "team:checklists:sign"


SPECS = (
    PermissionSpec(S.CHECKLISTS_SIGN, _l("签带教清单"), frozenset({Role.LEAD, Role.SUPERVISOR, Role.ADMIN})),
)  # fmt: skip
