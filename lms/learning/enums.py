"""Words of the learning core."""

from __future__ import annotations

from enum import StrEnum


class Dimension(StrEnum):
    """A-K-S: 态度, 知识, 技能."""

    ATTITUDE = "attitude"
    KNOWLEDGE = "knowledge"
    SKILL = "skill"


class AssignmentReason(StrEnum):
    ONBOARDING = "onboarding"
    CAMPAIGN = "campaign"
    FINDING = "finding"
    KPI_DIP = "kpi_dip"
    BY_HAND = "by_hand"
    RECERTIFICATION = "recertification"


class AssignmentState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Verb(StrEnum):
    """What happened, in the manner of xAPI verbs."""

    OPENED = "opened"
    PROGRESSED = "progressed"
    ATTEMPTED = "attempted"
    COMPLETED = "completed"
    PASSED = "passed"
    FAILED = "failed"
