"""Reads the items and quizzes that ship. Pure: a file's text in, :class:`StarterItem` and :class:`StarterQuiz` out.

An items file is front matter (``lesson``, ``competency``, ``dimension``) and one block an item: ``## single``,
``## multiple`` or ``## truefalse``, the stem, options that begin with ``+`` (right) or ``-`` (wrong), and the rationale
after ``>``.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.learning.enums import Dimension
from quizzes.papers.enums import QuizKind
from quizzes.types.protocol import make_options

FOLDER = Path(__file__).parent
FRONT = ("lesson", "competency", "dimension")
TYPES = ("single", "multiple", "truefalse")
TRUE_FALSE = {"对": True, "错": False}


class StarterFileError(ValueError):
    """A file that ships is not as it should be: a mistake of ours, found by the tests. Names file and line."""

    def __init__(self, name: str, line: int, what: str) -> None:
        super().__init__(f"{name}:{line}: {what}")


@dataclass(frozen=True)
class StarterItem:
    """An item as written in its file. ``slug`` is made of lesson and stem: another stem is another item."""

    lesson: str
    competency: str
    dimension: Dimension
    type: str
    stem: str
    definition: dict[str, Any]
    rationale: str

    @property
    def slug(self) -> str:
        return f"{self.lesson}:{hashlib.sha256(self.stem.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class StarterQuiz:
    """A quiz as written in ``quizzes.toml``. ``minutes`` and ``attempts`` 0 are without limit."""

    slug: str
    title: str
    lessons: tuple[str, ...]
    draw: int
    cut: float
    kind: QuizKind = QuizKind.QUIZ
    minutes: int = 0
    attempts: int = 0
    cooldown_hours: int = 0
    description: str = ""
    parallel_of: str = ""


def item_files(folder: Path = FOLDER) -> list[Path]:
    """The items files, in the order of their names."""
    return sorted((folder / "items").glob("*.md"))


def read_items(folder: Path = FOLDER) -> list[StarterItem]:
    """Every item that ships. Raises StarterFileError, also when a stem stands twice in a lesson."""
    items: list[StarterItem] = []
    for path in item_files(folder):
        items += parse_items(path.read_text(encoding="utf-8"), name=path.name)
    return items


def parse_items(text: str, *, name: str) -> list[StarterItem]:
    """The items of one file."""
    lines = text.splitlines()
    front, start = _front(lines, name)
    if front["dimension"] not in set(Dimension):
        raise StarterFileError(name, 1, f"dimension {front['dimension']!r}")
    items: list[StarterItem] = []
    seen: dict[str, int] = {}
    for number, block in _blocks(lines, start, name):
        item = _item(block, number, name, front)
        if item.stem in seen:
            raise StarterFileError(name, number, f"the same stem as in line {seen[item.stem]}")
        seen[item.stem] = number
        items.append(item)
    return items


def _front(lines: list[str], name: str) -> tuple[dict[str, str], int]:
    """The front matter and the index of the line after it."""
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise StarterFileError(name, 1, "no front matter")
    front: dict[str, str] = {}
    for index, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            if missing := [key for key in FRONT if not front.get(key)]:
                raise StarterFileError(name, index + 1, f"missing {', '.join(missing)}")
            return front, index + 1
        key, colon, value = line.partition(":")
        if not colon:
            raise StarterFileError(name, index + 1, f"{line!r} is not key: value")
        front[key.strip()] = value.strip()
    raise AssertionError("the end of the front matter was there")


def _blocks(lines: list[str], start: int, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each item's lines with the number, from 1, of its heading."""
    heads = [index for index in range(start, len(lines)) if lines[index].startswith("## ")]
    before = next((i for i in range(start, heads[0] if heads else len(lines)) if lines[i].strip()), None)
    if before is not None:
        raise StarterFileError(name, before + 1, f"{lines[before]!r} stands before the first item")
    for index, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        yield index + 1, lines[index:end]


def _item(block: list[str], number: int, name: str, front: dict[str, str]) -> StarterItem:
    kind = block[0][3:].strip()
    if kind not in TYPES:
        raise StarterFileError(name, number, f"item of type {kind!r}; there are {', '.join(TYPES)}")
    stem: list[str] = []
    options: list[tuple[bool, str]] = []
    why: list[str] = []
    for offset, raw in enumerate(block[1:], start=1):
        line = raw.strip()
        if not line:
            continue
        mark, text = line[:1], line[1:].strip()
        if mark in "+-" and text and not why:
            options.append((mark == "+", text))
        elif mark == ">" and options:
            why.append(text)
        elif not options and mark not in "+->":
            stem.append(line)
        else:
            raise StarterFileError(name, number + offset, f"{line!r} does not belong here")
    if not stem or not options or not "".join(why):
        raise StarterFileError(name, number, "an item needs a stem, options and a rationale")
    return StarterItem(
        lesson=front["lesson"],
        competency=front["competency"].split()[0],
        dimension=Dimension(front["dimension"]),
        type=kind,
        stem="\n".join(stem),
        definition=_definition(kind, options, number, name),
        rationale="\n".join(why),
    )


def _definition(kind: str, options: list[tuple[bool, str]], number: int, name: str) -> dict[str, Any]:
    right = [text for is_right, text in options if is_right]
    if kind == "truefalse":
        if len(options) != 1 or not right or right[0] not in TRUE_FALSE:
            raise StarterFileError(name, number, "a truefalse item has one line: + 对 or + 错")
        return {"key": TRUE_FALSE[right[0]]}
    texts = [text for _right, text in options]
    if len(set(texts)) < len(texts):
        raise StarterFileError(name, number, "an option stands twice")
    made = make_options(texts)
    keys = [one["id"] for one in made if one["text"] in right]
    if kind == "single":
        if len(keys) != 1 or len(made) < 3:
            raise StarterFileError(name, number, "a single item has one right option and two wrong ones at least")
        return {"options": made, "key": keys[0], "shuffle": True}
    if len(keys) < 2 or len(keys) == len(made):
        raise StarterFileError(name, number, "a multiple item has two right options and a wrong one at least")
    return {"options": made, "keys": keys, "scoring": "partial", "shuffle": True}


def read_quizzes(folder: Path = FOLDER) -> list[StarterQuiz]:
    """The quizzes that ship; none while there is no file."""
    path = folder / "quizzes.toml"
    return parse_quizzes(path.read_text(encoding="utf-8"), name=path.name) if path.is_file() else []


def parse_quizzes(text: str, *, name: str) -> list[StarterQuiz]:
    """The quizzes of ``quizzes.toml``. A 后测 must come after its 前测."""
    try:
        found = tomllib.loads(text).get("quiz", [])
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise StarterFileError(name, int(line[1]) if line else 1, str(error)) from error
    quizzes: list[StarterQuiz] = []
    for number, raw in enumerate(found):
        heads = [at for at, line in enumerate(text.splitlines(), 1) if line.strip() == "[[quiz]]"]
        line_number = heads[number]
        try:
            values = dict(raw) | {"lessons": tuple(raw["lessons"]), "kind": QuizKind(raw.get("kind", "quiz"))}
            quiz = StarterQuiz(**values)
        except (KeyError, TypeError, ValueError) as error:
            raise StarterFileError(name, line_number, str(error)) from error
        known = [one.slug for one in quizzes]
        if quiz.slug in known or (quiz.parallel_of and quiz.parallel_of not in known):
            raise StarterFileError(name, line_number, "a slug twice, or a post test before its pre-test")
        if not 0 <= quiz.cut <= 1 or quiz.draw < 1 or not quiz.lessons:
            raise StarterFileError(name, line_number, "cut is a fraction, draw at least 1, lessons not empty")
        quizzes.append(quiz)
    return quizzes
