"""States and policies of a quiz."""

from enum import StrEnum


class QuizKind(StrEnum):
    """An exam counts for a certificate; a quiz is for practice and for gates. The machinery is the same."""

    QUIZ = "quiz"
    EXAM = "exam"


class QuizState(StrEnum):
    """Only an open quiz can be taken; a closed one keeps its results."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Keep(StrEnum):
    """Which of several attempts counts."""

    BEST = "best"
    LAST = "last"
    FIRST = "first"


class ShowAnswers(StrEnum):
    """When the examinee sees keys, rationales and sources."""

    AFTER_SUBMIT = "after_submit"
    AFTER_PASS = "after_pass"  # noqa: S105
    NEVER = "never"
