"""Permissions of the knowledge package, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class P(StrEnum):
    """What one may do with products and SOP entries."""

    PRODUCTS_EDIT = "shop:products:edit"
    PRODUCTS_READ = "shop:products:read"
    SOP_EDIT = "shop:sop:edit"
    SOP_READ = "shop:sop:read"


SPECS = (
    PermissionSpec(P.PRODUCTS_EDIT, _l("维护商品"), frozenset({Role.TRAINER, Role.ADMIN})),
    PermissionSpec(P.PRODUCTS_READ, _l("查看商品"), frozenset(Role)),
    PermissionSpec(P.SOP_EDIT, _l("维护 SOP 与话术"), frozenset({Role.TRAINER, Role.ADMIN})),
    PermissionSpec(P.SOP_READ, _l("查看 SOP 与话术"), frozenset(Role)),
)
