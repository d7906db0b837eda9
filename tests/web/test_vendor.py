"""Vendored browser libraries are what VENDOR.md says; every icon that a template names is in the sprite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import courses
import lms
import quizzes
from lms.web.assets import STATIC, icon_names
from lms.web.vendoring import LIBRARIES, VENDOR, checksum, icon_list

ROW = re.compile(r"^\| `(vendor/[^`]+)` \| ([^|]+) \| ([^|]+) \| npm `([^`]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)
LISTED = ROW.findall((STATIC / "VENDOR.md").read_text(encoding="utf-8"))
PACKAGES = [Path(package.__file__).parent for package in (lms, courses, quizzes)]


def test_the_list_names_every_vendored_file_and_no_other() -> None:
    present = {
        path.relative_to(STATIC).as_posix()
        for folder in VENDOR.iterdir()
        if folder.is_dir()
        for path in folder.iterdir()
    }
    assert {row[0] for row in LISTED} == present
    assert {row[3] for row in LISTED} == {library.package for library in LIBRARIES}


@pytest.mark.parametrize("path, version, licence, _package, sha256", LISTED)
def test_a_vendored_file_is_unchanged(path: str, version: str, licence: str, _package: str, sha256: str) -> None:
    assert checksum(STATIC / path) == sha256
    assert f"-{version.strip()}/" in path
    assert licence.strip() in ("MIT", "0BSD", "Apache-2.0")
    assert b"sourceMappingURL" not in (STATIC / path).read_bytes()


def test_the_sprite_holds_the_listed_icons() -> None:
    assert icon_names() == set(icon_list())
    assert len(icon_names()) > 150


def templates() -> list[Path]:
    return sorted(path for package in PACKAGES for path in package.rglob("templates/**/*.html"))


ICON = re.compile(
    r"""\b(?:icon|empty)\(\s*"([a-z0-9-]+)"|icon_name="([a-z0-9-]+)"|submit\([^"]*"[^"]*"\)?, "([a-z0-9-]+)\""""
)
NAV_ICON = re.compile(r'NavItem\(\s*"[^"]+",\s*_l\("[^"]+"\),\s*"([a-z0-9-]+)"', re.DOTALL)


def test_every_icon_that_is_named_exists() -> None:
    named = {
        (name, path.name)
        for path in templates()
        for found in ICON.findall(path.read_text(encoding="utf-8"))
        for name in found
        if name
    }
    named |= {
        (name, path.name)
        for package in PACKAGES
        for path in package.rglob("plugin.py")
        for name in NAV_ICON.findall(path.read_text(encoding="utf-8"))
    }
    assert len(named) > 20
    assert {(name, where) for name, where in named if name not in icon_names()} == set()


INLINE = re.compile(
    r"""<style|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\bsrc=)|hx-on|\bhx-vars=|["']js:"""
)


def test_no_template_has_inline_script_or_style_or_a_foreign_address() -> None:
    assert len(templates()) > 10
    for path in templates():
        text = path.read_text(encoding="utf-8")
        assert not (found := INLINE.search(text)), f"{path.name}: {found}"
        assert not re.search(r"""(?:src|<link[^>]*href)=["'](?:https?:)?//""", text), path.name
