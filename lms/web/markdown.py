"""Markdown as safe HTML. Python-Markdown renders, nh3 lets through only what is listed here.

No script, style, SVG, frame, form control, class or id of the author's reaches a page; pictures come from
this app only, uploaded ones are named ``media:<ref>`` and left to the caller who asks for them. The libraries are
loaded at the first call, so that a worker which renders no Markdown stays small.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup

if TYPE_CHECKING:
    from markdown import Markdown

TAGS = """
    p br hr h1 h2 h3 h4 h5 h6 strong em b i u s del ins mark sub sup small code pre kbd samp blockquote q cite
    ul ol li dl dt dd table caption thead tbody tfoot tr th td a img figure figcaption abbr details summary
"""
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "abbr": {"title"},
    "ol": {"start"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "td": {"align", "colspan", "rowspan"},
    "details": {"open"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
MEDIA = re.compile(r"media:[0-9a-f]{16}")
CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff“”‘’…—·"
JOINED = re.compile(rf"(?<=[{CJK}])[ \t]*\n[ \t]*(?=[{CJK}])")
CHECKBOX = re.compile(r'(<li class="task-list-item">(?:\s*<p>)?)<input type="checkbox" disabled( checked)?\s*/?>')
ID_PREFIX = "s-"
SPECIAL = re.compile(r"([\\`*_\[\]#|]|^[-+]|(?<=^\d)\.)")


@dataclass(frozen=True)
class Document:
    """A rendered text and its contents: (level, id, heading) of the second and third level."""

    html: Markup
    contents: tuple[tuple[int, str, str], ...]


def render_markdown(text: str, *, media: bool = False) -> Markup:
    """Safe HTML. Headings carry no ids; a line break between two Chinese characters is no blank.

    With ``media`` the pictures ``media:<ref>`` stay as they are, for a caller who puts the real ones in their place.
    """
    return _clean(_converter(contents=False).reset().convert(_printable(text)), ids=False, media=media)


def render_document(text: str) -> Document:
    """Safe HTML whose headings can be linked to, with its table of contents."""
    converter = _converter(contents=True).reset()
    html = _clean(converter.convert(_printable(text)), ids=True)
    found: list[tuple[int, str, str]] = []
    _collect(converter.toc_tokens, found)
    return Document(html, tuple(found))


def _printable(text: str) -> str:
    """Without control characters: Python-Markdown uses STX and ETX for its own placeholders."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)


def _collect(tokens: list[dict[str, Any]], found: list[tuple[int, str, str]]) -> None:
    for token in tokens:
        if 2 <= token["level"] <= 3:
            heading = Markup(token["name"]).striptags()  # noqa: S704 - taken apart, not shown
            found.append((token["level"], token["id"], heading))
        _collect(token["children"], found)


def slug(heading: str, separator: str = "-") -> str:
    """The id of a heading: letters of any script and digits, prefixed so that it clashes with no id of the page."""
    return ID_PREFIX + (re.sub(r"[^\w]+", separator, heading).strip(separator).lower() or "x")


@cache
def _converter(*, contents: bool) -> Markdown:
    from markdown import Markdown
    from markdown.extensions.tables import TableExtension
    from markdown.extensions.toc import TocExtension

    extensions: list[Any] = [
        TableExtension(use_align_attribute=True),
        "sane_lists",
        "def_list",
        "pymdownx.superfences",
        "pymdownx.highlight",
        "pymdownx.tilde",
        "pymdownx.mark",
        "pymdownx.tasklist",
    ]
    if contents:
        extensions.append(TocExtension(slugify=slug))
    settings = {
        "pymdownx.highlight": {"use_pygments": False},
        "pymdownx.tilde": {"subscript": False},
    }
    return Markdown(extensions=extensions, extension_configs=settings, output_format="html")


def _clean(html: str, *, ids: bool, media: bool = False) -> Markup:
    import nh3

    html = CHECKBOX.sub(lambda found: found[1] + ("☑ " if found[2] else "☐ "), html)
    parts = re.split(r"(<pre\b.*?</pre>)", html, flags=re.DOTALL)
    html = "".join(part if part.startswith("<pre") else JOINED.sub("", part) for part in parts)
    attributes = {**ATTRIBUTES, **({name: {"id"} for name in HEADINGS} if ids else {})}
    cleaned = nh3.clean(
        html,
        tags=set(TAGS.split()),
        clean_content_tags={"script", "style", "svg", "math", "iframe", "object", "template", "noscript", "title"},
        attributes=attributes,
        attribute_filter=_attribute_or_media if media else _attribute,
        url_schemes=SCHEMES | {"media"} if media else SCHEMES,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return Markup(cleaned)  # noqa: S704 - sanitised just above


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "id" and not value.startswith(ID_PREFIX):
        return None
    if tag == "img" and name == "src":
        try:
            parts = urlsplit(value.strip().replace("\\", "/"))
        except ValueError:
            return None
        # A picture from elsewhere would tell a stranger who reads what, and the content policy refuses it anyway.
        return None if parts.scheme or parts.netloc else value
    return value


def as_markdown(text: str) -> str:
    """Somebody's text as one line of Markdown that means nothing but itself."""
    line = SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute_or_media(tag: str, name: str, value: str) -> str | None:
    if value.strip().lower().startswith("media:"):
        return value if tag == "img" and name == "src" and MEDIA.fullmatch(value) else None
    return _attribute(tag, name, value)
