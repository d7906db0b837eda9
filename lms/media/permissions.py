"""Permissions of uploaded files."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class P(StrEnum):
    """What one may do with files. Reading one is a matter of the page that shows it, such as a lesson."""

    MEDIA_EDIT = "shop:media:edit"


SPECS = (PermissionSpec(P.MEDIA_EDIT, _l("上传图片、视频和文档"), frozenset({Role.TRAINER, Role.ADMIN})),)
