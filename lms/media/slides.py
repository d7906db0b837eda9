"""PowerPoint files as HTML: slide by slide the title, the text, tables and pictures in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lms.media.converting import Found

MAX_SLIDES = 300
MAX_SHAPES = 2000
MAX_DEPTH = 8
ROW = 0.05  # shapes whose tops are this close, as a share of the slide's height, stand side by side
TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
REL_IDS = f"{{{DIAGRAM}}}relIds"
REL_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"


def read_slides(path: Path) -> Found:
    """The slides of a .pptx; hidden ones are left out, as they are in a show."""
    from pptx import Presentation

    found, parts = Found(), []
    deck = Presentation(str(path))
    height = deck.slide_height or 6_858_000
    slides = [slide for slide in deck.slides if slide.element.get("show") != "0"]
    for number, slide in enumerate(slides[:MAX_SLIDES], start=1):
        parts.append(_slide(slide, number, height, found))
    found.html = "\n".join(parts)
    found.facts = {"pages": min(len(slides), MAX_SLIDES), "pages_left_out": max(0, len(slides) - MAX_SLIDES)}
    return found


def _slide(slide: Any, number: int, height: int, found: Found) -> str:
    title = slide.shapes.title
    heading = " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""
    html = [f"<section><h2>{escape(f'{number}. {heading}' if heading else f'第 {number} 页')}</h2>"]
    shapes = [s for s in _flat(slide.shapes, 0) if title is None or s.shape_id != title.shape_id]
    for shape in _in_reading_order(shapes[:MAX_SHAPES], height):
        html.append(_shape(shape, found))
    return "\n".join([*filter(None, html), "</section>"])


def _flat(shapes: Iterable[Any], depth: int) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < MAX_DEPTH:
            yield from _flat(shape.shapes, depth + 1)
        else:
            yield shape


def _in_reading_order(shapes: list[Any], height: int) -> list[Any]:
    """From top to bottom, and from left to right what starts at about the same height."""
    step = max(1, int(height * ROW))
    return sorted(shapes, key=lambda s: ((s.top or 0) // step, s.left or 0))


def _shape(shape: Any, found: Found) -> str:
    if getattr(shape, "has_table", False) and shape.has_table:
        return _table(shape.table)
    if getattr(shape, "has_text_frame", False) and shape.has_text_frame:
        return _text(shape.text_frame)
    if hasattr(shape, "image"):
        try:
            given = found.add_picture(shape.image.blob, _alt(shape))
        except Exception:  # a linked picture has no bytes, a placeholder may be empty
            return ""
        said = " ".join(f'{name}="{escape(value)}"' for name, value in given.items())
        return f"<p><img {said}></p>" if given else ""
    return _diagram(shape)


def _alt(shape: Any) -> str:
    return str(shape._element._nvXxPr.cNvPr.get("descr", ""))[:200]


def _text(frame: Any) -> str:
    paragraphs = [(max(0, min(8, p.level)), _runs(p)) for p in frame.paragraphs]
    paragraphs = [(level, text) for level, text in paragraphs if text.strip()]
    if len(paragraphs) == 1 and paragraphs[0][0] == 0:
        return f"<p>{paragraphs[0][1]}</p>"
    html, depth = [], -1
    for level, text in paragraphs:
        level = min(level, depth + 1)
        if level > depth:
            html.append("<ul>")
        else:
            html.append("</li>" + "</ul></li>" * (depth - level))
        html.append(f"<li>{text}")
        depth = level
    return "".join(html) + ("</li>" + "</ul></li>" * depth + "</ul>" if html else "")


def _runs(paragraph: Any) -> str:
    html = []
    for run in paragraph.runs:
        text = escape(run.text).replace("\v", "<br>")
        address = run.hyperlink.address or ""
        if text.strip() and urlsplit(address).scheme in ("http", "https"):
            text = f'<a href="{escape(address)}">{text}</a>'
        html.append(f"<strong>{text}</strong>" if run.font.bold and text.strip() else text)
    return "".join(html) or escape(paragraph.text)


def _table(table: Any) -> str:
    rows = []
    for index, row in enumerate(table.rows):
        tag = "th" if index == 0 and table.first_row else "td"
        cells = (escape(cell.text).replace("\n", "<br>") for cell in row.cells)
        rows.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
    return "<table>" + "".join(rows) + "</table>"


def _diagram(shape: Any) -> str:
    """The words of a SmartArt graphic, as a list."""
    ids = shape._element.find(f".//{REL_IDS}") if hasattr(shape, "_element") else None
    if ids is None:
        return ""
    from lxml import etree

    try:
        part = shape.part.related_part(ids.get(REL_DATA))
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        words = [node.text or "" for node in etree.fromstring(part.blob, parser).iter(TEXT)]
    except Exception:  # a broken graphic leaves the rest of the slide whole
        return ""
    items = "".join(f"<li>{escape(text)}</li>" for text in words if text.strip())
    return f"<ul>{items}</ul>" if items else ""
