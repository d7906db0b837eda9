"""Makes pages of Word and PowerPoint files, in a process of its own: a hostile file costs no more than that process.

The child has a limit of memory and time; it writes ``text`` (HTML), ``result.json`` and the pictures into a folder. Run
as ``python -m lms.media.converting <kind> <file> <folder>``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

SECONDS = 120
MEMORY = 2 << 30
MAX_HTML = 3_000_000
MAX_PICTURES = 300
MAX_PICTURE_BYTES = 150 << 20
KEPT_ENVIRONMENT = ("PATH", "PYTHONPATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")
IMG_SRC = r"part:[0-9]{1,4}"


class ConversionFailed(Exception):
    """The file could not be made into pages; the message says why, for people."""


@dataclass
class Found:
    """What a converter found: unclean HTML, whose pictures are ``<img src="part:1">``, and the pictures themselves."""

    html: str = ""
    pictures: list[tuple[bytes, str, dict[str, int]]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    left_out: int = 0
    seen: dict[bytes, int] = field(default_factory=dict)
    size: int = 0

    def add_picture(self, data: bytes, alt: str = "") -> dict[str, str]:
        """Keep a picture, cleaned; the attributes of its img. {} when browsers can't show it or it is one too many."""
        from lms.media.kinds import MediaRefused
        from lms.media.pictures import clean_picture

        if data not in self.seen:
            full = len(self.pictures) >= MAX_PICTURES or self.size + len(data) > MAX_PICTURE_BYTES
            try:
                if full:
                    raise MediaRefused("too many")
                self.pictures.append(clean_picture(data))
                self.size += len(data)
            except MediaRefused:
                self.left_out += 1
                return {}
            self.seen[data] = len(self.pictures)
        number = self.seen[data]
        facts = self.pictures[number - 1][2]
        return {
            "src": f"part:{number}",
            "alt": alt,
            "width": str(facts["width"]),
            "height": str(facts["height"]),
        }


def convert(kind: str, path: Path, folder: Path, *, seconds: int = SECONDS) -> dict[str, Any]:
    """Make pages of a file in a child process; the content of its result.json. Raises ConversionFailed."""
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    command = [sys.executable, "-m", "lms.media.converting", kind, str(path), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise ConversionFailed(_("转换太久，已停止。请拆成几个文件再上传。")) from None
    try:
        result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        if done.returncode < 0 or b"MemoryError" in done.stderr:
            raise ConversionFailed(_("文件太大太复杂，转换不了。请拆成几个文件，或导出为 PDF 再上传。")) from None
        raise ConversionFailed(_("文件打不开，可能已损坏。请用 Word、PowerPoint 或 WPS 另存一份再上传。")) from None
    return result


def clean(html: str) -> str:
    """HTML of a document without anything that could run, fetch or dress up; pictures are its own parts only."""
    import re

    import nh3

    from lms.web.markdown import ATTRIBUTES, SCHEMES, TAGS

    own = re.compile(IMG_SRC)

    def attribute(tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return value if own.fullmatch(value) else None
        return None if value.strip().lower().startswith("part:") else value

    cleaned = nh3.clean(
        html,
        tags=set(TAGS.split()) | {"section"},
        clean_content_tags={"script", "style", "svg", "math", "iframe", "object", "template", "noscript", "title"},
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes=SCHEMES | {"part"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return re.sub(r"<img(?![^<>]*\ssrc=)[^<>]*>", "", cleaned)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main(kind: str, path: Path, folder: Path) -> None:
    """The child's work."""
    _limit_memory()
    if kind == "word":
        from lms.media.word import read_word as read
    else:
        from lms.media.slides import read_slides as read
    found = read(path)
    html = clean(found.html)
    if len(html) > MAX_HTML:
        raise ValueError("the text is too long")
    (folder / "text").write_text(html, encoding="utf-8")
    parts = {}
    for number, (data, mimetype, facts) in enumerate(found.pictures, start=1):
        (folder / str(number)).write_bytes(data)
        parts[str(number)] = {"mimetype": mimetype, **facts}
    result = {"facts": found.facts | {"pictures_left_out": found.left_out}, "parts": parts}
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
