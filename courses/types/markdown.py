"""The lesson type "markdown": prose through the sanitiser, blocks through templates that escape everything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flask import Blueprint, get_template_attribute
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from courses.types import blocks
from courses.types.embedding import refs_in, with_media
from courses.types.protocol import NOWHERE, Heading, Panel, Place, Problem, RenderedLesson
from lms.web.markdown import render_markdown

# Nobody who reads is this fast: 300 to 500 characters a minute are usual. The figure only stops a page that was
# opened and closed; it must never hold up somebody who read.
CHARACTERS_A_SECOND = 15
SHORTEST, LONGEST = 10, 180

# Has no pages: it only tells Flask where the templates, scripts and styles of the lesson types are.
bp = Blueprint(
    "lesson_types", __name__, url_prefix="/lesson-types", template_folder="templates", static_folder="static"
)

HEADING = re.compile(r"<h([1-6])(?:\s[^>]*)?>(.*?)</h\1>", re.DOTALL)
TEMPLATE = "courses/types/blocks.html"


class MarkdownLesson:
    """Markdown with chat bubbles, platform rules, self-checks and checklists; see :mod:`courses.types.blocks`."""

    name = "markdown"
    label: Any = _l("图文")
    icon = "file-text"
    hint: Any = _l("文字、图片、对话示例、清单和自测，读到末尾就算学完")
    editor_template: str | None = None
    by_reading = True

    def settings_from(self, form: Mapping[str, str]) -> dict[str, Any]:
        return {}

    def problems(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> list[Problem]:
        return blocks.problems(body) if body.strip() else [Problem(1, _("课时要有正文。"))]

    def media_refs(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> tuple[str, ...]:
        return refs_in(body)

    def panel(
        self, *, person: Any, lesson: Any, version: Any, at: datetime, opening: Any, place: Place
    ) -> Panel | None:
        return None

    def render(self, body: str, *, today: date, place: Place = NOWHERE) -> RenderedLesson:
        headings: list[Heading] = []
        html = [self.draw(part, headings, today=today, place=place) for part in self.parts(body, place)]
        return RenderedLesson(Markup("\n").join(html), tuple(headings))

    def parts(self, body: str, place: Place) -> list[blocks.Part]:
        """What of the body is shown; a type whose panel shows a part of it leaves that out."""
        return blocks.split(body)

    def draw(self, part: blocks.Part, headings: list[Heading], *, today: date, place: Place) -> Markup:
        """One part as HTML; its headings are added to ``headings``."""
        if isinstance(part, blocks.Prose):
            return with_media(with_anchors(_prose(part.text), headings), place)
        macro = get_template_attribute(TEMPLATE, type(part).__name__.lower())
        return Markup(macro(part, today))  # noqa: S704  the macro escapes what the author wrote

    def minimum_seconds(self, body: str) -> int:
        return min(LONGEST, max(SHORTEST, len("".join(body.split())) // CHARACTERS_A_SECOND))

    def check_by(self, body: str) -> date | None:
        return blocks.earliest_check(body)


@lru_cache(maxsize=512)
def _prose(text: str) -> Markup:
    return render_markdown(text, media=True)


def with_anchors(html: Markup, headings: list[Heading]) -> Markup:
    """Number the headings of sanitised HTML and note them. The page has its own h1, so theirs start at h2."""

    def anchored(match: re.Match[str]) -> str:
        rank = max(2, int(match[1]))
        anchor = f"s{len(headings) + 1}"
        headings.append(Heading(anchor, Markup(match[2]).striptags(), rank))  # noqa: S704  sanitised already
        return f'<h{rank} id="{anchor}">{match[2]}</h{rank}>'

    return Markup(HEADING.sub(anchored, str(html)))  # noqa: S704  sanitised already; only ids of ours were added
