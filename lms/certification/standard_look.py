"""The look in the box: one A4 page across, a quiet frame, the holder in the middle, the QR code at the right.

Drawn in the job process. Everything that can be long wraps, then shrinks, and is never drawn outside its box.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from itertools import groupby
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.certification.rendering import STANDARD, CertificateFacts, CertifiedCompetency, EvidenceLine

WIDTH, HEIGHT = 841.89, 595.28
MARGIN = 62.0
SIDE = 150.0
"""The width of the column with the number, the days and the QR code."""
INK, SOFT, LINE, ACCENT, PAPER = "#1d2b2a", "#5c6b69", "#c9d6d3", "#0b6b5d", "#fbfaf6"
DIMENSIONS = {"attitude": "态度", "knowledge": "知识", "skill": "技能"}
MOST_EVIDENCE = 14
TALLEST = 150.0
"""How much height the competencies may take."""


class StandardCertificate:
    """The built-in look of certificates."""

    name = STANDARD
    label: Any = _l("标准版（A4 横向）")

    def render(self, facts: CertificateFacts) -> bytes:
        """One page, everything embedded; the same facts give the same bytes."""
        from reportlab.pdfgen.canvas import Canvas

        from lms.certification.drawing import font
        from lms.certification.fonts import NAME

        font()
        target = BytesIO()
        canvas = Canvas(target, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1, initialFontName=NAME)
        canvas.setTitle(f"{facts.title} {facts.number}")
        canvas.setAuthor(facts.issuer)
        canvas.setSubject(facts.holder)
        _frame(canvas)
        _heading(canvas, facts)
        _side(canvas, facts)
        below = _competencies(canvas, facts.competencies, top=HEIGHT - 268)
        _evidence(canvas, facts.evidence, top=below - 14)
        _foot(canvas, facts)
        canvas.showPage()
        canvas.save()
        return target.getvalue()

    def lacking(self, facts: CertificateFacts) -> Sequence[str]:
        """Characters that show as boxes."""
        from lms.certification.drawing import lacking

        words = [facts.title, facts.holder, facts.issuer, facts.number]
        words += [f"{each.code}{each.name}" for each in facts.competencies]
        return lacking(words + [each.title for each in facts.evidence])


def _colour(canvas: Any, text: str, line: str | None = None) -> None:
    from reportlab.lib.colors import HexColor

    canvas.setFillColor(HexColor(text))
    canvas.setStrokeColor(HexColor(line or text))


def _frame(canvas: Any) -> None:
    _colour(canvas, PAPER, ACCENT)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    canvas.setLineWidth(1.6)
    canvas.rect(24, 24, WIDTH - 48, HEIGHT - 48)
    canvas.setLineWidth(0.5)
    canvas.rect(30, 30, WIDTH - 60, HEIGHT - 60)
    canvas.setLineWidth(1.6)
    for x, across in ((24.0, 1), (WIDTH - 24, -1)):
        for y, up in ((24.0, 1), (HEIGHT - 24, -1)):
            for far in (16, 22):
                canvas.line(x + across * far, y + up * 6, x + across * far, y + up * far)
                canvas.line(x + across * 6, y + up * far, x + across * far, y + up * far)
                canvas.setLineWidth(0.6)
            canvas.setLineWidth(1.6)


def _heading(canvas: Any, facts: CertificateFacts) -> None:
    from lms.certification.drawing import draw, draw_lines, fit, width

    room, middle = WIDTH - 2 * MARGIN, WIDTH / 2
    _colour(canvas, SOFT)
    if facts.issuer:
        draw_lines(
            canvas, fit(facts.issuer, room=room, height=20, largest=12, smallest=8), middle, HEIGHT - 58, align="center"
        )
    _colour(canvas, ACCENT)
    title = fit(_spaced(facts.title), room=room, height=62, largest=40, smallest=12)
    draw_lines(canvas, title, middle, HEIGHT - 82 - (58 - title.height) / 2, align="center", bold=True)
    canvas.setLineWidth(1)
    canvas.line(middle - 90, HEIGHT - 150, middle - 8, HEIGHT - 150)
    canvas.line(middle + 8, HEIGHT - 150, middle + 90, HEIGHT - 150)
    canvas.circle(middle, HEIGHT - 150, 2.2, stroke=0, fill=1)
    _colour(canvas, INK)
    name = fit(facts.holder, room=room - 2 * SIDE, height=52, largest=30, smallest=9)
    bottom = draw_lines(canvas, name, middle, HEIGHT - 166 - (44 - name.height) / 2, align="center", bold=True)
    reach = min(room - 2 * SIDE, max(180.0, max(width(line, name.size) for line in name.lines) + 60)) / 2
    _colour(canvas, SOFT, LINE)
    canvas.setLineWidth(0.7)
    canvas.line(middle - reach, bottom - 1, middle + reach, bottom - 1)
    draw(canvas, "经学习与考核，具备下列能力，特发此证。", middle, HEIGHT - 242, 11.5, align="center")


def _spaced(title: str) -> str:
    """A short title is set wide: 上 岗 证."""
    return " ".join(title) if len(title) <= 5 and not title.isascii() else title


def _side(canvas: Any, facts: CertificateFacts) -> None:
    from lms.certification.drawing import draw, draw_lines, fit

    x, top = WIDTH - MARGIN - SIDE, HEIGHT - 268
    _colour(canvas, INK, LINE)
    canvas.setLineWidth(0.7)
    canvas.line(x - 18, top, x - 18, 66)
    lines = [
        ("证书编号", facts.number),
        ("发证日期", _day(facts.issued_on)),
        ("有效期", f"{_day(facts.valid_from)} 起" if facts.last_day is None else _day(facts.valid_from)),
        ("", "长期有效" if facts.last_day is None else f"至 {_day(facts.last_day)}"),
    ]
    y = top - 4
    for label, value in lines:
        if label:
            _colour(canvas, SOFT)
            draw(canvas, label, x, y - 9, 8.5)
            y -= 14
        _colour(canvas, INK)
        y = draw_lines(canvas, fit(value, room=SIDE, height=17, largest=11.5, smallest=6), x, y) - (3 if label else 0)
    _qr(canvas, facts.verify_url, x, 84, 92)
    _colour(canvas, SOFT)
    draw(canvas, "扫码查验", x + 46, 70, 9, align="center")


def _qr(canvas: Any, url: str, x: float, y: float, size: float) -> None:
    """The code as squares, with the quiet zone that readers need; sharp at any size."""
    import segno

    rows = [list(row) for row in segno.make(url, error="m", micro=False).matrix_iter(border=4)]
    step = size / len(rows)
    _colour(canvas, "#ffffff", LINE)
    canvas.rect(x, y, size, size, stroke=0, fill=1)
    _colour(canvas, INK)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        at = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                path.rect(x + at * step, y + size - (number + 1) * step, length * step, step)
            at += length
    canvas.drawPath(path, stroke=0, fill=1)


def _competencies(canvas: Any, competencies: Sequence[CertifiedCompetency], *, top: float) -> float:
    """Three columns, 态度 知识 技能; returns where they end. Short lists leave the room to the evidence."""
    from lms.certification.drawing import LEADING, draw, draw_lines, fit

    room = WIDTH - 2 * MARGIN - SIDE - 36
    groups = [(word, [c for c in competencies if c.dimension == key]) for key, word in DIMENSIONS.items()]
    groups = [(word, members) for word, members in groups if members]
    if not groups:
        return top + 14
    column = (room - 16 * (len(groups) - 1)) / len(groups)
    most = max(len(members) for _word, members in groups)
    height = min(TALLEST, 8 + most * 17)
    size, lowest = 10.0, top
    while True:  # all columns in one size
        columns = [[fit(each.name, room=column - 10, height=2.2 * size * LEADING, largest=size, smallest=size)
                    for each in members] for _word, members in groups]  # fmt: skip
        if max(sum(text.height for text in each) for each in columns) <= height or size <= 4:
            break
        size, height = size - 0.5, TALLEST
    for number, ((word, _members), texts) in enumerate(zip(groups, columns, strict=True)):
        x = MARGIN + number * (column + 16)
        _colour(canvas, ACCENT)
        draw(canvas, word, x, top - 10, 10.5, bold=True)
        _colour(canvas, INK, LINE)
        canvas.setLineWidth(0.5)
        canvas.line(x, top - 16, x + column, top - 16)
        y = top - 20
        for place, text in enumerate(texts):
            rest = len(texts) - place
            if y - text.height < top - 20 - TALLEST - 1:
                draw(canvas, f"另有 {rest} 项，见系统内的证书页", x, y - size, size)
                y -= size * LEADING
                break
            _colour(canvas, ACCENT)
            canvas.circle(x + 2, y - size * 0.62, size * 0.13, stroke=0, fill=1)
            _colour(canvas, INK)
            y = draw_lines(canvas, text, x + 8, y)
        lowest = min(lowest, y)
    return lowest


def _evidence(canvas: Any, evidence: Sequence[EvidenceLine], *, top: float) -> None:
    """What was passed, a line each: title, score, day."""
    from lms.certification.drawing import draw, fit

    bottom, room = 66.0, WIDTH - 2 * MARGIN - SIDE - 36
    _colour(canvas, ACCENT)
    draw(canvas, "考核记录", MARGIN, top - 10, 10.5, bold=True)
    _colour(canvas, INK, LINE)
    canvas.setLineWidth(0.5)
    canvas.line(MARGIN, top - 16, MARGIN + room, top - 16)
    space = top - 20 - bottom
    shown = list(evidence[:MOST_EVIDENCE])
    lines = len(shown) + (len(evidence) > len(shown))
    size = min(9.5, space / max(1, lines) / 1.45)
    if size < 5:
        size = 5.0
        shown = shown[: max(1, int(space // (size * 1.45)) - 1)]
    y = top - 20
    for line in shown:
        indent = 10 if line.part else 0
        _colour(canvas, SOFT if line.part else INK)
        words = f"{line.title}（版本 {line.version}）" if line.version else line.title
        one = fit(words, room=room - 160 - indent, height=size * 1.5, largest=size, smallest=min(size, 5))
        draw(canvas, one.lines[0], MARGIN + indent, y - size, one.size)
        if line.score is not None:
            draw(canvas, f"{_points(line.score)} 分", MARGIN + room - 104, y - size, size, align="right")
        draw(canvas, _day(line.day), MARGIN + room, y - size, size, align="right")
        y -= size * 1.45
    if len(shown) < len(evidence):
        _colour(canvas, SOFT)
        draw(canvas, f"另有 {len(evidence) - len(shown)} 条，见系统内的证书页", MARGIN, y - size, size)


def _foot(canvas: Any, facts: CertificateFacts) -> None:
    from lms.certification.drawing import draw

    _colour(canvas, SOFT)
    draw(canvas, "证书是否有效，以扫码查验的结果为准。", MARGIN, 46, 8)


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _points(score: float) -> str:
    return f"{round(score * 100, 1):g}"
