"""Reads the lessons that ship. Pure: a folder of files in, :class:`StarterCourse` and :class:`StarterLesson` out.

A course is a folder: ``course.md`` tells its slug, title and summary, ``<nn>-<slug>.md`` are its lessons in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lms.learning.enums import Dimension

FOLDER = Path(__file__).parent
COURSE_ORDER = ("attitude", "knowledge", "skill", "onboarding", "camp")
ABOUT = "course.md"
COURSE_NEEDS = ("slug", "title", "summary")
LESSON_NEEDS = ("slug", "title", "dimension", "competency", "minutes", "summary")
FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


class StarterFileError(ValueError):
    """A file that ships is not as it should be: a mistake of ours, found by the tests."""


@dataclass(frozen=True)
class StarterLesson:
    """A lesson as written in its file. ``check_by`` is given where the text tells rules of platforms.

    course: the slug of its course; module: the part of the course it stands in ("" for none); type: a lesson type.
    """

    slug: str
    title: str
    dimension: Dimension
    competency_code: str
    competency_name: str
    minutes: int
    summary: str
    body: str
    check_by: date | None = None
    course: str = "onboarding"
    module: str = ""
    type: str = "markdown"


@dataclass(frozen=True)
class StarterCourse:
    """A course and its lessons, in order."""

    slug: str
    title: str
    summary: str
    lessons: tuple[StarterLesson, ...]


def read_starter_courses(folder: Path = FOLDER) -> list[StarterCourse]:
    """Every course that ships, in the order in which one would take them."""
    return [_course(folder / name) for name in COURSE_ORDER]


def read_starter_lessons(folder: Path = FOLDER) -> list[StarterLesson]:
    """Every lesson that ships, course by course."""
    return [lesson for course in read_starter_courses(folder) for lesson in course.lessons]


def parse(text: str, *, name: str, course: str = "onboarding") -> StarterLesson:
    """One file. The front matter is ``key: value``, a line each; ``competency`` is a code and a name."""
    front, body = _front(text, name, LESSON_NEEDS)
    code, _, competency = front["competency"].partition(" ")
    return StarterLesson(
        slug=front["slug"],
        title=front["title"],
        dimension=Dimension(front["dimension"]),
        competency_code=code,
        competency_name=competency.strip(),
        minutes=int(front["minutes"]),
        summary=front["summary"],
        body=body.strip() + "\n",
        check_by=date.fromisoformat(front["check_by"]) if front.get("check_by") else None,
        course=course,
        module=front.get("module", ""),
        type=front.get("type", "markdown"),
    )


def _course(folder: Path) -> StarterCourse:
    front, _ = _front((folder / ABOUT).read_text(encoding="utf-8"), f"{folder.name}/{ABOUT}", COURSE_NEEDS)
    lessons = tuple(
        parse(path.read_text(encoding="utf-8"), name=f"{folder.name}/{path.name}", course=front["slug"])
        for path in sorted(folder.glob("*.md"))
        if path.name != ABOUT
    )
    return StarterCourse(slug=front["slug"], title=front["title"], summary=front["summary"], lessons=lessons)


def _front(text: str, name: str, needed: tuple[str, ...]) -> tuple[dict[str, str], str]:
    match = FRONT.match(text)
    if match is None:
        raise StarterFileError(f"{name}: no front matter")
    front = dict(_pair(line, name) for line in match[1].splitlines() if line.strip())
    if missing := [key for key in needed if not front.get(key)]:
        raise StarterFileError(f"{name}: missing {', '.join(missing)}")
    return front, match[2]


def _pair(line: str, name: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise StarterFileError(f"{name}: {line!r} is not key: value")
    return key.strip(), value.strip()
