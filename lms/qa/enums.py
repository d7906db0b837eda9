"""Words of quality checks that the database knows too."""

from __future__ import annotations

from enum import StrEnum


class Scale(StrEnum):
    """How a criterion is answered: kept or not, or in steps from 0 to its top."""

    YES_NO = "yes_no"
    STEPS = "steps"


class RootCause(StrEnum):
    """Where a fault comes from. Only ``person`` leads to training; process and product go to the improvement list."""

    PERSON = "person"
    PROCESS = "process"
    PRODUCT = "product"
    RARE = "rare"


class AgentSource(StrEnum):
    """How it is known who served a chat."""

    ACCOUNT = "account"
    BY_HAND = "by_hand"


class EntrySource(StrEnum):
    """Why a chat stands in the queue. Evaluators are never shown it: they must not know who was trained."""

    RANDOM = "random"
    RISK = "risk"
    NEW_HIRE = "new_hire"
    FOLLOW_UP = "follow_up"
    BY_HAND = "by_hand"


class EntryState(StrEnum):
    """Where a chat to be checked stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    DROPPED = "dropped"


class Origin(StrEnum):
    """Where an evaluation was made."""

    QUEUE = "queue"
    BY_HAND = "by_hand"
    IMPORTED = "imported"


class EvaluationState(StrEnum):
    """``open``: the agent may acknowledge or dispute. ``disputed``: an arbiter has to decide. ``settled``: final."""

    OPEN = "open"
    DISPUTED = "disputed"
    SETTLED = "settled"


class FindingState(StrEnum):
    """A finding waits for the agent's answer, is disputed, stands, or was overturned by an arbiter."""

    WAITING = "waiting"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"


class ImprovementState(StrEnum):
    """What became of something to improve."""

    OPEN = "open"
    DOING = "doing"
    DONE = "done"
    DECLINED = "declined"


class CalibrationKind(StrEnum):
    """``shared``: several people score the same chat blind. ``regrade``: somebody scores again what was scored."""

    SHARED = "shared"
    REGRADE = "regrade"


class CalibrationState(StrEnum):
    """Scores are hidden from each other until the session is closed."""

    OPEN = "open"
    CLOSED = "closed"


class ImportState(StrEnum):
    """Where an import of another tool's results stands; ``mapping`` waits for columns or criteria to be named."""

    MAPPING = "mapping"
    DONE = "done"
    FAILED = "failed"
