"""Text on its ground reaches WCAG AA (4.5:1) in both themes, by the figures of theme.css."""

from __future__ import annotations

import re

import pytest

from lms.web.assets import STATIC

CSS = (STATIC / "css" / "theme.css").read_text(encoding="utf-8")
COLOURS = sorted(set(re.findall(r"--kf-(\w+)-soft", CSS)) - {"ink", "accent"})


def theme(selector: str) -> dict[str, str]:
    block = re.search(rf"^{re.escape(selector)} \{{\n(.*?)^\}}", CSS, re.MULTILINE | re.DOTALL)
    assert block
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{3,6});", block[1]))


THEMES = {"light": theme(':root, [data-bs-theme="light"]'), "dark": theme('[data-bs-theme="dark"]')}
GROUNDS = ("--kf-ground", "--kf-surface", "--kf-sunken")
PAIRS = [
    (ink, ground)
    for ink in ("--kf-ink", "--kf-ink-soft", "--kf-accent-text", "--tblr-link-color")
    for ground in GROUNDS
]
PAIRS += [(f"--kf-{name}", f"--kf-{name}-soft") for name in COLOURS]
PAIRS += [(f"--kf-{name}", "--kf-surface") for name in COLOURS]
PAIRS += [("--kf-ink", f"--kf-{name}-soft") for name in ("green", "blue", "orange", "red")]
PAIRS += [("--kf-accent-ink", ground) for ground in ("--kf-accent", "--kf-accent-strong")]
PAIRS += [("--kf-accent-ink", f"--tblr-{name}") for name in ("primary", "success", "warning", "danger", "info")]
PAIRS += [("--kf-accent-text", "--kf-accent-soft")]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio: black on white is 21."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_ratio_is_the_standard_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name: str) -> None:
    colours = THEMES[name]
    low = {(ink, ground): round(contrast(colours[ink], colours[ground]), 2) for ink, ground in PAIRS}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("name", THEMES)
def test_edges_of_fields_can_be_seen(name: str) -> None:
    colours = THEMES[name]
    assert contrast(colours["--kf-line-strong"], colours["--kf-surface"]) >= 3
