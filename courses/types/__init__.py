"""Lesson types: what a lesson's body is written in, and how it becomes a page. Offered by ``lesson_types()``."""

from __future__ import annotations

from courses.types.protocol import NOWHERE, Heading, LessonType, MediaShown, Panel, Place, Problem, RenderedLesson
from courses.types.registry import UnknownLessonType, lesson_type, lesson_types

__all__ = [
    "NOWHERE",
    "Heading",
    "LessonType",
    "MediaShown",
    "Panel",
    "Place",
    "Problem",
    "RenderedLesson",
    "UnknownLessonType",
    "lesson_type",
    "lesson_types",
]
