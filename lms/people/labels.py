"""What roles are called on screen."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from lms.people.enums import Role

ROLE_LABELS = {
    Role.AGENT: _l("客服"),
    Role.LEAD: _l("组长"),
    Role.SUPERVISOR: _l("主管"),
    Role.TRAINER: _l("培训师"),
    Role.EVALUATOR: _l("质检员"),
    Role.ADMIN: _l("管理员"),
}


def role_label(role: Role) -> Any:
    """The role's name on screen, in the language of the request."""
    return ROLE_LABELS[role]
