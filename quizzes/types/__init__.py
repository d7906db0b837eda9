"""Question types (题型): pure grading, presenting and parsing, one class a type."""

from quizzes.types.protocol import Definition, Grade, QuestionType, Response
from quizzes.types.registry import BUILT_IN, DuplicateQuestionType, registered

__all__ = ["BUILT_IN", "Definition", "DuplicateQuestionType", "Grade", "QuestionType", "Response", "registered"]
