"""The question types of this installation, by name."""

from __future__ import annotations

from collections.abc import Iterable

from quizzes.types.choice import Multiple, Single, TrueFalse
from quizzes.types.protocol import QuestionType
from quizzes.types.written import Fill, Short

BUILT_IN: tuple[QuestionType, ...] = (Single(), Multiple(), TrueFalse(), Fill(), Short())


class DuplicateQuestionType(ValueError):
    """Two plugins brought a question type of the same name."""


def registered(types: Iterable[QuestionType]) -> dict[str, QuestionType]:
    """Types by name, in the order given. Raises DuplicateQuestionType, for which the app refuses to start."""
    found: dict[str, QuestionType] = {}
    for one in types:
        if one.name in found:
            raise DuplicateQuestionType(
                f"题型 {one.name} 被登记了两次：{type(found[one.name]).__name__}、{type(one).__name__}"
            )
        found[one.name] = one
    return found
