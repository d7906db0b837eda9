"""The points of a checklist: what a lead looks at and signs. Pure: a body in, points out."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass

from courses.types import blocks

PARTED = re.compile(r"\s*(?:｜|\||——)\s*")
LAST_HEADING = re.compile(r"(?:\A|\n)#{1,6}[ \t]+([^\n]+?)[ \t#]*\s*\Z")


@dataclass(frozen=True)
class Point:
    """One line of a checklist. ``key`` stays the same while the text does, wherever the line moves.

    text: what is done; standard: what is right about it ("" where the line does not say); section: the heading that
    stands directly above the list.
    """

    key: str
    text: str
    standard: str = ""
    section: str = ""


def points_of(body: str) -> tuple[Point, ...]:
    """Every line of every checklist in a body, in order. "做什么 ｜ 怎样算做到" tells what is right about it."""
    found: list[Point] = []
    times: Counter[str] = Counter()
    section = ""
    for part in blocks.split(body):
        if isinstance(part, blocks.Checklist):
            for line in part.points:
                times[line] += 1
                said, standard = (*PARTED.split(line, maxsplit=1), "")[:2]
                found.append(Point(_key(line, times[line]), said or line, standard, section))
        elif isinstance(part, blocks.Prose):
            heading = LAST_HEADING.search(part.text)
            section = heading[1].strip() if heading else ""
    return tuple(found)


def without_points(parts: list[blocks.Part]) -> list[blocks.Part]:
    """The parts without the checklists and the headings that stand directly above one."""
    kept: list[blocks.Part] = []
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        if isinstance(part, blocks.Prose) and isinstance(after, blocks.Checklist):
            text = LAST_HEADING.sub("", part.text)
            if text.strip():
                kept.append(blocks.Prose(part.line, text))
        elif not isinstance(part, blocks.Checklist):
            kept.append(part)
    return kept


def _key(line: str, time: int) -> str:
    """Named by the text, and for lines that read the same by which of them it is."""
    return f"{hashlib.sha256(line.encode()).hexdigest()[:16]}-{time}"
