"""The lesson type "file": a PDF, Word or PowerPoint file, read in the page; learnt when its end was reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from html import escape
from types import MappingProxyType
from typing import Any

from flask import get_template_attribute
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from courses.types import blocks
from courses.types.markdown import MarkdownLesson, with_anchors
from courses.types.protocol import NOWHERE, Heading, MediaShown, Place, Problem, RenderedLesson

REF = re.compile(r"(?:media:)?([0-9a-f]{16})")
PICTURE = re.compile(r'<img([^<>]*?)\ssrc="part:([0-9]{1,4})"')
TEMPLATE = "courses/types/file.html"
LEAST_SECONDS = 20
TEXT, LOOK = "text", "pdf"


class FileLesson(MarkdownLesson):
    """Settings: ``media``, the ref of the document. The body introduces it and may be empty."""

    name = "file"
    label: Any = _l("文档")
    icon = "file-description"
    hint: Any = _l("PDF、Word 或 PowerPoint，在页面里直接看，读到末尾就算学完")
    editor_template: str | None = "courses/types/file_editor.html"

    def settings_from(self, form: Mapping[str, str]) -> dict[str, Any]:
        ref = REF.fullmatch(form.get("media", "").strip())
        return {"media": ref[1] if ref else ""}

    def problems(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> list[Problem]:
        missing = [] if settings.get("media") else [Problem(0, _("请上传这节课要看的文档。"))]
        return missing + blocks.problems(body)

    def media_refs(self, body: str, settings: Mapping[str, Any] = MappingProxyType({})) -> tuple[str, ...]:
        ref, refs = settings.get("media"), super().media_refs(body, settings)
        return tuple(dict.fromkeys([ref, *refs])) if isinstance(ref, str) and ref else refs

    def render(self, body: str, *, today: date, place: Place = NOWHERE) -> RenderedLesson:
        rendered = super().render(body, today=today, place=place)
        ref = place.settings.get("media")
        media = place.media(ref) if isinstance(ref, str) and ref else None
        headings = list(rendered.headings)
        text = _text(media, headings) if media is not None and media.state == "ready" else None
        shown = get_template_attribute(TEMPLATE, "document")
        page = Markup(shown(media, text))  # noqa: S704  a template of ours, which escapes all but the cleaned text
        return RenderedLesson(rendered.html + Markup("\n") + page, tuple(headings))

    def minimum_seconds(self, body: str) -> int:
        return max(LEAST_SECONDS, super().minimum_seconds(body))


def _text(media: MediaShown, headings: list[Heading]) -> Markup | None:
    """The text of a Word or PowerPoint file. It was cleaned when it was made; its pictures get their addresses here.

    Where the file shows as it looks, its headings are no contents of the page.
    """
    if TEXT not in media.parts:
        return None

    def picture(found: re.Match[str]) -> str:
        return f'<img{found[1]} src="{escape(media.part(found[2]))}" loading="lazy" decoding="async"'

    html = Markup(PICTURE.sub(picture, media.read(TEXT)))  # noqa: S704  cleaned by lms.media.converting.clean
    return html if LOOK in media.parts else with_anchors(html, headings)
