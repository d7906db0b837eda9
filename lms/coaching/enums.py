"""Words of coaching that the database knows too."""

from __future__ import annotations

from enum import StrEnum


class RuleKind(StrEnum):
    """``in_a_row``: the last x checks failed. ``of_last``: x of the last y did."""

    IN_A_ROW = "in_a_row"
    OF_LAST = "of_last"


class ActOn(StrEnum):
    """From when a finding counts: once it is confirmed, or as soon as it is submitted."""

    CONFIRMED = "confirmed"
    SUBMITTED = "submitted"


class Help(StrEnum):
    """Kinds of help, in the order in which they are proposed when the one before did not hold."""

    LESSON = "lesson"
    PRACTICE = "practice"
    SOP_CHECK = "sop_check"
    LIGHTER_LOAD = "lighter_load"


class Arm(StrEnum):
    """Which half of the draw a case fell into: the lesson at once, or after a short delay. ``none``: not drawn."""

    NOW = "now"
    LATER = "later"
    NONE = "none"


class CaseState(StrEnum):
    """``delayed`` waits for its day; ``training`` has open tasks; ``paused`` waits for an arbiter; ``following`` waits
    for follow-up checks; the rest are conclusions.
    """

    DELAYED = "delayed"
    TRAINING = "training"
    PAUSED = "paused"
    FOLLOWING = "following"
    FIXED = "fixed"
    RELAPSED = "relapsed"
    UNCLEAR = "unclear"
    CANCELLED = "cancelled"


OPEN_STATES = (CaseState.DELAYED, CaseState.TRAINING, CaseState.PAUSED, CaseState.FOLLOWING)


class Outcome(StrEnum):
    """What a rule decided about a finding."""

    ASSIGNED = "assigned"
    DELAYED = "delayed"
    NOT_ASSIGNED = "not_assigned"


class Why(StrEnum):
    """Why a rule decided so."""

    RULE_MET = "rule_met"
    BY_HAND = "by_hand"
    RELAPSE = "relapse"
    RULE_NOT_MET = "rule_not_met"
    NOT_PERSON = "not_person"
    COOLDOWN = "cooldown"
    CASE_OPEN = "case_open"
    NO_RULE = "no_rule"
    RULE_OFF = "rule_off"
    NO_LESSON = "no_lesson"
    LEFT = "left"
    OVERTURNED = "overturned"


class SessionState(StrEnum):
    """A coaching session is planned, then held and waits for two signatures, then signed; or called off."""

    PLANNED = "planned"
    HELD = "held"
    SIGNED = "signed"
    CANCELLED = "cancelled"
