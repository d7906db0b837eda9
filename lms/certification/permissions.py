"""Permissions of certificates and probation gates, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from lms.kernel.hookspecs import PermissionSpec
from lms.people.enums import Role


class P(StrEnum):
    """What one may do with certificates, and with who is live."""

    CERTIFICATES_READ_OWN = "own:certificates:read"
    CERTIFICATES_EDIT = "shop:certificates:edit"
    GATES_EDIT = "shop:gates:edit"
    CERTIFICATES_READ = "team:certificates:read"
    CERTIFICATES_REVOKE = "team:certificates:revoke"
    LIVE_READ = "team:live:read"
    SIGN_OFFS_EDIT = "team:sign_offs:edit"


_LEADERS = frozenset({Role.LEAD, Role.SUPERVISOR, Role.ADMIN})
_READERS = _LEADERS | {Role.TRAINER}

SPECS = (
    PermissionSpec(P.CERTIFICATES_READ_OWN, _l("查看自己的证书"), frozenset(Role)),
    PermissionSpec(P.CERTIFICATES_EDIT, _l("维护证书类型"), frozenset({Role.TRAINER, Role.ADMIN})),
    PermissionSpec(P.GATES_EDIT, _l("维护上岗条件"), frozenset({Role.TRAINER, Role.SUPERVISOR, Role.ADMIN})),
    PermissionSpec(P.CERTIFICATES_READ, _l("查看团队证书"), _READERS),
    PermissionSpec(P.CERTIFICATES_REVOKE, _l("吊销与重新签发证书"), frozenset({Role.SUPERVISOR, Role.ADMIN})),
    PermissionSpec(P.LIVE_READ, _l("查看试岗与上岗"), _READERS),
    PermissionSpec(P.SIGN_OFFS_EDIT, _l("试岗签字"), _LEADERS),
)
