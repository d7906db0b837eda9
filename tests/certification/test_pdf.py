"""The PDF: every character is there on a machine without fonts, and everything stays inside the page."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO

import pypdf
import pytest

from lms.certification.fonts import FONT, SHA256
from lms.certification.rendering import STANDARD, CertificateFacts, CertifiedCompetency, EvidenceLine, renderer
from lms.certification.standard_look import HEIGHT, WIDTH

RARE = "王㛃䶮𠮷"
URL = "https://xuetang.example.com/verify/" + "k" * 32


def facts(**changed: object) -> CertificateFacts:
    plain: dict[str, object] = {
        "number": "SG-2026-000123-4",
        "title": "上岗证",
        "holder": RARE,
        "issuer": "雲棲客服中心",
        "issued_on": date(2026, 3, 2),
        "valid_from": date(2026, 3, 2),
        "last_day": date(2027, 3, 2),
        "competencies": [
            CertifiedCompetency("K1", "退换货规则", "knowledge"),
            CertifiedCompetency("S1", "首响", "skill"),
        ],
        "evidence": [
            EvidenceLine("新客服入职周", date(2026, 3, 1), 0.935, "3"),
            EvidenceLine("考試", date(2026, 3, 1)),
        ],
        "verify_url": URL,
    }
    return CertificateFacts(**(plain | changed))  # type: ignore[arg-type]


def test_the_font_is_the_one_that_was_made() -> None:
    assert hashlib.sha256(FONT.read_bytes()).hexdigest() == SHA256
    assert SHA256 in FONT.with_name("VENDOR.md").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in FONT.with_name("OFL.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page() -> pypdf.PageObject:
    look = renderer("a plugin that is gone")
    assert look.name == STANDARD
    pdf = look.render(facts())
    assert pdf == look.render(facts())  # the same facts, the same bytes
    reader = pypdf.PdfReader(BytesIO(pdf))
    assert len(reader.pages) == 1
    return reader.pages[0]


def test_what_is_printed_can_be_read_and_copied(page: pypdf.PageObject) -> None:
    text = page.extract_text()
    for words in (RARE, "上 岗 证", "雲棲客服中心", "SG-2026-000123-4", "退换货规则", "首响", "新客服入职周", "考試"):
        assert words in text
    assert "2026 年 3 月 2 日" in text and "至 2027 年 3 月 2 日" in text and "93.5 分" in text


def test_every_font_is_embedded(page: pypdf.PageObject) -> None:
    fonts = page["/Resources"]["/Font"]  # type: ignore[index]
    descriptors = [font.get_object()["/FontDescriptor"].get_object() for font in fonts.values()]
    assert descriptors and all("/FontFile2" in descriptor for descriptor in descriptors)
    assert all(descriptor["/FontName"].endswith("+KefuSans-Regular") for descriptor in descriptors)


def test_what_is_too_long_wraps_shrinks_and_stays_inside() -> None:
    """The worst: a title of sixty characters, a name of 64 with what no font has, forty competencies, much evidence."""
    many = [
        CertifiedCompetency(f"K{n}", f"第{n}项：大促期间准确解释满减、预售与价保的规则" * (1 + n % 2), dimension)
        for n in range(40)
        for dimension in [("attitude", "knowledge", "skill")[n % 3]]
    ]
    evidence = [EvidenceLine("很长的考核名称" * 12, date(2026, 3, 1), 0.9, part=n > 0) for n in range(30)]
    worst = facts(
        title="资" * 60,
        holder="諾" * 60 + "😀한𪚥W",
        issuer="某" * 100,
        competencies=many,
        evidence=evidence,
        last_day=None,
    )
    look = renderer(STANDARD)
    assert list(look.lacking(worst)) == ["U+1F600 😀", "U+D55C 한", "U+2A6A5 𪚥"]
    places: list[tuple[float, float]] = []

    def note(text: str, _cm: list[float], tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            places.append((tm[4], tm[5]))
            assert tm[4] + len(text.strip()) * 0.3 * size < WIDTH - 30

    content = pypdf.PdfReader(BytesIO(look.render(worst))).pages[0].extract_text(visitor_text=note)
    assert all(30 < x < WIDTH - 30 and 30 < y < HEIGHT - 30 for x, y in places) and len(places) > 60
    assert "长期有效" in content and "1F6" in content and "另有" in content
