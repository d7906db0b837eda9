"""Roles of the service team."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in the team; one person may hold several."""

    AGENT = "agent"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    EVALUATOR = "evaluator"
    ADMIN = "admin"


BRANCH_ROLES = frozenset({Role.LEAD, Role.SUPERVISOR})
"""Roles that see the people of a team branch."""

SHOP_ROLES = frozenset({Role.TRAINER, Role.EVALUATOR})
"""Roles that work with content and chats of the shops that their teams serve."""

IMPORT_JOB = "people.import"
