"""Uploaded files in a text: ``![说明](media:<ref>)`` becomes a picture, a player or a card to download by.

The sanitiser has run before and left ``<img src="media:…">``; what takes its place comes from our own templates, so
nothing but files of this installation is ever shown.
"""

from __future__ import annotations

import re
from html import unescape

from flask import get_template_attribute
from markupsafe import Markup

from courses.types.protocol import Place

REF = re.compile(r"media:([0-9a-f]{16})(?![0-9a-f])")
ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
IMG = r'<img(?=\s[^<>]*\bsrc="media:)((?:\s+[a-z]+="[^"]*")*)\s*/?>'
ALONE = re.compile(rf"<p>\s*{IMG}\s*</p>")
INSIDE = re.compile(IMG)
TEMPLATE = "courses/types/media.html"


def refs_in(text: str) -> tuple[str, ...]:
    """The refs that a text names, each once, in order."""
    return tuple(dict.fromkeys(REF.findall(text)))


def with_media(html: Markup, place: Place) -> Markup:
    """Put the files into sanitised HTML. One that stands alone in its paragraph becomes a figure with a caption."""
    if 'src="media:' not in html:
        return html
    text = ALONE.sub(lambda found: _shown(found[1], place, alone=True), str(html))
    text = INSIDE.sub(lambda found: _shown(found[1], place, alone=False), text)
    return Markup(text)  # noqa: S704  sanitised before; only output of our templates was added


def _shown(attributes: str, place: Place, *, alone: bool) -> str:
    given = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
    found = REF.fullmatch(given.get("src", ""))
    media = place.media(found[1]) if found else None
    if media is None:
        return str(get_template_attribute(TEMPLATE, "missing")(given.get("alt", "")))
    name = {"picture": "picture", "video": "video"}.get(media.kind, "document")
    return str(get_template_attribute(TEMPLATE, name)(media, given.get("alt", ""), given.get("title", ""), alone))
