"""Reads the lessons that ship. Pure: a file's text in, a :class:`StarterLesson` out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lms.learning.enums import Dimension

FOLDER = Path(__file__).parent
NEEDED = ("slug", "title", "dimension", "competency", "minutes", "summary")
FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


class StarterFileError(ValueError):
    """A file that ships is not as it should be: a mistake of ours, found by the tests."""


@dataclass(frozen=True)
class StarterLesson:
    """A lesson as written in its file. ``check_by`` is given where the text tells rules of platforms."""

    slug: str
    title: str
    dimension: Dimension
    competency_code: str
    competency_name: str
    minutes: int
    summary: str
    body: str
    check_by: date | None = None


def read_starter_lessons(folder: Path = FOLDER) -> list[StarterLesson]:
    """Every lesson of the folder, in the order of the file names."""
    return [parse(path.read_text(encoding="utf-8"), name=path.name) for path in sorted(folder.glob("*.md"))]


def parse(text: str, *, name: str) -> StarterLesson:
    """One file. The front matter is ``key: value``, a line each; ``competency`` is a code and a name."""
    match = FRONT.match(text)
    if match is None:
        raise StarterFileError(f"{name}: no front matter")
    front = dict(_pair(line, name) for line in match[1].splitlines() if line.strip())
    if missing := [key for key in NEEDED if not front.get(key)]:
        raise StarterFileError(f"{name}: missing {', '.join(missing)}")
    code, _, competency = front["competency"].partition(" ")
    return StarterLesson(
        slug=front["slug"],
        title=front["title"],
        dimension=Dimension(front["dimension"]),
        competency_code=code,
        competency_name=competency.strip(),
        minutes=int(front["minutes"]),
        summary=front["summary"],
        body=match[2].strip() + "\n",
        check_by=date.fromisoformat(front["check_by"]) if front.get("check_by") else None,
    )


def _pair(line: str, name: str) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    if not colon:
        raise StarterFileError(f"{name}: {line!r} is not key: value")
    return key.strip(), value.strip()
