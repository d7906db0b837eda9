"""What a lesson type must offer. A plugin gives objects of this kind through the hook ``lesson_types()``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from markupsafe import Markup


@dataclass(frozen=True)
class Heading:
    """A line of the table of contents: where it leads to ("#" + anchor), its text, and 2 or 3 for its rank."""

    anchor: str
    text: str
    rank: int


@dataclass(frozen=True)
class RenderedLesson:
    """A body as it goes into the page, already safe, and its table of contents."""

    html: Markup
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Why a body can't be kept as it is: the line (from 1), and what to do in a sentence."""

    line: int
    message: str


class LessonType(Protocol):
    """How bodies of one type are checked, shown and completed. All four methods are pure: same body, same answer."""

    name: str
    label: Any

    def problems(self, body: str) -> list[Problem]:
        """What the author has to mend before the body can be saved; empty when it is fine."""

    def render(self, body: str, *, today: date) -> RenderedLesson:
        """The body as a page. Whatever the author wrote, the result holds no script and no foreign style."""

    def minimum_seconds(self, body: str) -> int:
        """The completion rule: how long after opening it the lesson can have been read to its end, at the earliest."""

    def check_by(self, body: str) -> date | None:
        """The day by which the body must be looked through again, because it tells rules that others may change."""
