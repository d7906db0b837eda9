"""What a lesson type must offer. A plugin gives objects of this kind through the hook ``lesson_types()``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
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
    """Why a body can't be kept as it is: the line (from 1; 0 for the settings), and what to do in a sentence."""

    line: int
    message: str


@dataclass(frozen=True)
class MediaShown:
    """An uploaded file as a body may show it: ``kind`` is a word of ``lms.media.enums.MediaKind``, ``url`` where the
    reader of this page gets it, ``facts`` width, height, seconds or pages, ``part(name)`` the address of a page of it,
    ``read(name)`` the text of a part.
    """

    ref: str
    kind: str
    name: str
    url: str
    mimetype: str
    size: int
    state: str = "ready"
    facts: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Any] = field(default_factory=dict)
    part: Callable[[str], str] = str
    read: Callable[[str], str] = str


@dataclass(frozen=True)
class Place:
    """Where a body is shown: the type's settings of this version, and how ``media:<ref>`` is found (None: nowhere).

    with_panel: a reader's page, which has the type's panel too; what stands there the body need not show again.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    media: Callable[[str], MediaShown | None] = lambda _ref: None
    with_panel: bool = False


NOWHERE = Place()
"""A place without files and settings: what tests and plain texts need."""


@dataclass(frozen=True)
class Panel:
    """What stands in place of the reader's "I have read it": a template of the type and its context.

    above: before the body instead of after it. completed: the record, when the type has found the lesson completed.
    """

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    above: bool = False
    completed: Any = None


class LessonType(Protocol):
    """How lessons of one type are written, checked, shown and completed.

    A version holds a body (Markdown) and ``settings``, a small JSON object that only its type understands, such as the
    ref of a video. All methods but ``panel`` are pure: same version, same answer.
    """

    name: str
    label: Any
    icon: str
    hint: Any
    """A line for the trainer who chooses a type."""
    editor_template: str | None
    """Fields of the editor for the settings (rendered with ``settings``); None when the type has none."""
    by_reading: bool
    """Whether reading to the end completes the lesson; False for a type whose panel has a condition of its own."""

    def settings_from(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The settings that an author sent; unknown fields are ignored."""

    def problems(self, body: str, settings: Mapping[str, Any]) -> list[Problem]:
        """What the author has to mend before the version can be saved; empty when it is fine."""

    def media_refs(self, body: str, settings: Mapping[str, Any]) -> tuple[str, ...]:
        """The refs of all files that the version shows, each once; its readers may fetch these and no others."""

    def render(self, body: str, *, today: date, place: Place = NOWHERE) -> RenderedLesson:
        """The version as a page. Whatever the author wrote, the result holds no script and no foreign style."""

    def minimum_seconds(self, body: str) -> int:
        """How long after opening it the lesson can have been read to its end, at the earliest. Only for reading."""

    def check_by(self, body: str) -> date | None:
        """The day by which the body must be looked through again, because it tells rules that others may change."""

    def panel(
        self, *, person: Any, lesson: Any, version: Any, at: datetime, opening: Any, place: Place
    ) -> Panel | None:
        """How ``person`` completes the version here (player, signatures, quiz); None where reading to the end does.

        ``opening`` (``courses.lessons.services.Opening``) tells since when it is open, the task and the completion. A
        type that is not ``by_reading`` writes the record "completed" by ``courses.lessons.services.complete_lesson``
        itself, when its condition holds.
        """
