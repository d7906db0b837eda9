"""The order of a course as a list of tokens: ``m7`` opens module 7, ``l3`` is lesson 3. Pure.

Lessons before the first module belong to none. The page posts the whole list, so one answer says everything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

TOKEN = re.compile(r"[ml][0-9]{1,9}")


@dataclass(frozen=True)
class Placed:
    """Where a lesson stands: its module, or None, and its number in the whole course from 1."""

    lesson_id: int
    module_id: int | None
    position: int


def is_order(tokens: Sequence[str]) -> bool:
    """Whether these are tokens, each once."""
    return all(TOKEN.fullmatch(token) for token in tokens) and len(set(tokens)) == len(tokens)


def placed(tokens: Sequence[str]) -> tuple[list[int], list[Placed]]:
    """The modules in order, and where each lesson stands."""
    modules: list[int] = []
    lessons: list[Placed] = []
    for token in tokens:
        if token[0] == "m":
            modules.append(int(token[1:]))
        else:
            lessons.append(Placed(int(token[1:]), modules[-1] if modules else None, len(lessons) + 1))
    return modules, lessons


def moved(tokens: Sequence[str], token: str, step: int) -> list[str]:
    """The list with one lesson, or one module with its lessons, a place up (-1) or down (+1)."""
    out = list(tokens)
    if token not in out:
        return out
    if token[0] == "l":
        at = out.index(token)
        to = at + step
        if 0 <= to < len(out):
            out[at], out[to] = out[to], out[at]
        return out
    head, sections = _sections(out)
    at = next(i for i, section in enumerate(sections) if section[0] == token)
    to = at + step
    if 0 <= to < len(sections):
        sections[at], sections[to] = sections[to], sections[at]
    return head + [part for section in sections for part in section]


def merged(current: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The order that somebody wanted, with what came in since at the end of its module, and without what went."""
    there = set(current)
    out = [token for token in wanted if token in there]
    known = set(out)
    module = ""
    for token in current:
        if token[0] == "m":
            module = token
        if token in known:
            continue
        if token[0] == "m" or (module and module not in out):
            out.append(token)
        else:
            out.insert(_end_of(out, module), token)
        known.add(token)
    return out


def _end_of(tokens: Sequence[str], module: str) -> int:
    start = tokens.index(module) + 1 if module else 0
    return next((i for i in range(start, len(tokens)) if tokens[i][0] == "m"), len(tokens))


def _sections(tokens: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    head: list[str] = []
    sections: list[list[str]] = []
    for token in tokens:
        if token[0] == "m":
            sections.append([token])
        else:
            (sections[-1] if sections else head).append(token)
    return head, sections
