"""Makes KefuSans-Regular.ttf, the font that certificates carry, from Noto Sans CJK SC. Run by hand, never by the app.

    pip install fonttools
    python lms/certification/fonts/build.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc

What it does, and why:

* keeps every Han character of the font (all planes), kana, Latin, punctuation and symbols; leaves Hangul out;
* turns the outlines from cubic (CFF) to quadratic (TrueType): the PDF library embeds TrueType only;
* leaves out layout tables, vertical metrics and hints: a PDF needs none of them;
* renames the family, as the licence asks of a changed version (OFL.txt), and fixes every date, so that the same
  source and the same fontTools give the same bytes.

Prints size and SHA-256; write both into VENDOR.md.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph

FACE = "Noto Sans CJK SC"
FAMILY, STYLE = "Kefu Sans", "Regular"
TARGET = Path(__file__).with_name("KefuSans-Regular.ttf")
TOLERANCE = 2.0  # units of the 1,000 an em has: 0.03 mm in a title of 40 points
EPOCH = 3_692_217_600  # 2021-01-01, in seconds since 1904

HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0x3200, 0x321E), (0x3260, 0x327E), (0xA960, 0xA97F),
          (0xAC00, 0xD7FF), (0xFFA0, 0xFFDC))  # fmt: skip


def wanted(code: int) -> bool:
    """Everything but Hangul and variation selectors."""
    return not any(first <= code <= last for first, last in HANGUL) and not 0xE0100 <= code <= 0xE01EF


def source_font(path: Path) -> TTFont:
    """The simplified-Chinese face of the collection."""
    for number in range(16):
        font = TTFont(path, fontNumber=number, lazy=True)
        if font["name"].getDebugName(1) == FACE:
            return font
    raise SystemExit(f"{path} has no face {FACE}")


def outlines(font: TTFont, names: list[str]) -> tuple[dict[str, Glyph], dict[str, tuple[int, int]]]:
    """The glyphs as quadratic curves, and their (advance, left side bearing)."""
    drawn, source = {}, font.getGlyphSet()
    for name in names:
        pen = TTGlyphPen(None)
        source[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        drawn[name] = pen.glyph()
    widths = font["hmtx"].metrics
    metrics = {}
    for name, glyph in drawn.items():
        glyph.recalcBounds(None)
        metrics[name] = (widths[name][0], getattr(glyph, "xMin", 0))
    return drawn, metrics


def build(source: Path, target: Path) -> None:
    font = source_font(source)
    cmap = {code: name for code, name in font.getBestCmap().items() if wanted(code)}
    kept = set(cmap.values())
    names = [".notdef", *(name for name in font.getGlyphOrder() if name in kept and name != ".notdef")]
    drawn, metrics = outlines(font, names)
    hhea, os2 = font["hhea"], font["OS/2"]
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(drawn, calcGlyphBounds=False)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent)
    builder.setupNameTable(
        {
            "copyright": font["name"].getDebugName(0) + " Changed version: subset and converted, named Kefu Sans.",
            "familyName": FAMILY,
            "styleName": STYLE,
            "uniqueFontIdentifier": "KefuSans-Regular 1.0",
            "fullName": f"{FAMILY} {STYLE}",
            "version": "Version 1.0",
            "psName": "KefuSans-Regular",
            "licenseDescription": "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
            "licenseInfoURL": "https://openfontlicense.org",
        },
        mac=False,
    )
    builder.setupOS2(
        sTypoAscender=os2.sTypoAscender,
        sTypoDescender=os2.sTypoDescender,
        usWinAscent=os2.usWinAscent,
        usWinDescent=os2.usWinDescent,
        sCapHeight=os2.sCapHeight,
        sxHeight=os2.sxHeight,
        usWeightClass=400,
        fsType=0,
        achVendID="KEFU",
    )
    builder.setupPost(keepGlyphNames=False)
    builder.font.recalcTimestamp = False
    builder.font["head"].created = builder.font["head"].modified = EPOCH
    builder.font.save(target)
    data = target.read_bytes()
    print(f"{target.name}: {len(names)} glyphs, {len(cmap)} characters, {len(data)} bytes")
    print(f"SHA-256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="NotoSansCJK-Regular.ttc")
    parser.add_argument("--target", type=Path, default=TARGET)
    arguments = parser.parse_args()
    build(arguments.source, arguments.target)
