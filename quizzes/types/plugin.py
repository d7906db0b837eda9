"""Announces the built-in question types (题型)."""

from __future__ import annotations

from flask import Blueprint

from lms.kernel.hookspecs import hookimpl
from quizzes.types.protocol import QuestionType
from quizzes.types.registry import BUILT_IN

# Templates only: answering, reviewing and editing an item of each type.
bp = Blueprint("question_types", __name__, template_folder="templates")


@hookimpl
def blueprints() -> list[Blueprint]:
    return [bp]


@hookimpl
def question_types() -> list[QuestionType]:
    return list(BUILT_IN)
