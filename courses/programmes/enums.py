"""Words of programmes."""

from __future__ import annotations

from enum import StrEnum


class ProgrammeState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class EnrolmentState(StrEnum):
    ACTIVE = "active"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


class EventKind(StrEnum):
    """What happened to an enrolment."""

    ENROLLED = "enrolled"
    OPENED = "opened"
    PASSED = "passed"
    MOVED = "moved"
    RESCHEDULED = "rescheduled"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"


class Attended(StrEnum):
    """考勤."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"


class Standing(StrEnum):
    """Where somebody stands in a programme, as lists show and filter it; exactly one holds at a time."""

    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    LATE = "late"
    STUCK = "stuck"
    FINISHED = "finished"
    WITHDRAWN = "withdrawn"
