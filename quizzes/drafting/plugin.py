"""Announces the built-in item drafters, one a question type."""

from __future__ import annotations

from lms.kernel.hookspecs import hookimpl
from quizzes.drafting.drafter import BUILT_IN, Drafter


@hookimpl
def item_drafters() -> list[Drafter]:
    return list(BUILT_IN)
