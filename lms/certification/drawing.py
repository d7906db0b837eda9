"""Setting text with the font that ships: measuring, wrapping, shrinking to a box, and boxes for what the font lacks.

Imports ReportLab, so only the job process may import this module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from lms.certification.fonts import FONT, NAME

LEADING = 1.45
_TOKEN = re.compile(r"[A-Za-z0-9_%./:@#&+\-–]+|\s+|.", re.S)
_NEVER_FIRST = frozenset("，。、；：？！）」』】》〉’”…·,.;:?!)]}%")
# Invisible: controls, joiners, variation selectors. Nothing is lost on paper when they are left out.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
_LONG_CODE = re.compile(r"<([0-9A-F]{5,6})>(?=\n)")


class _WholeUnicodeFont(TTFont):
    """ReportLab's font, but what it tells PDF readers of characters beyond U+FFFF is UTF-16, as the standard asks.

    ReportLab 5.1 writes the bare code point there, and copying 𠮷 out of the PDF gives rubbish.
    """

    def addObjects(self, doc: Any) -> None:
        super().addObjects(doc)
        for name, thing in doc.idToObject.items():
            if str(name).startswith("toUnicodeCMap:") and isinstance(thing.content, str):
                thing.content = _LONG_CODE.sub(_as_utf16, thing.content)


def _as_utf16(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


@lru_cache(maxsize=1)
def font() -> Any:
    """The font, read and registered once a process (0.3 s, 25 MB)."""
    loaded = _WholeUnicodeFont(NAME, str(FONT))
    pdfmetrics.registerFont(loaded)
    return loaded


def visible(text: str) -> str:
    """The text without what no paper shows; white space becomes single spaces."""
    return _INVISIBLE.sub("", re.sub(r"\s+", " ", text)).strip()


def lacks(char: str) -> bool:
    """Whether the font has no picture of the character."""
    return ord(char) not in font().face.charToGlyph


def lacking(texts: Sequence[str]) -> list[str]:
    """The characters of the texts that will show as boxes, as "U+1F600 😀", each once."""
    found = dict.fromkeys(char for text in texts for char in visible(text) if lacks(char))
    return [f"U+{ord(char):04X} {char}" for char in found]


def width(text: str, size: float) -> float:
    """How wide the text is in points; a box is as wide as a Han character."""
    face = font().face
    units = sum(1000 if ord(char) not in face.charToGlyph else face.getCharWidth(ord(char)) for char in text)
    return float(units) * size / 1000


def wrap(text: str, size: float, room: float) -> list[str]:
    """The text in lines that fit: between any two Han characters, never inside a Latin word unless it is too long."""
    lines, line = [], ""
    for token in _TOKEN.findall(visible(text)):
        if width(line + token, size) <= room or (token in _NEVER_FIRST and line and width(line, size) <= room):
            line += token
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = token.lstrip()
        while width(line, size) > room and len(line) > 1:
            cut = next(n for n in range(len(line), 0, -1) if n == 1 or width(line[:n], size) <= room)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


@dataclass(frozen=True)
class Fitted:
    """Text in lines at the size that fits its box."""

    lines: tuple[str, ...]
    size: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


def fit(text: str, *, room: float, height: float, largest: float, smallest: float) -> Fitted:
    """The largest size, in half points, at which the wrapped text fits; at the smallest the rest is cut with "…"."""
    size = largest
    while True:
        # A line may overhang by one closing mark, for which a little room is kept.
        found = Fitted(tuple(wrap(text, size, room - size * 0.5)), size)
        if found.height <= height:
            return found
        if size <= smallest:
            most = max(1, int(height // (size * LEADING)))
            kept = list(found.lines[:most])
            while kept[-1] and width(kept[-1] + "…", size) > room:
                kept[-1] = kept[-1][:-1]
            return Fitted((*kept[:-1], kept[-1] + "…"), size)
        size = max(smallest, size - 0.5)


def draw(
    canvas: Canvas, text: str, x: float, y: float, size: float, *, align: str = "left", bold: bool = False
) -> None:
    """One line with its baseline at ``y``; ``bold`` draws the outline too, so one font serves for both."""
    text = visible(text)
    x -= {"left": 0.0, "center": 0.5, "right": 1.0}[align] * width(text, size)
    for missing, run in groupby(text, key=lacks):
        chars = "".join(run)
        if not missing:
            words = canvas.beginText(x, y)
            words.setFont(NAME, size)
            if bold:
                words._code.append(f"{size * 0.028:.2f} w")
                words.setTextRenderMode(2)
            words.textOut(chars)
            if bold:
                words.setTextRenderMode(0)
            canvas.drawText(words)
            x += width(chars, size)
            continue
        for char in chars:
            _box(canvas, char, x, y, size)
            x += size


def _box(canvas: Canvas, char: str, x: float, y: float, size: float) -> None:
    """What a character without a picture looks like: a box with its code point, in two lines."""
    canvas.saveState()
    canvas.setLineWidth(size * 0.03)
    canvas.rect(x + size * 0.06, y - size * 0.1, size * 0.88, size * 0.92, stroke=1, fill=0)
    code = f"{ord(char):04X}"
    half = (len(code) + 1) // 2
    canvas.setFont(NAME, size * 0.32)
    canvas.drawCentredString(x + size / 2, y + size * 0.4, code[:half])
    canvas.drawCentredString(x + size / 2, y + size * 0.02, code[half:])
    canvas.restoreState()


def draw_lines(
    canvas: Canvas, fitted: Fitted, x: float, top: float, *, align: str = "left", bold: bool = False
) -> float:
    """Lines below ``top``; returns where the next may begin."""
    y = top
    for line in fitted.lines:
        draw(canvas, line, x, y - fitted.size, fitted.size, align=align, bold=bold)
        y -= fitted.size * LEADING
    return y
