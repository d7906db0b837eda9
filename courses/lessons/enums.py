"""Words of lessons."""

from __future__ import annotations

from enum import StrEnum


class LessonState(StrEnum):
    """A draft has never been shown; an archived lesson is not shown any more."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class CourseState(StrEnum):
    """An archived course is not shown any more; its lessons stay what they are."""

    OPEN = "open"
    ARCHIVED = "archived"


class ReviewAction(StrEnum):
    """What happened to a lesson on its way to readers. It waits for review while the newest one is SUBMITTED."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class ReadingState(StrEnum):
    """How far a person is with a lesson, as the ledger tells."""

    UNREAD = "unread"
    READING = "reading"
    DONE = "done"


class ReachedBy(StrEnum):
    """How the end of a lesson was reached: its last line came into view, or the button below it was pressed."""

    SENTINEL = "sentinel"
    BUTTON = "button"
